/** A real model in the real page: SmolLM2-135M-Instruct, and a question it can answer. */
import { basename } from 'node:path';
import { expect } from '@playwright/test';
import { fetchRealModel } from '../../src/tools/realModel/fetchModel.ts';
import { answers, ask } from '../ui/steps.ts';
import { choose, loaded, openModels, test } from './product.ts';

test('SmolLM2 says what the capital of France is', async ({ page }) => {
  test.setTimeout(600_000);
  const model = await fetchRealModel();
  test.skip(model.path === null, model.path === null ? model.why : '');
  if (model.path === null) return;

  await loaded(page);
  await choose(page, model.path);
  const dialog = await openModels(page);
  await expect(dialog.getByText(/Q4_1 · llama/)).toBeVisible({ timeout: 300_000 });
  await expect(dialog.getByRole('button', { name: 'Unload' })).toBeVisible({ timeout: 300_000 });
  await loaded(page, basename(model.path, '.gguf'));
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByText('Each value', { exact: true }).click();
  await page.getByLabel('Temperature').fill('0');
  await page.getByLabel('Longest answer').fill('24');
  await page.keyboard.press('Escape');
  await ask(page, 'What is the capital of France?');
  await expect(answers(page)).toContainText('Paris', { timeout: 300_000 });
});
