/** One GPU, two tabs: one speaks, the other can take over, and both show the same conversations and settings. */
import { expect, type Page } from '@playwright/test';
import { chinese } from '../../src/ui/chinese/index.ts';
import { loaded, test } from './product.ts';
import { Reader, WIDE } from './reader.ts';

test('a second tab says who speaks, takes over, keeps in step and hands back', async ({
  page,
  context,
  product,
}) => {
  await page.setViewportSize(WIDE);
  await loaded(page);
  const first = new Reader(page);
  await first.ask('hello');

  const other = await context.newPage();
  await other.setViewportSize(WIDE);
  await other.goto(product.url);
  const second = new Reader(other);
  const elsewhere = (tab: Page) => tab.getByText('Shoal is in use in another tab');
  await expect(elsewhere(other)).toBeVisible();
  await expect(second.composer()).toHaveCount(0);
  await second.button('Use it here').click();
  await loaded(other);
  await expect(elsewhere(page)).toBeVisible();
  await second.ask('What is Shoal?');

  // What was said there is here, too; so is what it is called, and what is chosen in the settings.
  await expect(first.answers()).toHaveCount(await second.answers().count());
  await second.button('Conversations').click();
  await second.choose('hello', 'Rename');
  await other.getByLabel('Title', { exact: true }).fill('Shoals');
  await other.getByLabel('Title', { exact: true }).press('Enter');
  await first.button('Conversations').click();
  await expect(first.listed('Shoals')).toHaveCount(1);
  await second.button('Settings').click();
  await other.getByLabel('Theme').selectOption('dark');
  await expect(page.locator('html')).toHaveCSS('color-scheme', 'dark');
  await other.getByLabel('Language').selectOption('zh');
  await expect(page.getByText(chinese.tabs.title)).toBeVisible();
  await expect(page.getByText(chinese.tabs.body)).toBeVisible();

  // The tab that spoke is closed: the first goes on by itself.
  await other.close();
  first.words = chinese;
  await first.ready();
  await first.ask('Where are my chats kept?');
});
