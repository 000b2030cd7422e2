/** The catalogue on this device, a download out of it, and where it lies then: in both languages. */
import { expect, type Page } from '@playwright/test';
import { CATALOGUE } from '../../src/models/catalogue.ts';
import { english } from '../../src/ui/english/index.ts';
import { chinese } from '../../src/ui/chinese/index.ts';
import { startHub } from './hub.ts';
import { bigModel, talker } from './modelFiles.ts';
import { keptForOffline, test } from './product.ts';
import { openAs, type Reader } from './reader.ts';
import { storedModels } from './stored.ts';

/** Longer than any range but those of weights. */
const WEIGHTS = 4e6;

async function view(read: Reader, name: keyof Reader['words']['models']['tabs']) {
  const { models } = read.words;
  const dialog = read.dialog(models.title);
  if (!(await dialog.isVisible())) await read.page.locator('.model-line').click();
  await dialog.getByRole('tab', { name: models.tabs[name] }).click();
  return dialog;
}

const catalogued = (read: Reader) =>
  read.page.getByRole('list', { name: read.words.catalogue.list }).getByRole('listitem');

/** Each entry with what it is good for, its size, context, licence and source, and whether it fits. */
async function tellsAll(read: Reader): Promise<void> {
  const { catalogue, fit, models } = read.words;
  const dialog = await view(read, 'catalogue');
  await dialog.getByLabel(fit.gpuLabel).selectOption('8');
  await expect(catalogued(read)).toHaveCount(CATALOGUE.length);
  for (const { id, title, license, contextLength, storedBytes, repo } of CATALOGUE) {
    const entry = catalogued(read).filter({ has: read.page.getByText(title, { exact: true }) });
    for (const part of [catalogue.good[id], license, models.context(contextLength), catalogue.source(repo)])
      await expect(entry).toContainText(part);
    // With the room to work in; the cache only adds to it.
    const needs = storedBytes + 2e8;
    const verdict = entry.locator('.verdict');
    if (needs > 8e9) await expect(verdict).toHaveText(fit.verdicts.not);
    if (needs < 5e9) await expect(verdict).toHaveText(fit.verdicts.fits);
  }
  const best = catalogued(read).filter({ hasText: catalogue.recommended });
  await expect(best).toHaveCount(1);
  await expect(best.locator('.verdict')).toHaveText(fit.verdicts.fits);
  await dialog.getByLabel(catalogue.onlyFits).check();
  await expect(catalogued(read).filter({ hasText: fit.verdicts.not })).toHaveCount(0);
  expect(await catalogued(read).count()).toBeLessThan(CATALOGUE.length);
  await dialog.getByLabel(catalogue.onlyFits).uncheck();
  await dialog.getByLabel(catalogue.kind).selectOption('experts');
  const mixtures = CATALOGUE.filter(({ experts }) => experts !== null);
  await expect(catalogued(read)).toHaveCount(mixtures.length);
  await dialog.getByLabel(catalogue.order).selectOption('large');
  const largest = mixtures.reduce((a, b) => (b.storedBytes > a.storedBytes ? b : a));
  await expect(catalogued(read).first()).toContainText(largest.title);
  await read.page.keyboard.press('Escape');
}

const states = async (page: Page): Promise<string[]> => (await storedModels(page)).map(({ state }) => state);

