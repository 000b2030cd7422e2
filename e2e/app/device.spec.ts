/** The device page on the real worker, and a stored model checked against its hashes. */
import { expect, type Locator } from '@playwright/test';
import { chinese } from '../../src/ui/chinese/index.ts';
import { english, type Words } from '../../src/ui/english/index.ts';
import { answered, ask } from '../ui/steps.ts';
import { tinyModel } from './modelFiles.ts';
import { add, keptForOffline, loaded, openModels, test } from './product.ts';
import { Reader } from './reader.ts';
import { allEntries, spoilRecord, storedModels } from './stored.ts';

/** Adapter, driver, features, limits and browser, as they are told outside the page. */
async function tellsFacts(dialog: Locator, { device: { facts, yes, no } }: Words): Promise<void> {
  const told = await dialog.page().evaluate(async () => {
    const adapter = await navigator.gpu.requestAdapter();
    if (adapter === null) throw new Error('no adapter');
    return {
      architecture: adapter.info.architecture,
      f16: adapter.features.has('shader-f16'),
      binding: adapter.limits.maxStorageBufferBindingSize,
      cores: navigator.hardwareConcurrency,
    };
  });
  const fact = (name: string): Locator =>
    dialog.locator('.device-facts > div').filter({ has: dialog.page().getByText(name, { exact: true }) });
  await expect(fact(facts.name)).toContainText(/SwiftShader/i);
  await expect(fact(facts.driver)).toContainText(told.architecture);
  await expect(fact(facts.f16)).toHaveText(`${facts.f16}${told.f16 ? yes : no}`);
  await expect(fact(facts.cores)).toHaveText(`${facts.cores}${told.cores}`);
  await expect(fact(facts.browser)).toContainText(/Chrome \d+/);
  await expect(fact(facts.storage)).toContainText(/\d+ [kMG]B/);
  await dialog.getByText(facts.limits).click();
  await expect(fact('maxStorageBufferBindingSize')).toContainText(told.binding.toLocaleString('en'));
  await dialog.getByText(facts.limits).click();
}

test('kernels are tested here, by hand and by themselves, and the guide goes on', async ({ page }) => {
  await loaded(page);
  await page.getByRole('button', { name: 'This device' }).click();
  const dialog = page.getByRole('dialog', { name: 'This device' });
  await expect(dialog.getByText(/WebGPU works here, but emulated on the processor/)).toBeVisible();
  await tellsFacts(dialog, english);
  // What runs by itself once nobody waits is remembered for this adapter.
  await expect
    .poll(
      async () => (await allEntries(page)).filter(({ place }) => place.startsWith('shoal-verdicts')).length,
      { timeout: 180_000 },
    )
    .toBeGreaterThan(0);

  await dialog.getByRole('button', { name: 'Run the self-test' }).click();
  const done = dialog.getByText(/^[\d,]+ of [\d,]+ cases$/);
  await expect.poll(async () => Number.parseInt(await done.innerText(), 10)).toBeGreaterThan(4);
  await expect(dialog.getByRole('heading', { name: 'Failed' })).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Stop' }).click();
  await expect(dialog.getByRole('button', { name: 'Run the self-test' })).toBeEnabled();

  await dialog.getByRole('button', { name: 'Run the benchmark' }).click();
  const row = (name: string): Locator => dialog.getByRole('row', { name });
  await expect(row('The loaded model speaks')).toContainText(/[\d.]+ tokens\/s/, { timeout: 120_000 });
  await expect(row('Weights of 4 bits, multiplied')).toContainText(/[\d.]+ GB\/s/);
  await expect(dialog.getByText(/^Emulated: these figures/)).toBeVisible();
  await page.keyboard.press('Escape');

  await new Reader(page).change(chinese);
  await page.getByRole('button', { name: chinese.frame.device }).click();
  const there = page.getByRole('dialog', { name: chinese.device.title });
  await expect(there.getByText(chinese.device.verdict.software)).toBeVisible();
  await tellsFacts(there, chinese);
  await expect(there.getByRole('row', { name: chinese.device.bench.rows['tokens'] ?? '' })).toContainText(
    /[\d.]+ tokens\/s|[\d.]+ 词元\/秒/,
  );
  await page.keyboard.press('Escape');
  await new Reader(page, chinese).change(english);
  await ask(page, 'hello');
  await answered(page);
});

test('storage says what takes how much; a stored model is compared with its hashes', async ({ page }) => {
  await keptForOffline(page);
  await add(page, tinyModel('qwen3_moe'));
  const dialog = await openModels(page, 'Storage');
  await expect(dialog.getByText('The guide came with the page and is part of it.')).toBeVisible();
  await expect(dialog.getByText('This page itself, for use without a network')).toBeVisible();
  const list = dialog.getByRole('list', { name: 'Models' });
  await expect(list.getByRole('listitem')).toHaveCount(1);
  await list.getByRole('button', { name: 'Verify tiny-qwen3_moe' }).click();
  await expect(list.getByText(/^Intact: all \d+ pieces/)).toBeVisible();

  const [stored] = await storedModels(page);
  await spoilRecord(page, stored?.id ?? '', 0, 'flip');
  await list.getByRole('button', { name: 'Verify tiny-qwen3_moe' }).click();
  await expect(list.getByRole('alert')).toContainText(/^1 of \d+ pieces is not what was written\./);

  await list.getByRole('button', { name: 'Delete tiny-qwen3_moe' }).click();
  await page
    .getByRole('dialog', { name: 'Delete “tiny-qwen3_moe”?' })
    .getByRole('button', { name: 'Delete' })
    .click();
  await expect(dialog.getByText('No models are stored.')).toBeVisible();
  expect(await storedModels(page)).toEqual([]);
});
