/**
 * Every screen of the built site: in English wide in both schemes, in Chinese as narrow as
 * a page gets. axe finds nothing, at the enhanced contrast of 7:1, nothing scrolls sideways,
 * and with reduced motion nothing moves. And the page by keyboard alone.
 */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Locator, type Page } from '@playwright/test';
import { chinese } from '../../src/ui/chinese/index.ts';
import { loaded, test } from './product.ts';
import { Reader, WIDE } from './reader.ts';

const NARROW = { width: 320, height: 640 };

type Scheme = 'light' | 'dark';
type Check = (screen: string) => Promise<void>;

async function keepsRules(page: Page, screen: string, schemes: readonly Scheme[]): Promise<void> {
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .options({ rules: { 'color-contrast-enhanced': { enabled: true } } })
      .analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    expect.soft(found, `${screen}, ${colorScheme}`).toEqual([]);
  }
  const sideways = await page
    .locator('html, dialog[open]')
    .evaluateAll((boxes) => boxes.map((box) => box.scrollWidth - box.clientWidth));
  expect.soft(Math.max(...sideways), `${screen}: scrolls sideways`).toBeLessThanOrEqual(0);
}

const moving = (page: Page): Promise<number> => page.evaluate(() => document.getAnimations().length);

async function panels({ page, words, ...read }: Reader, check: Check): Promise<void> {
  const models = read.dialog(words.models.title);
  await page.locator('.model-line').click();
  for (const view of ['yours', 'catalogue', 'add', 'storage'] as const) {
    await models.getByRole('tab', { name: words.models.tabs[view] }).click();
    await check(`models: ${view}`);
  }
  await models.getByRole('tab', { name: words.models.tabs.add }).click();
  const diary = 'Dear diary '.repeat(99);
  const choose = models.getByRole('button', { name: words.add.choose, exact: true });
  const chooser = page.waitForEvent('filechooser');
  await choose.click();
  await (await chooser).setFiles({ name: 'notes.gguf', mimeType: 'text/plain', buffer: Buffer.from(diary) });
  await expect(models.getByRole('alert')).toContainText('notes.gguf');
  await check('a failure');
  await read.button(words.alerts.dismiss, models).click();
  await page.keyboard.press('Escape');

  await read.button(words.settings.open, page).click();
  await check('settings');
  for (const panel of [words.shortcuts.title, words.frame.device, words.about.title]) {
    await read.button(panel, read.dialog(words.settings.title)).click();
    await expect(read.dialog(panel)).toBeVisible();
    await check(panel);
    await page.keyboard.press('Escape');
    await read.button(words.settings.open, page).click();
  }
  await page.keyboard.press('Escape');
}

test('every screen keeps the rules of access: wide, narrow, light, dark, in both languages', async ({
  page,
}) => {
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await loaded(page);
  const read = new Reader(page);
  const wide: Check = (screen) => keepsRules(page, screen, ['light', 'dark']);
  await wide('first screen');
  await panels(read, wide);
  await read.button('Conversations').click();
  await read.button('Experts').click();
  await read.send('Tell me a story about a fox.');
  await expect(read.answers().locator('.prose')).toHaveText(/\S/);
  expect(await moving(page), 'animations while it speaks').toBe(0);
  await read.answered();
  await read.answers().locator('.figures-button').click();
  await wide('a conversation with both sides open');

  await read.change(chinese);
  await read.button(chinese.experts.close, page.getByRole('complementary')).click();
  await read.button(chinese.conversations.new).first().click();
  await read.button(chinese.frame.hideConversations).click();
  await page.setViewportSize(NARROW);
  const narrow: Check = (screen) => keepsRules(page, `${screen}, narrow`, ['light']);
  await narrow('first screen');
  await panels(read, narrow);
  await read.ask('hello');
  await narrow('a conversation');
  await read.button(chinese.frame.experts).click();
  await narrow('experts');
  await read.button(chinese.experts.close, page.getByRole('complementary')).click();
  await read.button(chinese.frame.conversations).click();
  await narrow('the list');
});

async function tabTo(page: Page, goal: Locator): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab');
    if ((await goal.count()) === 1 && (await goal.evaluate((element) => element === document.activeElement)))
      return;
  }
  throw new Error(`Tab does not lead to ${goal.toString()}`);
}

test('a conversation by keyboard alone: ask, branch, rewrite, find, rename', async ({ page }) => {
  await page.setViewportSize(WIDE);
  await loaded(page);
  const read = new Reader(page);
  const { keyboard } = page;
  const act = async (goal: Locator): Promise<void> => {
    await tabTo(page, goal);
    await keyboard.press('Enter');
  };
  await act(page.getByRole('list', { name: 'You can ask' }).getByRole('button').first());
  await read.answered();
  const title = await read.question().locator('.said').innerText();
  await act(read.again());
  await read.answered();
  await act(read.button('Previous branch'));
  await expect(read.branches(read.answers())).toContainText('1/2');
  await tabTo(page, read.composer());
  await keyboard.press('ArrowUp');
  await keyboard.press('ControlOrMeta+a');
  await keyboard.type('hello');
  await keyboard.press('Enter');
  await read.answered();
  await expect(read.question().locator('.said')).toHaveText('hello');

  await keyboard.press('Control+k');
  await expect(page.getByRole('searchbox')).toBeFocused();
  await keyboard.type('shoal');
  await keyboard.press('Escape');
  await act(page.locator('.item-open').first());
  await tabTo(page, read.button(`Options for ${title}`));
  await keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Rename' })).toBeFocused();
  await keyboard.press('Enter');
  await expect(page.getByLabel('Title', { exact: true })).toBeFocused();
  await keyboard.type('Mine');
  await keyboard.press('Enter');
  await expect(page.locator('.item-open')).toHaveText('Mine');
});

test('models and settings by keyboard alone: look, unload, load, choose', async ({ page }) => {
  await page.setViewportSize(WIDE);
  await loaded(page);
  const read = new Reader(page);
  const { keyboard } = page;
  await tabTo(page, page.locator('.model-line'));
  await keyboard.press('Enter');
  const models = read.dialog('Models');
  await expect(models).toBeVisible();
  // Whoever has none of their own sees what there is.
  await tabTo(page, models.getByRole('tab', { name: 'Catalogue', selected: true }));
  await keyboard.press('ArrowRight');
  await expect(models.getByRole('tab', { name: 'Add' })).toBeFocused();
  await keyboard.press('Home');
  await expect(models.getByRole('tab', { name: 'On this device', selected: true })).toBeFocused();
  await tabTo(page, read.button('Unload', models));
  await keyboard.press('Enter');
  await tabTo(page, read.button('Load The guide', models));
  await keyboard.press('Enter');
  await loaded(page);
  await keyboard.press('Escape');
  await expect(models).toHaveCount(0);
  await keyboard.press('Control+,');
  await expect(read.dialog('Settings')).toBeVisible();
  await tabTo(page, page.getByLabel('Theme'));
  await keyboard.press('End');
  await expect(page.locator('html')).toHaveCSS('color-scheme', 'dark');
  await tabTo(page, page.getByRole('radio', { name: 'Balanced' }));
  await keyboard.press('ArrowDown');
  await expect(page.getByRole('radio', { name: 'Inventive' })).toBeChecked();
  await keyboard.press('Escape');
  await expect(read.dialog('Settings')).toHaveCount(0);
});
