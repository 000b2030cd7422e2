/** The built page as an app: installable, kept for use offline, updated when the user says so, and never holding weights twice. */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { answered, ask } from '../ui/steps.ts';
import { tinyModel } from './modelFiles.ts';
import { add, keptForOffline, loaded, test } from './product.ts';

interface Kept {
  readonly url: string;
  readonly bytes: number;
}

const precached = (page: Page): Promise<readonly Kept[]> =>
  page.evaluate(async () => {
    const kept: { url: string; bytes: number }[] = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        const response = await cache.match(request);
        kept.push({ url: request.url, bytes: (await response?.blob())?.size ?? 0 });
      }
    }
    return kept;
  });

test('the browser finds the page installable', async ({ page, context }) => {
  const devtools = await context.newCDPSession(page);
  const { errors, data } = await devtools.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  expect(JSON.parse(data ?? '')).toMatchObject({ name: 'Shoal', display: 'standalone' });
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  expect(installabilityErrors).toEqual([]);
});

test('the service worker holds the shell with the guide, and no other weights', async ({ page }) => {
  await keptForOffline(page);
  const before = await precached(page);
  const files = before.map(({ url }) => new URL(url).pathname);
  for (const kind of [
    /^\/index\.html$/,
    /^\/manifest\.webmanifest$/,
    /main.*\.js$/,
    /Markdown.*\.js$/,
    /KaTeX_Main-Regular.*\.woff2$/,
    /^\/guide\/model\.safetensors$/,
    /^\/guide\/README\.md$/,
    /\.css$/,
    /icon-512\.png$/,
  ]) {
    expect(
      files.some((file) => kind.test(file)),
      String(kind),
    ).toBe(true);
  }
  expect(files.filter((file) => !/^\/guide\/|\.(html|js|css|svg|png|webmanifest|woff2)$/.test(file))).toEqual(
    [],
  );
  // The guide is at most 6 MB of it.
  expect(before.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(10e6);

  await page.reload();
  expect(await page.evaluate(() => navigator.serviceWorker.controller?.state)).toBe('activated');
  await add(page, tinyModel('qwen3'));
  expect(await precached(page)).toEqual(before);
});

test('the first visit holds with no server and no network, parts it has not fetched yet among it', async ({
  page,
  context,
  product,
}) => {
  await loaded(page);
  await keptForOffline(page);
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state)).toBe('activated');
  await product.stopServer();
  await context.setOffline(true);
  for (const [button, dialog] of [
    [page.locator('.model-line'), 'Models'],
    [page.getByRole('button', { name: 'Settings' }), 'Settings'],
    [page.getByRole('button', { name: 'This device' }), 'This device'],
  ] as const) {
    await button.click();
    await expect(page.getByRole('dialog', { name: dialog })).toBeVisible();
    await page.keyboard.press('Escape');
  }
  await ask(page, 'hello');
  await answered(page);
});

test('a new build is offered, and taken when the user says so', async ({ page, product }) => {
  const offer = page.getByText('A new version of Shoal is here.');
  await keptForOffline(page);
  await page.reload();
  await loaded(page);
  await expect(offer).toBeHidden();

  await appendFile(join(product.folder, 'sw.js'), '\n// another build\n');
  await page.reload();
  await expect(offer).toBeVisible();
  await loaded(page);
  const reloaded = page.waitForEvent('load');
  await page.getByRole('button', { name: 'Reload to use it' }).click();
  await reloaded;
  await loaded(page);
  await expect(offer).toBeHidden();
});
