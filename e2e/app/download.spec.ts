/** Models over the network: cut and resumed at the record they had reached, and out of a repository. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { type RangeServer, startRangeServer } from '../../src/tools/rangeServer.ts';
import { startHub } from './hub.ts';
import { bigModel, tinyModel } from './modelFiles.ts';
import { choose, loaded, openModels, origins, test } from './product.ts';
import { arrivedBytes, arrivedRecords, type StoredModel, storedModels } from './stored.ts';

/** Longer than any range but those of weights. */
const WEIGHTS = 4e6;
/** Header, samples and gaps, read again with each resume. */
const SMALL_READS = 4e6;

const model = bigModel();
let server: RangeServer;
test.beforeAll(async () => {
  server = await startRangeServer({ '/big.gguf': model });
});
test.afterAll(() => server.close());

const unfinished = async (page: Page): Promise<StoredModel | undefined> =>
  (await storedModels(page)).find((stored) => stored.state === 'partial');

/**
 * Of the weights the server sends those in the file's first so many bytes: a place anywhere
 * in these fourteen million. The first three records need what lies before 38, 82 and 101
 * million; the callers' places lie between.
 */
function sendUpTo(megabytes: number): void {
  const end = (megabytes + Math.random() * 14) * 1e6;
  server.manners.stallAfter = (bytes, from) =>
    bytes < WEIGHTS || from + bytes <= end ? null : Math.max(0, Math.floor(end - from));
}

async function oneMoreThan(page: Page, records: number): Promise<number> {
  await expect.poll(async () => arrivedRecords(await unfinished(page))).toBeGreaterThan(records);
  // The next ones are on their way.
  await page.waitForTimeout(Math.random() * 300);
  return arrivedRecords(await unfinished(page));
}

/** Goes on, and returns what tells how many bytes have been asked for since. */
async function resume(page: Page): Promise<() => number> {
  const from = server.requests.length;
  const dialog = await openModels(page);
  await dialog.getByRole('button', { name: /^(Resume|Retry) big$/ }).click();
  return () =>
    server.requests.slice(from).reduce((sum, { range }) => {
      const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
      return sum + (last === undefined ? 0 : Number(last) - Number(first) + 1);
    }, 0);
}

test('a download cut three times goes on at the record it had reached, to the same hashes', async ({
  page: first,
  context,
  product,
}) => {
  const asked = origins(context);
  let page = first;
  // One connection breaks, which the page mends by itself.
  let breaks = 0;
  server.manners.cutAfter = (bytes) =>
    bytes < WEIGHTS || breaks++ > 0 ? null : Math.floor(Math.random() * bytes);
  sendUpTo(42);
  const dialog = await openModels(page, 'Add');
  await dialog.getByLabel('Address of a GGUF file').fill(`${server.origin}/big.gguf`);
  await dialog.getByRole('button', { name: 'Download', exact: true }).click();
  await openModels(page);
  await expect(dialog.getByText(/^\d+ of \d+ MB/)).toBeVisible();
  let arrived = await oneMoreThan(page, 0);
  expect(breaks).toBeGreaterThan(0);

  // The server goes away, and stays away longer than the page tries again.
  server.manners.gone = true;
  server.dropConnections();
  await expect(page.getByRole('alert')).toContainText(/The download of “big” stopped at \d+ of 15\d MB/);
  expect([...asked].toSorted()).toEqual([server.origin, new URL(product.url).origin].toSorted());
  server.manners.gone = false;
  sendUpTo(84);
  await resume(page);

  arrived = await oneMoreThan(page, arrived);
  // A page that is left in the middle goes on by itself when it is back.
  sendUpTo(105);
  await page.reload();
  await oneMoreThan(page, arrived);

  // What the user paused waits for the user, in a new browser too.
  await (await openModels(page)).getByRole('button', { name: 'Pause big' }).click();
  await expect(dialog.getByRole('button', { name: 'Resume big' })).toBeVisible();
  page = await (await product.open()).newPage();
  await page.goto(product.url);
  await expect((await openModels(page)).getByRole('button', { name: 'Resume big' })).toBeVisible();
  const cut = await unfinished(page);
  expect(arrivedRecords(cut)).toBeGreaterThan(2);
  server.manners.stallAfter = () => null;
  const read = await resume(page);
  await expect.poll(async () => (await storedModels(page))[0]?.state).toBe('ready');
  const [downloaded] = await storedModels(page);
  expect(read()).toBeLessThan(model.length - arrivedBytes(cut) + SMALL_READS);

  const folder = await mkdtemp(join(tmpdir(), 'shoal-'));
  const path = join(folder, 'uncut.gguf');
  await writeFile(path, model);
  await choose(page, path);
  await expect
    .poll(async () => (await storedModels(page)).map((stored) => stored.state))
    .toEqual(['ready', 'ready']);
  const uncut = (await storedModels(page)).find(({ title }) => title === 'uncut');
  expect(uncut?.records.length).toBe(5);
  expect(downloaded?.records).toEqual(uncut?.records);
  await rm(folder, { recursive: true });
});

test('a repository lists its models with their sizes, and one comes from there', async ({
  page,
  context,
}) => {
  const small = tinyModel('qwen3').buffer;
  const large = tinyModel('gemma3').buffer;
  const hub = await startHub(
    context,
    'someone/tiny-GGUF',
    new Map([
      ['README.md', new Uint8Array(10)],
      ['tiny-Q8_0.gguf', new Uint8Array(large)],
      ['tiny-Q4_0.gguf', new Uint8Array(small)],
    ]),
  );

  await loaded(page);
  const dialog = await openModels(page, 'Add');
  await dialog.getByLabel('Hugging Face repository').fill('someone/tiny-GGUF');
  await dialog.getByRole('button', { name: 'List files' }).click();
  const files = dialog.getByRole('list', { name: 'Models in someone/tiny-GGUF' }).getByRole('listitem');
  await expect(files).toHaveCount(2);
  await expect(files.nth(0)).toContainText(`tiny-Q4_0.gguf${Math.ceil(small.length / 1000)} kB`);
  await expect(files.nth(1)).toContainText(`tiny-Q8_0.gguf${Math.ceil(large.length / 1000)} kB`);
  await dialog.getByRole('button', { name: 'Download tiny-Q4_0.gguf' }).click();
  await loaded(page, 'tiny-Q4_0');
  expect((await storedModels(page)).map(({ origin }) => origin)).toEqual([
    'hub:someone/tiny-GGUF/tiny-Q4_0.gguf',
  ]);
  await hub.close();
});
