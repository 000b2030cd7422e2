/** What a person does in the dialog about models. */
import { expect, type Locator, type Page } from '@playwright/test';
import { state } from './steps.ts';

const dialogOf = (page: Page): Locator => page.getByRole('dialog', { name: 'Models' });

/** The dialog about models, at one of its views. */
export async function open(page: Page, query: string, view: string): Promise<Locator> {
  await page.goto(`/${query}`);
  // The guide first.
  await expect(state(page)).toHaveText('ready', { timeout: 30_000 });
  await page.locator('.model-line').click();
  const dialog = dialogOf(page);
  await dialog.getByRole('tab', { name: view }).click();
  return dialog;
}

export const view = (dialog: Locator, name: string): Promise<void> =>
  dialog.getByRole('tab', { name }).click();
export const row = (dialog: Locator, title: string | RegExp): Locator =>
  dialog.getByRole('listitem').filter({ hasText: title });

export async function download(dialog: Locator, url: string): Promise<void> {
  await dialog.getByLabel('Address of a GGUF file').fill(url);
  await dialog.getByRole('button', { name: 'Download', exact: true }).click();
}
