/** What was stored goes bad, the disk fills up, another tab is at work: each is told in words, and nothing else is lost. */
import { expect, type Locator, type Page } from '@playwright/test';
import { startRangeServer, type RangeServer } from '../../src/tools/rangeServer.ts';
import { answered, ask } from '../ui/steps.ts';
import { bigModel, tinyModel } from './modelFiles.ts';
import { add, choose, loaded, openModels, test } from './product.ts';
import { arrivedRecords, spoilRecord, storedModels } from './stored.ts';

const BIG = '/big.gguf';
/** Longer than any range but those of weights. */
const WEIGHTS = 4e6;

let server: RangeServer;
test.beforeAll(async () => {
  server = await startRangeServer({ [BIG]: bigModel() });
});
test.afterAll(() => server.close());

async function askFor(page: Page): Promise<Locator> {
  const dialog = await openModels(page, 'Add');
  await dialog.getByLabel('Address of a GGUF file').fill(server.origin + BIG);
  await dialog.getByRole('button', { name: 'Download', exact: true }).click();
  return dialog;
}

async function download(page: Page): Promise<Locator> {
  await askFor(page);
  return openModels(page);
}

const titles = async (page: Page): Promise<string[]> => (await storedModels(page)).map(({ title }) => title);

/** The model that is loaded still answers. */
async function stillChats(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await ask(page, 'a b c');
  await answered(page);
}

for (const how of ['flip', 'remove'] as const) {
  test(`a record that is damaged (${how}) is refused by name, and mended by the same file`, async ({
    page,
  }) => {
    await add(page, tinyModel('qwen2'));
    const [stored] = await storedModels(page);
    await spoilRecord(page, stored?.id ?? '', 0, how);

    await page.reload();
    const alert = page.getByRole('alert');
    await expect(alert).toContainText('A stored model is damaged');
    await expect(alert).toContainText('“tiny-qwen2”');
    await expect(alert).toContainText('(0)');
    // The guide answers meanwhile.
    await loaded(page);

    await choose(page, tinyModel('qwen2'));
    await loaded(page, 'tiny-qwen2');
    expect(await storedModels(page)).toEqual([stored]);
    await stillChats(page);
  });
}

test('a disk that fills while a model arrives keeps what arrived, and goes on when there is room', async ({
  page: first,
  product,
}) => {
  await add(first, tinyModel('qwen2'));
  /** A running browser remembers what room there was; a new one asks. */
  async function openWith(quota: { quotaSize?: number }): Promise<Page> {
    const context = await product.open();
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: new URL(product.url).origin, ...quota });
    await page.goto(product.url);
    await loaded(page, 'tiny-qwen2');
    return page;
  }

  let page = await openWith({ quotaSize: 90e6 });
  let dialog = await download(page);
  await expect(dialog.getByRole('alert')).toContainText('Not enough room');
  await expect(dialog.getByRole('alert')).toContainText('What was stored before is untouched.');
  await expect(dialog.getByRole('button', { name: 'Retry big' })).toBeVisible();
  const partial = (await storedModels(page)).find((model) => model.state === 'partial');
  expect(arrivedRecords(partial)).toBeGreaterThan(0);
  expect(arrivedRecords(partial)).toBeLessThan(partial?.records.length ?? 0);
  await stillChats(page);

  page = await openWith({});
  dialog = await openModels(page);
  await dialog.getByRole('button', { name: 'Resume big' }).click();
  await expect(dialog.getByRole('button', { name: 'Load big' })).toBeVisible();
  await expect(dialog.getByRole('alert')).toHaveCount(0);
});

test('of two tabs that import the same model one works and the other says so', async ({
  page,
  context,
  product,
}) => {
  server.manners.stallAfter = (bytes) => (bytes > WEIGHTS ? bytes >> 1 : null);
  await loaded(page);
  const dialog = await download(page);
  await expect(dialog.getByRole('progressbar', { name: 'Import of big' })).toBeVisible();
  await expect.poll(() => titles(page)).toEqual(['big']);

  const other = await context.newPage();
  await other.goto(product.url);
  await expect(other.getByText('Shoal is in use in another tab')).toBeVisible();
  // Told beside the address, as long as that is in sight.
  const there = await askFor(other);
  await expect(there.getByRole('alert')).toContainText('Another tab is at work on this model');
  await openModels(other);
  const arriving = there.getByRole('listitem').filter({ hasText: 'Another tab is at work on it.' });
  await expect(arriving.getByRole('progressbar', { name: 'Import of big' })).toBeVisible();

  // The tab that works can stop; then the model is free.
  await dialog.getByRole('button', { name: 'Pause big' }).click();
  await expect(dialog.getByRole('button', { name: 'Resume big' })).toBeVisible();
  server.manners.stallAfter = () => null;
  await download(other);
  await expect.poll(async () => (await storedModels(other)).map((stored) => stored.state)).toEqual(['ready']);
});
