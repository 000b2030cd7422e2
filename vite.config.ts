import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { version } from './package.json' with { type: 'json' };
import { limitFirstLoad } from './src/tools/firstLoad.ts';

/** Gzipped script before the page can be used: a second at 1 Mbit/s. */
const FIRST_LOAD_BYTES = 130_000;

/** The page over a fake worker, for e2e/ui: the same index.html with another entry. */
const HARNESS = 'harness';

function useHarness(): Plugin {
  return {
    name: 'shoal-harness',
    transformIndexHtml: {
      order: 'pre',
      handler: (html) => html.replace('/src/main.tsx', '/e2e/ui/main.tsx'),
    },
  };
}

/**
 * Model output is untrusted: whatever slipped through the Markdown could not run
 * or fetch a picture. Only in builds, since the dev server injects scripts.
 */
function contentPolicy(): Plugin {
  const policy = [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "worker-src 'self' blob:",
    "connect-src 'self' http: https: blob: data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return {
    name: 'shoal-content-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: policy },
        injectTo: 'head-prepend',
      },
    ],
  };
}

/**
 * The shell is kept for use with no network, and the built-in model, which is part of
 * it; other weights never pass through here (they are in IndexedDB).
 */
const pwa = VitePWA({
  registerType: 'prompt',
  injectRegister: false,
  includeManifestIcons: true,
  manifest: {
    name: 'Shoal',
    short_name: 'Shoal',
    description: 'Chat models on your own graphics processor, offline.',
    display: 'standalone',
    start_url: './',
    scope: './',
    background_color: '#f9fafd',
    theme_color: '#f9fafd',
    icons: [
      { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
      { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
      { src: 'icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
      { src: 'icon.svg', sizes: 'any', type: 'image/svg+xml' },
    ],
  },
  workbox: {
    globPatterns: ['**/*.{js,css,html,svg,png,wasm,webmanifest,woff2}', 'guide/*.{json,safetensors,md}'],
    maximumFileSizeToCacheInBytes: 16 * 1024 * 1024,
    navigateFallback: 'index.html',
    cleanupOutdatedCaches: true,
    // The tab of the first visit too, which no worker was there to load: parts of it are fetched later.
    clientsClaim: true,
  },
});

export default defineConfig(({ mode }) => ({
  define: { 'import.meta.env.VITE_SHOAL_VERSION': JSON.stringify(version) },
  // Relative, so that dist/ works under any path of any static host.
  base: './',
  plugins: [
    mode === HARNESS ? useHarness() : limitFirstLoad(FIRST_LOAD_BYTES),
    react(),
    contentPolicy(),
    pwa,
  ],
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    // The content policy allows no font in an address; those of the formulas are files of the page.
    assetsInlineLimit: (path) => (path.endsWith('.woff2') ? false : undefined),
    outDir: mode === HARNESS ? '.cache/harness' : 'dist',
    emptyOutDir: true,
  },
  server: { port: 5173, strictPort: true },
  preview: { port: 5173, strictPort: true },
}));
