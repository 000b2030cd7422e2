/** Where the focus goes when something closes, and whom a key is for. */
import { expect, test, type Locator, type Page } from '@playwright/test';
import { choose, openSidebar, sidebar, WIDE } from './conversationSteps.ts';
import { answered, answers, ask, composer, openReady } from './steps.ts';

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
  await openReady(page, '?token=200');
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

/** Presses a button as a keyboard does. */
async function press(button: Locator): Promise<void> {
  await button.focus();
  await button.press('Enter');
}

test('by keyboard alone nobody is lost in a turn: edited, branched, gone on with', async ({ page }) => {
  await openReady(page, '?token=0&longest=10');
  await ask(page, 'Hello');
  await answered(page);
  const edit = page.getByRole('button', { name: 'Edit' });
  await press(edit);
  await page.keyboard.press('Escape');
  await expect(edit).toBeFocused();
  await composer(page).press('ArrowUp');
  await expect(page.getByLabel('Your message')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(composer(page)).toBeFocused();
  await composer(page).press('ArrowUp');
  await page.keyboard.type(' again');
  await page.keyboard.press('Enter');
  await expect(composer(page)).toBeFocused();
  await answered(page);

  const branches = page.getByRole('group', { name: 'Branches' });
  await press(branches.getByRole('button', { name: 'Previous branch' }));
  // On the first there is only the way back.
  await expect(branches.getByRole('button', { name: 'Next branch' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Branch 2 of 2')).toBeAttached();
  await expect(branches.getByRole('button', { name: 'Previous branch' })).toBeFocused();

  await press(answers(page).getByRole('button', { name: 'Continue' }));
  await expect(page.locator('.conversation')).toBeFocused();
});

test('nor where an answer is stopped, files are taken back and notices go', async ({ page }) => {
  await openReady(page, '?token=60');
  const file = (name: string, text: string | Buffer) => ({
    name,
    mimeType: 'text/plain',
    buffer: Buffer.from(text),
  });
  const files = ['a.md', 'b.md'].map((name) => file(name, 'words'));
  await page.locator('.composer input[type=file]').setInputFiles([...files, file('photo.txt', '')]);
  const remove = (name: string): Locator => page.getByRole('button', { name: `Remove ${name}` });
  await expect(remove('b.md')).toBeVisible();
  await press(remove('a.md'));
  await expect(remove('b.md')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(composer(page)).toBeFocused();
  await press(page.getByRole('button', { name: 'Dismiss' }));
  await expect(page.getByText('photo.txt was not added')).toHaveCount(0);
  await expect(composer(page)).toBeFocused();
  await ask(page, 'Hello');
  await press(stop(page));
  await expect(composer(page)).toBeFocused();
});

test('by mouse, too, who asks or begins anew can write on at once', async ({ page }) => {
  await openReady(page, '?token=0');
  await page.getByRole('list', { name: 'You can ask' }).getByRole('button').first().click();
  await expect(composer(page)).toBeFocused();
  await answered(page);
  await page.keyboard.type('And then?');
  await page.getByRole('button', { name: 'Send' }).click();
  await answered(page);
  await expect(composer(page)).toBeFocused();
  await page.getByRole('banner').getByRole('button', { name: 'New chat' }).click();
  await page.keyboard.type('Another');
  await expect(composer(page)).toHaveValue('Another');
});

test.describe('in the list beside the page', () => {
  test.use({ viewport: WIDE });

  test('undo, and closing the list, lead back to the field', async ({ page }) => {
    await openReady(page, '?token=0');
    await ask(page, 'Hello');
    await answered(page);
    await openSidebar(page);
    await choose(page, 'Hello', 'Delete');
    await press(page.getByRole('button', { name: 'Undo' }));
    await expect(answers(page)).toHaveCount(1);
    await expect(composer(page)).toBeFocused();
    await page.getByRole('searchbox').press('ArrowDown');
    await expect(page.locator('[data-conversation]')).toBeFocused();
    await page.keyboard.press('Control+b');
    await expect(sidebar(page)).toBeHidden();
    await expect(composer(page)).toBeFocused();
  });
});
