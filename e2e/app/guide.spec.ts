/** The model in the box: there at the first open, with no network, on any processor, and called what it is. */
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, expect, type LaunchOptions, type Page } from '@playwright/test';
import { CHROMIUM_FLAGS } from '../../src/tools/chromium.ts';
import { answered, answers, ask, state } from '../ui/steps.ts';
import { keptForOffline, openModels, origins, test } from './product.ts';
import { allEntries } from './stored.ts';

/** No name but this machine's can be looked up: whatever is asked elsewhere fails at once. */
const NO_NETWORK = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost';
const WITHIN_MS = 10_000;

const suggestions = (page: Page) => page.getByRole('list', { name: 'You can ask' }).getByRole('button');
const shown = (page: Page) => answers(page).last().locator('.prose');

declare global {
  interface Window {
    /** 0 until then. */
    firstWordAt: number;
  }
}

/** Watches for an answer's first words by the page's own clock, which begins with the navigation. */
async function watchFirstWord(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.firstWordAt = 0;
    const watcher = new MutationObserver(() => {
      if ((document.querySelector('.answer .prose')?.textContent ?? '').trim() === '') return;
      watcher.disconnect();
      window.firstWordAt = performance.now();
    });
    watcher.observe(document, { childList: true, subtree: true, characterData: true });
  });
}

/** Milliseconds from the navigation to the first word of an answer that was asked for at once. */
async function firstWord(page: Page, url: string): Promise<number> {
  await watchFirstWord(page);
  await page.goto(url);
  await suggestions(page).first().click();
  await expect(shown(page)).toHaveText(/\S/);
  const ms = await page.evaluate(() => window.firstWordAt);
  expect(ms).toBeGreaterThan(0);
  process.stdout.write(
    `    ${(ms / 1000).toFixed(1)} s to the guide's first word, load ${loadavg()[0]?.toFixed(1)}\n`,
  );
  return ms;
}

/** An answer that ended by itself, or at the longest allowed, and says something. */
async function saysSomething(page: Page): Promise<void> {
  await answered(page);
  await expect(shown(page)).toHaveText(/\p{L}/u);
  await expect(answers(page).last().getByText('Cut off by a failure.')).toHaveCount(0);
}

/** A first visit: a browser that has never seen the page, of which nothing is kept afterwards. */
async function firstVisit(options: LaunchOptions, url: string): Promise<number> {
  const place = await mkdtemp(join(tmpdir(), 'shoal-first-'));
  const context = await chromium.launchPersistentContext(place, {
    ...options,
    args: [...(options.args ?? []), NO_NETWORK],
  });
  try {
    return await firstWord(await context.newPage(), url);
  } finally {
    await context.close();
    await rm(place, { recursive: true, force: true, maxRetries: 5 });
  }
}

test('at the first open, with no network, the first word comes within ten seconds', async ({
  product,
  launchOptions,
}) => {
  // Whatever else this machine does only makes it slower: the quickest of five tells.
  let quickest = Infinity;
  for (let visit = 0; visit < 5 && quickest >= WITHIN_MS; visit++)
    quickest = Math.min(quickest, await firstVisit(launchOptions, product.url));
  expect(quickest).toBeLessThan(WITHIN_MS);
});

test('with no network the guide answers; then with no server', async ({ product, launchOptions }) => {
  const context = await product.open([...(launchOptions.args ?? []), NO_NETWORK]);
  const asked = origins(context);
  const page = await context.newPage();
  await firstWord(page, product.url);
  await saysSomething(page);
  await expect(page.getByText('Guide: tiny, explains Shoal only.')).toBeVisible();

  await ask(page, 'hello');
  await expect(answers(page)).toHaveCount(2);
  await saysSomething(page);
  expect([...asked]).toEqual([new URL(product.url).origin]);

  // Of the model nothing was put into storage: conversations and settings are all there is.
  const entries = await allEntries(page);
  expect(entries.length).toBeGreaterThan(0);
  expect(
    entries.filter(({ place, bytes }) => bytes > 20_000 || /^shoal-(manifests|records)/.test(place)),
  ).toEqual([]);
  await openModels(page);
  await page.getByRole('tab', { name: 'On this device' }).click();
  const row = page.getByRole('dialog').getByRole('listitem').filter({ hasText: 'Came with this page' });
  await expect(row.getByRole('button', { name: 'Unload' })).toBeVisible();
  await expect(row.getByRole('button')).toHaveCount(1);
  await page.keyboard.press('Escape');

  await keptForOffline(page);
  await product.stopServer();
  await context.setOffline(true);
  await page.reload();
  await expect(state(page)).toHaveText('ready');
  await page.getByRole('button', { name: 'New chat' }).click();
  await expect(
    page.getByText(
      /^This is the guide, a tiny model of [\d.]+ MB that came with the page\. It is no assistant/,
    ),
  ).toBeVisible();
  await suggestions(page).last().click();
  await saysSomething(page);
});

/** Pressed in the page: a story may be told sooner than a step of a test is taken. */
function stopAtFirstLetter(page: Page): Promise<void> {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        new MutationObserver((_, observer) => {
          const stop = document.querySelector<HTMLElement>('.send[aria-label=Stop]');
          const said = document.querySelector('.answer .prose')?.textContent ?? '';
          if (!stop || !/\p{L}/u.test(said)) return;
          observer.disconnect();
          stop.click();
          resolve();
        }).observe(document.body, { childList: true, subtree: true, characterData: true });
      }),
  );
}

test('with no WebGPU the guide answers on the processor, says so, and how to switch it on', async ({
  product,
}) => {
  const plain = CHROMIUM_FLAGS.filter((flag) => !flag.includes('webgpu'));
  expect(plain.length).toBeLessThan(CHROMIUM_FLAGS.length);
  const page = await (await product.open(plain)).newPage();
  await page.goto(product.url);
  await expect(page.getByText(/This browser has no WebGPU|No graphics processor was offered/)).toBeVisible();
  await expect(state(page)).toHaveText('ready');
  await expect(
    page.getByText(
      /It answers on the processor: (this browser offers no WebGPU|WebGPU is here, but no graphics processor was offered)\./,
    ),
  ).toBeVisible();

  await page.getByRole('button', { name: 'How to switch it on' }).click();
  await expect(page.getByRole('dialog', { name: 'This device' })).toContainText('chrome://flags');
  await page.keyboard.press('Escape');

  const stopped = stopAtFirstLetter(page);
  await ask(page, 'Tell me a story about a fox.');
  await stopped;
  await expect(answers(page).getByText('Stopped.')).toBeVisible();
  await page.getByRole('button', { name: 'Regenerate' }).last().click();
  await expect(page.getByRole('group', { name: 'Branches' })).toContainText('2/2');
  await saysSomething(page);
});
