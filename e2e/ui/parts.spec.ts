/** Parts of the page that are fetched when they are needed, and can't be: the rest goes on. */
import { expect, test, type Locator, type Page } from '@playwright/test';
import { answered, ask, openReady } from './steps.ts';

const missing = (page: Page): Locator =>
  page.getByRole('dialog', { name: 'A part of this page could not be fetched' });

test('a panel that could not be fetched says so, takes nothing along, and can be asked for again', async ({
  page,
  context,
}) => {
  await openReady(page, '?token=0');
  await ask(page, 'Hello');
  await answered(page);
  await context.setOffline(true);
  await page.locator('.model-line').click();
  await expect(missing(page)).toContainText('Your models and this conversation are kept.');
  await expect(page.getByText('(You wrote: Hello)', { exact: true })).toBeAttached();
  await missing(page).getByRole('button', { name: 'Try again' }).click();
  await expect(missing(page)).toBeVisible();
  await context.setOffline(false);
  await missing(page).getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('dialog', { name: 'Models' })).toBeVisible();
});

test('a dialog of the first screen that could not be fetched leaves the screen there', async ({
  page,
  context,
}) => {
  await openReady(page);
  await context.setOffline(true);
  await page.getByRole('button', { name: 'System prompt' }).click();
  await expect(missing(page)).toBeVisible();
  await context.setOffline(false);
  await missing(page).getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('dialog', { name: 'System prompt' })).toBeVisible();
});

test('what was missing is asked for again when it is opened again', async ({ page, context }) => {
  await openReady(page);
  await context.setOffline(true);
  for (const [key, name] of [
    ['Control+b', 'Hide the conversations'],
    ['Control+e', 'Hide the experts'],
  ] as const) {
    await page.keyboard.press(key);
    await expect(missing(page)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(missing(page)).toHaveCount(0);
    await expect(page.getByRole('button', { name })).toHaveCount(0);
  }
  await context.setOffline(false);
  await page.keyboard.press('Control+b');
  await expect(page.getByRole('navigation', { name: 'Conversations' })).toBeVisible();
  await page.keyboard.press('Control+e');
  await expect(page.getByRole('complementary', { name: 'Experts' })).toBeVisible();
});