test('the catalogue tells what fits; what it recommends is downloaded from the first screen, paused, resumed and kept', async ({
  product,
  launchOptions,
}) => {
  const read = await openAs(product, launchOptions.args, { locale: 'zh-CN', words: chinese });
  const { page } = read;
  await read.ready();
  await tellsAll(read);
  await read.change(english);
  await tellsAll(read);

  // An emulator is offered a small one: here it is another of that size.
  const region = page.getByRole('region', { name: english.recommended.label });
  const offered = CATALOGUE.find(({ id }) => id === 'granite-1b-a400m')!;
  await expect(region).toContainText(`This device can run ${offered.title}: `);
  await expect(region).toContainText(offered.license);
  const hub = await startHub(page.context(), offered.repo, new Map([[offered.path, bigModel()]]));
  hub.manners.stallAfter = (bytes, from) => (from > 60e6 && bytes > WEIGHTS ? bytes >> 1 : null);
  await read.change(chinese);
  await read.button(chinese.recommended.get(offered.title)).click();
  await expect(page.getByText(`正在下载 ${offered.title}。`)).toBeVisible();

  const dialog = await view(read, 'yours');
  const bar = dialog.getByRole('progressbar');
  await expect(dialog.getByText(/^\d+ \/ 15\d MB · [\d.]+ (MB|kB)\/s · 还需 \d+ (秒|分)/)).toBeVisible();
  await expect.poll(async () => Number(await bar.getAttribute('aria-valuenow'))).toBeGreaterThan(9);
  await dialog.getByRole('button', { name: /^暂停 / }).click();
  await expect(dialog.getByText(chinese.downloads.paused)).toBeVisible();
  expect(await states(page)).toEqual(['partial']);
  hub.manners.stallAfter = () => null;
  await dialog.getByRole('button', { name: /^继续 / }).click();
  await expect.poll(() => states(page)).toEqual(['ready']);
  await view(read, 'catalogue');
  await expect(catalogued(read).filter({ hasText: offered.title })).toContainText(chinese.catalogue.here);

  // What the page takes is weighed once, as the view opens.
  await keptForOffline(page);
  const storage = await view(read, 'storage');
  // Chromium tells a made-up figure, which the page does not pass on.
  await expect(storage.getByText(/^已用 1\d\d MB；浏览器不透露允许多少$/)).toBeVisible();
  const parts = storage.getByLabel(chinese.storage.parts).locator('div');
  await expect(parts.filter({ hasText: chinese.storage.whole })).toHaveText(/1\d\d MB$/);
  await expect(parts.filter({ hasText: chinese.storage.shell })).toHaveText(/[\d.]+ MB$/);
  await read.button(chinese.storage.ask, storage).click();
  const persisted = await page.evaluate(() => navigator.storage.persisted());
  await expect(storage.getByText(persisted ? chinese.storage.kept : chinese.storage.refused)).toBeVisible();
  await storage.getByRole('button', { name: /^删除 / }).click();
  await page
    .getByRole('dialog')
    .last()
    .getByRole('button', { name: chinese.models.remove, exact: true })
    .click();
  await expect(storage.getByText(chinese.storage.nothing)).toBeVisible();
  await hub.close();
  expect(await storedModels(page)).toEqual([]);
});

test('what is chosen of drawing and context reaches the model: the same seed, the same answer', async ({
  product,
  launchOptions,
}) => {
  const read = await openAs(product, launchOptions.args, { locale: 'zh-CN', words: chinese });
  const { page, words } = read;
  const { settings } = words;
  await read.ready();
  const file = talker();
  const dialog = await view(read, 'add');
  const chooser = page.waitForEvent('filechooser');
  await read.button(words.add.choose, dialog).click();
  await (await chooser).setFiles(file);
  await read.ready('tiny-llama');
  await page.keyboard.press('Escape');

  await read.button(settings.open).click();
  await page.getByText(settings.each, { exact: true }).click();
  await page.getByLabel(settings.seed[0] ?? '').fill('7');
  await page.getByLabel(settings.maxTokens[0] ?? '').fill('12');
  await page.keyboard.press('Escape');
  const said = async (): Promise<string> => {
    await expect(read.again()).toBeVisible();
    return read.answers().last().locator('.prose').innerText();
  };
  await read.send('a b c');
  const first = await said();
  await read.again().click();
  await expect(read.branches(read.answers().last())).toContainText('2/2');
  expect(await said()).toBe(first);
  await read.button(settings.open).click();
  await page.getByText(settings.each, { exact: true }).click();
  await page.getByLabel(settings.seed[0] ?? '').fill('8');
  await page.keyboard.press('Escape');
  await read.again().click();
  await expect(read.branches(read.answers().last())).toContainText('3/3');
  expect(await said()).not.toBe(first);
  await read.answers().locator('.figures-button').click();
  await expect(read.answers().getByLabel(words.chat.aboutAnswer)).toContainText('tiny-llama');

  await read.button(settings.open).click();
  await page.getByLabel(settings.contextLength[0] ?? '').fill('1024');
  const takes = page.getByText(/^tiny-llama 用 1,024 个词元的上下文，占 \d+ kB。/);
  await expect(takes).toContainText('当前按 4,096 个词元加载。');
  await read.button(settings.contextReload).click();
  await expect(takes).not.toContainText('当前按');
  await page.keyboard.press('Escape');
  await read.ready('tiny-llama');
  await read.change(english);
  await read.button(english.settings.open).click();
  await expect(page.getByText(/^1,024 tokens take \d+ kB with tiny-llama\.\s*$/)).toBeVisible();
  await read.button(english.settings.reset).click();
  await expect(page.getByText(english.settings.resetDone)).toBeVisible();
  await expect(page.getByLabel(english.settings.contextLength[0] ?? '')).toHaveValue('4096');
});
