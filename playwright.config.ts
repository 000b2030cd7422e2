import { defineConfig } from '@playwright/test';
import { CHROMIUM_FLAGS, ensureChromium } from './src/tools/chromium.ts';

const chromium = ensureChromium();
const HARNESS_PORT = 5174;

export default defineConfig({
  forbidOnly: true,
  // Two cores and a software GPU: pages beside each other would only wait for each other.
  workers: 1,
  timeout: 60_000,
  outputDir: '.cache/playwright',
  reporter: 'list',
  use: {
    launchOptions: { executablePath: chromium.path, args: [...CHROMIUM_FLAGS] },
  },
  projects: [
    // The page over a fake worker: every state it can be in, quickly.
    {
      name: 'ui',
      testDir: 'e2e/ui',
      timeout: 120_000,
      // The fake is quick, the machine may be busy.
      expect: { timeout: 20_000 },
      // A service worker would answer in place of what a spec routes or takes away.
      use: { baseURL: `http://localhost:${HARNESS_PORT}/`, serviceWorkers: 'block' },
    },
    { name: 'app-build', testDir: 'e2e/app', testMatch: 'build.setup.ts' },
    // The whole product; these specs serve their build themselves, since they also take the server away.
    {
      name: 'app',
      testDir: 'e2e/app',
      dependencies: ['app-build'],
      timeout: 300_000,
      // A software GPU on a busy machine: what comes, comes late.
      expect: { timeout: 60_000 },
    },
  ],
  webServer: {
    command: `npx vite build --mode harness --logLevel error && npx vite preview --mode harness --port ${HARNESS_PORT}`,
    url: `http://localhost:${HARNESS_PORT}/`,
    timeout: 120_000,
  },
});
