/** Where the focus goes when something closes, and whom a key is for. */
import { expect, test, type Locator, type Page } from '@playwright/test';
import { choose, openSidebar } from './conversationSteps.ts';
import { answered, ask, openReady } from './steps.ts';

const opened = (page: Page): Locator => page.locator('dialog[open]');
const stop = (page: Page): Locator => page.getByRole('button', { name: 'Stop', exact: true });

test('whatever opened a panel has the focus again when it closes', async ({ page }) => {
  await openReady(page);
  const openers = [
    page.locator('.model-line'),
    page.getByRole('button', { name: 'This device' }),
    page.getByRole('button', { name: 'Settings' }),
    page.getByRole('button', { name: 'About and privacy' }),
  ];
  for (const opener of openers) {
    await opener.focus();
    await page.keyboard.press('Enter');
    await expect(opened(page)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(opened(page)).toHaveCount(0);
    await expect(opener).toBeFocused();
  }
});

test('a panel opened from a panel gives the focus back to what opened the first', async ({ page }) => {
  await openReady(page);
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Settings' })).toBeFocused();
});

test('on a phone the list of conversations gives the focus back', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openReady(page);
  await page.getByRole('button', { name: 'Conversations', exact: true }).click();
  await expect(opened(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Conversations', exact: true })).toBeFocused();
});

test('Escape in a dialog closes the dialog and lets the answer go on', async ({ page }) => {
  await openReady(page, '?token=60');
  await ask(page, 'Hello');
  await openSidebar(page);
  await choose(page, 'Hello', 'System prompt');
  await expect(page.getByRole('dialog', { name: 'System prompt' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(opened(page)).toHaveCount(0);
  await expect(stop(page)).toBeVisible();
  await expect(page.locator('[data-conversation]')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(stop(page)).toHaveCount(0);
});

test('in a menu a letter goes to its item and is no shortcut', async ({ page }) => {
  await openReady(page, '?token=0');
  await ask(page, 'Hello');
  await answered(page);
  await openSidebar(page);
  await page.getByRole('button', { name: 'Options for Hello' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Rename' })).toBeFocused();
  await page.keyboard.press('s');
  await expect(page.getByRole('menuitem', { name: 'System prompt' })).toBeFocused();
  await page.keyboard.press('n');
  await expect(opened(page)).toHaveCount(0);
  await expect(page.getByRole('article', { name: 'Answer' })).toBeVisible();
});
