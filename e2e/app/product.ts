/**
 * The product as a person has it: the built site from a plain server that can be
 * taken away, in a browser whose profile outlives it. Only a persistent profile
 * is installable and reads Blobs back from IndexedDB.
 */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  chromium,
  test as base,
  expect,
  type BrowserContext,
  type BrowserContextOptions,
  type Locator,
  type Page,
} from '@playwright/test';
import { serve, type Served } from '../serve.ts';

export const BUILD = '.cache/app';
const PORT = 5176;

export interface Product {
  readonly url: string;
  /** What is served: a copy of the build, which a spec may change. */
  readonly folder: string;
  /** The browser's one profile, opened anew with each call; the one before is closed. */
  open(flags?: readonly string[], options?: BrowserContextOptions): Promise<BrowserContext>;
  stopServer(): Promise<void>;
}

interface Fixtures {
  readonly product: Product;
  readonly context: BrowserContext;
  readonly page: Page;
}

export const test = base.extend<Fixtures>({
  product: async ({ launchOptions }, use) => {
    const place = await mkdtemp(join(tmpdir(), 'shoal-'));
    const folder = join(place, 'site');
    await cp(BUILD, folder, { recursive: true });
    let server: Served | null = await serve(folder, PORT);
    let opened: BrowserContext | null = null;
    async function stopServer(): Promise<void> {
      await server?.stop();
      server = null;
    }
    await use({
      url: server.url,
      folder,
      stopServer,
      async open(flags = launchOptions.args ?? [], options = {}) {
        await opened?.close();
        opened = await chromium.launchPersistentContext(join(place, 'profile'), {
          ...launchOptions,
          ...options,
          args: [...flags],
        });
        return opened;
      },
    });
    await (opened as BrowserContext | null)?.close();
    await stopServer();
    await rm(place, { recursive: true, force: true, maxRetries: 5 });
  },

  context: async ({ product }, use) => use(await product.open()),

  page: async ({ context, product }, use) => {
    const page = context.pages()[0] ?? (await context.newPage());
    const faults: Error[] = [];
    page.on('pageerror', (error) => faults.push(error));
    await page.goto(product.url);
    await use(page);
    expect(faults, 'uncaught errors in the page').toEqual([]);
  },
});

export type FilePayload = { name: string; mimeType: string; buffer: Buffer };

type View = 'On this device' | 'Catalogue' | 'Add' | 'Storage';

/** The models' dialog at one of its views, opened where it is not. */
export async function openModels(page: Page, view: View = 'On this device'): Promise<Locator> {
  const dialog = page.getByRole('dialog', { name: 'Models' });
  if (!(await dialog.isVisible())) await page.locator('.model-line').click();
  await dialog.getByRole('tab', { name: view }).click();
  return dialog;
}

/** Chooses a file through the page's own button, in the models' dialog. */
export async function choose(page: Page, file: FilePayload | string): Promise<void> {
  const dialog = await openModels(page, 'Add');
  const chooser = page.waitForEvent('filechooser');
  await dialog.getByRole('button', { name: 'Choose a file' }).click();
  await (await chooser).setFiles(file);
}

/** The model of that title is the one that answers now. */
export async function loaded(page: Page, title = 'The guide'): Promise<void> {
  await expect(page.locator('.model-title')).toHaveText(title);
  await expect(page.locator('.model-state').first()).toHaveText('ready');
}

/** A file becomes the model that answers; the page is as it was before. */
export async function add(page: Page, file: FilePayload): Promise<void> {
  await loaded(page);
  await choose(page, file);
  await loaded(page, file.name.replace('.gguf', ''));
  await page.keyboard.press('Escape');
}

/** Drops a file or a folder of the disk in the middle of the page, as the system does. */
export async function dropPath(page: Page, path: string): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await devtools.send('Input.dispatchDragEvent', { type, x: 200, y: 300, data });
  await devtools.detach();
}

/** Resolves when the service worker keeps the page for use with no server. */
export async function keptForOffline(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    if (active?.state === 'activated') return;
    await new Promise<void>((resolve) => {
      active?.addEventListener('statechange', () => active.state === 'activated' && resolve());
    });
  });
}

/** Where every request of a browser goes: pages, workers and service workers. */
export function origins(context: BrowserContext): Set<string> {
  const seen = new Set<string>();
  context.on('request', (request) => {
    const url = new URL(request.url());
    // Made by the page out of its own bytes.
    if (url.protocol !== 'blob:' && url.protocol !== 'data:') seen.add(url.origin);
  });
  return seen;
}
