/** A page of ours, built as the product is, served from this machine and opened in headless Chromium. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright';
import { build } from 'vite';
import { CHROMIUM_FLAGS, ensureChromium } from './chromium.ts';
import { serve, type InferServer } from './infer/server.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface PageParts {
  /** The page's HTML file, from the repository's root. */
  readonly html: string;
  /** Served under `modelUrls`, by ranges. */
  readonly files: readonly string[];
  readonly logitsFile: string | null;
  /** false for a browser that has none; true where not given. */
  readonly webgpu?: boolean;
}

/** A fresh, persistent profile: a private one has no room for models. Everything is gone afterwards. */
export async function withBuiltPage<T>(
  parts: PageParts,
  work: (page: Page, server: InferServer) => Promise<T>,
): Promise<T> {
  const scratch = mkdtempSync(join(tmpdir(), 'shoal-page-'));
  const site = join(scratch, 'site');
  await buildPage(parts.html, site);
  const server = await serve({
    folders: [site, join(ROOT, 'public')],
    files: parts.files.map((file) => resolve(file)),
    logitsFile: parts.logitsFile,
  });
  const context = await chromium.launchPersistentContext(join(scratch, 'profile'), {
    executablePath: ensureChromium().path,
    args: CHROMIUM_FLAGS.filter((flag) => parts.webgpu !== false || !flag.includes('webgpu')),
    headless: true,
  });
  try {
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') console.error(message.text());
    });
    await page.goto(`${server.origin}/${parts.html}`);
    return await work(page, server);
  } finally {
    await context.close();
    await server.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function buildPage(html: string, outDir: string): Promise<void> {
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    base: './',
    publicDir: false,
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, target: 'es2022', rolldownOptions: { input: join(ROOT, html) } },
  });
}
