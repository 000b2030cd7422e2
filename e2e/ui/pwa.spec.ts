/** The page as an app: kept whole for use with no server, updated when the user says so, installable. */
import { appendFile, cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium, expect, test, type Page } from '@playwright/test';
import { serve } from '../serve.ts';
import { answered, answers, ask, state } from './steps.ts';

test.use({ serviceWorkers: 'allow' });

const BUILD = '.cache/harness';
const PORT = 5175;

const keptForOffline = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    if (active?.state === 'activated') return;
    await new Promise<void>((resolve) =>
      active?.addEventListener('statechange', () => active.state === 'activated' && resolve()),
    );
  });

test('the first paint needs at most 130 kB of script', async () => {
  const html = await readFile(join(BUILD, 'index.html'), 'utf8');
  const scripts = [...html.matchAll(/(?:src|modulepreload"[^>]* href)="(\.\/assets\/[^"]+\.js)"/g)].map(
    ([, path]) => path,
  );
  expect(scripts.length).toBeGreaterThan(0);
  const sizes = await Promise.all(
    scripts.map(async (path) => gzipSync(await readFile(join(BUILD, path ?? ''))).length),
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  test
    .info()
    .annotations.push({ type: 'first load', description: `${(total / 1000).toFixed(1)} kB gzipped` });
  expect(total).toBeLessThan(130_000);
});

test('with the server gone and no network the page opens and chats, from a path of any host', async ({
  page,
  context,
}) => {
  const server = await serve(BUILD, PORT, '/some/path/');
  await page.goto(`${server.url}?models=one&token=0`);
  await expect(state(page)).toHaveText('ready');
  await keptForOffline(page);
  await server.stop();
  await context.setOffline(true);

  await page.reload();
  await expect(state(page)).toHaveText('ready');
  await ask(page, 'Is anyone there?');
  await answered(page);
  // The Markdown code was never asked for while there was a server.
  await expect(answers(page).getByRole('table')).toBeVisible();
});

test('a new version waits until the user takes it', async ({ page }) => {
  const folder = await mkdtemp(join(tmpdir(), 'shoal-'));
  await cp(BUILD, folder, { recursive: true });
  const server = await serve(folder, PORT);
  try {
    await page.goto(`${server.url}?models=one`);
    await keptForOffline(page);
    await page.reload();
    await expect(state(page)).toHaveText('ready');
    await expect(page.getByText('A new version of Shoal is here.')).toBeHidden();

    await appendFile(join(folder, 'sw.js'), '\n// another version\n');
    await page.reload();
    await expect(page.getByText('A new version of Shoal is here.')).toBeVisible();
    const reloaded = page.waitForEvent('load');
    await page.getByRole('button', { name: 'Reload to use it' }).click();
    await reloaded;
    await expect(state(page)).toHaveText('ready');
    await expect(page.getByText('A new version of Shoal is here.')).toBeHidden();
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
});

test('the browser finds it installable, and the settings offer it', async ({ launchOptions }) => {
  const profile = await mkdtemp(join(tmpdir(), 'shoal-'));
  const server = await serve(BUILD, PORT);
  // An ordinary context counts as incognito, where nothing is installable.
  const context = await chromium.launchPersistentContext(profile, launchOptions);
  try {
    const page = await context.newPage();
    await page.goto(`${server.url}?models=one`);
    const devtools = await context.newCDPSession(page);
    const { errors } = await devtools.send('Page.getAppManifest');
    expect(errors).toEqual([]);
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
    expect(installabilityErrors).toEqual([]);
    await page.getByRole('button', { name: 'Settings' }).click();
    await expect(page.getByRole('button', { name: 'Install Shoal' })).toBeVisible({ timeout: 20_000 });
  } finally {
    await context.close();
    await server.stop();
    await rm(profile, { recursive: true });
  }
});
