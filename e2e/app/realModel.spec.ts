/** A real model in the real page: SmolLM2-135M-Instruct, and a question it can answer. */
import { expect } from '@playwright/test';
import { fetchRealModel } from '../../src/tools/realModel/fetchModel.ts';
import { answers, ask, state } from '../ui/steps.ts';
import { choose, openModels, test } from './product.ts';

test('SmolLM2 says what the capital of France is', async ({ page }) => {
  test.setTimeout(600_000);
  const model = await fetchRealModel();
  test.skip(model.path === null, model.path === null ? model.why : '');
  if (model.path === null) return;

  await choose(page, model.path);
  await expect(state(page)).toHaveText('ready', { timeout: 300_000 });
  await openModels(page);
  await expect(page.getByRole('dialog').getByText(/Q4_1 · llama/)).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByLabel('Temperature').fill('0');
  await page.getByLabel('Longest answer').fill('24');
  await page.keyboard.press('Escape');
  await ask(page, 'What is the capital of France?');
  await expect(answers(page)).toContainText('Paris', { timeout: 300_000 });
});
