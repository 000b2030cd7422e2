/** `npm run pictures`: the README's pictures, made of the built site with the built-in model. */
import { defineConfig } from '@playwright/test';
import base from './playwright.config.ts';

export default defineConfig({
  ...base,
  projects: [
    { name: 'app-build', testDir: 'e2e/app', testMatch: 'build.setup.ts' },
    { name: 'pictures', testDir: 'e2e/app', testMatch: 'pictures.ts', dependencies: ['app-build'] },
  ],
  timeout: 300_000,
  expect: { timeout: 60_000 },
  // Only the ui's specs need the harness.
  webServer: [],
});
