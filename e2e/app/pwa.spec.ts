/** The built page as an app: installable, kept for use offline, updated when the user says so, and never holding weights twice. */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { state } from '../ui/steps.ts';
import { tinyModel } from './modelFiles.ts';
import { choose, keptForOffline, test } from './product.ts';

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

test('the service worker holds the shell, and no weights', async ({ page }) => {
  await keptForOffline(page);
  const before = await precached(page);
  const files = before.map(({ url }) => new URL(url).pathname);
  for (const kind of [
    /^\/index\.html$/,
    /^\/manifest\.webmanifest$/,
    /main.*\.js$/,
    /Markdown.*\.js$/,
    /\.css$/,
    /icon-512\.png$/,
  ]) {
    expect(
      files.some((file) => kind.test(file)),
      String(kind),
    ).toBe(true);
  }
  expect(files.filter((file) => !/\.(html|js|css|svg|png|webmanifest)$/.test(file))).toEqual([]);
  expect(before.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(4e6);

  await page.reload();
  expect(await page.evaluate(() => navigator.serviceWorker.controller?.state)).toBe('activated');
  await choose(page, tinyModel('qwen3'));
  await expect(state(page)).toHaveText('ready');
  expect(await precached(page)).toEqual(before);
});

test('a new build is offered, and taken when the user says so', async ({ page, product }) => {
  const offer = page.getByText('A new version of Shoal is here.');
  await keptForOffline(page);
  await page.reload();
  await choose(page, tinyModel('qwen3'));
  await expect(state(page)).toHaveText('ready');
  await expect(offer).toBeHidden();

  await appendFile(join(product.folder, 'sw.js'), '\n// another build\n');
  await page.reload();
  await expect(offer).toBeVisible();
  // A load cut by a reload is not begun again by itself.
  await expect(state(page)).toHaveText('ready');
  const reloaded = page.waitForEvent('load');
  await page.getByRole('button', { name: 'Reload to use it' }).click();
  await reloaded;
  await expect(state(page)).toHaveText('ready');
  await expect(offer).toBeHidden();
});
