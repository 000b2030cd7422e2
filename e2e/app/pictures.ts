/** Screens as a reader of the README should see them; `npm run pictures` runs this, no test step does. */
import { stat } from 'node:fs/promises';
import { expect, type Page } from '@playwright/test';
import { answered, answers, ask } from '../ui/steps.ts';
import { choose, loaded, openModels, test } from './product.ts';

const WIDE = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const LARGEST_BYTES = 200_000;

async function take(page: Page, name: string): Promise<void> {
  const path = `docs/pictures/${name}.png`;
  await page.screenshot({ path, animations: 'disabled' });
  expect((await stat(path)).size, path).toBeLessThan(LARGEST_BYTES);
}

test('wide', async ({ page }) => {
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: 'light' });
  await loaded(page);
  await expect(page.getByText(/^This is the guide/)).toBeVisible();
  await take(page, 'first-wide-light');

  await openModels(page, 'Catalogue');
  await take(page, 'models-wide-light');
  await choose(page, {
    name: 'notes.gguf',
    mimeType: 'text/plain',
    buffer: Buffer.from('Dear diary '.repeat(99)),
  });
  await expect(page.getByRole('alert')).toContainText('Not a model');
  await page.keyboard.press('Escape');
  await take(page, 'error-wide-light');
  await page.getByRole('button', { name: 'Dismiss' }).click();

  await page.emulateMedia({ colorScheme: 'dark' });
  await ask(page, 'What is this app?');
  await answered(page);
  await page.getByRole('button', { name: 'Conversations', exact: true }).click();
  await page.getByRole('button', { name: 'Experts', exact: true }).click();
  await expect(page.getByRole('application', { name: 'Experts by layer' })).toBeVisible();
  await ask(page, 'Tell me a story about a hedgehog and the moon.');
  await expect(answers(page).last().locator('.prose')).toHaveText(/(\S+\s+){12}/);
  await take(page, 'experts-wide-dark');
});

test('on a phone', async ({ page }) => {
  await page.setViewportSize(PHONE);
  await page.emulateMedia({ colorScheme: 'dark' });
  await loaded(page);
  await expect(page.getByText(/^This is the guide/)).toBeVisible();
  await take(page, 'first-phone-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await ask(page, 'Where are my chats kept?');
  await expect(answers(page).locator('.prose')).toHaveText(/(\S+\s+){8}/);
  await take(page, 'streaming-phone-light');
});
