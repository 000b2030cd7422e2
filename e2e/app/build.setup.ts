/** The specs of this folder run what a host would serve: built once, into a folder of its own. */
import { test } from '@playwright/test';
import { build } from 'vite';
import { BUILD } from './product.ts';

test('the site builds', async () => {
  await build({ build: { outDir: BUILD }, logLevel: 'error' });
});
