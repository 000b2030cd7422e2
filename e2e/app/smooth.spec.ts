/** The page stays free while the real worker imports, loads and speaks. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { recordTasks } from '../longestTask.ts';
import { answers, ask } from '../ui/steps.ts';
import { bigModel, talker } from './modelFiles.ts';
import { choose, loaded, openModels, test } from './product.ts';
import { storedModels } from './stored.ts';

async function whileFree(page: Page, what: string, work: () => Promise<void>): Promise<void> {
  const stop = await recordTasks(page);
  await work();
  const { count, longestMs } = await stop();
  const words = `${what}: ${longestMs.toFixed(1)} ms of the main thread, of ${count} tasks`;
  test.info().annotations.push({ type: 'longest task', description: words });
  process.stdout.write(`    longest task while ${words}\n`);
  expect(count, what).toBeGreaterThan(20);
  expect(longestMs, words).toBeLessThan(50);
}

test('no task of the page takes 50 ms while a model arrives, loads and speaks', async ({ page }) => {
  const folder = await mkdtemp(join(tmpdir(), 'shoal-'));
  const path = join(folder, 'big.gguf');
  await writeFile(path, bigModel());

  await loaded(page);
  await (await openModels(page)).getByRole('button', { name: 'Unload' }).click();
  await whileFree(page, 'loading the guide', async () => {
    await page.getByRole('button', { name: 'Load The guide' }).click();
    await loaded(page);
  });

  await whileFree(page, 'importing and loading a tiny one', async () => {
    await choose(page, talker());
    await loaded(page, 'tiny-llama');
  });

  await whileFree(page, 'importing 156 MB', async () => {
    await choose(page, path);
    await expect.poll(async () => (await storedModels(page)).at(-1)?.state).toBe('ready');
    await expect((await openModels(page)).getByRole('button', { name: 'Load big' })).toBeVisible();
  });
  await rm(folder, { recursive: true });

  await whileFree(page, 'loading 156 MB', async () => {
    await page.getByRole('button', { name: 'Load big' }).click();
    await loaded(page, 'big');
  });

  await (await openModels(page)).getByRole('button', { name: 'Load tiny-llama' }).click();
  await loaded(page, 'tiny-llama');
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByText('Each value', { exact: true }).click();
  await page.getByLabel('Longest answer').fill('200');
  await page.keyboard.press('Escape');
  await whileFree(page, 'speaking 200 tokens', async () => {
    await ask(page, 'a b c');
    await expect(answers(page).getByText('Stopped at the longest answer the settings allow.')).toBeVisible();
  });
});
