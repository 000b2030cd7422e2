/**
 * Headless Chromium with the shipped worker: built, served from this machine,
 * the model read by HTTP ranges into a fresh profile's IndexedDB like any other.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { build } from 'vite';
import { AppError } from '../../base/failure.ts';
import { CHROMIUM_FLAGS, ensureChromium } from '../chromium.ts';
import type { InferOptions } from './args.ts';
import { report, type InferReport } from './report.ts';
import { serve } from './server.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export async function inferInBrowser(options: InferOptions): Promise<InferReport> {
  const scratch = mkdtempSync(join(tmpdir(), 'shoal-infer-'));
  const site = join(scratch, 'site');
  await buildPage(site);
  const server = await serve({ site, files: options.files.map((file) => resolve(file)), logitsFile: options.logitsFile });
  const context = await chromium.launchPersistentContext(join(scratch, 'profile'), {
    executablePath: ensureChromium().path,
    args: [...CHROMIUM_FLAGS],
    headless: true,
  });
  try {
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') console.error(message.text());
    });
    await page.goto(`${server.origin}/src/tools/infer/page.html`);
    const { weights, contextLength, request } = options;
    const answer = await page.evaluate((asked) => window.infer(asked), {
      urls: server.modelUrls,
      weights,
      contextLength,
      request,
    });
    if (!answer.ok) throw new AppError(answer.failure.code, answer.failure.message, answer.failure.detail);
    return report(answer.value);
  } finally {
    await context.close();
    await server.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function buildPage(outDir: string): Promise<void> {
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    base: './',
    publicDir: false,
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, target: 'es2022', rollupOptions: { input: join(ROOT, 'src/tools/infer/page.html') } },
  });
}
