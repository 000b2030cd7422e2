/** A browser that gives no graphics processor. */
import { expect } from '@playwright/test';
import { CHROMIUM_FLAGS } from '../../src/tools/chromium.ts';
import { test } from './product.ts';

test('with no WebGPU the first screen says so, and how to switch it on', async ({ product }) => {
  const plain = CHROMIUM_FLAGS.filter((flag) => !flag.includes('webgpu'));
  expect(plain.length).toBeLessThan(CHROMIUM_FLAGS.length);
  const page = await (await product.open(plain)).newPage();
  await page.goto(product.url);
  const alert = page.getByRole('alert');
  await expect(alert).toContainText(/This browser has no WebGPU|No graphics processor was offered/);
  await expect(alert).toContainText('chrome://flags');
  await expect(
    page.getByText('Shoal runs chat models on this device’s own graphics processor.'),
  ).toBeVisible();
  await expect(page.getByRole('button', { name: 'Choose a file' })).toHaveCount(0);
});
