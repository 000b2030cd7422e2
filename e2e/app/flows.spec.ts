/** Daily use with the built-in model, from the first question to the last export, in each language of the page. */
import { expect } from '@playwright/test';
import { english, type Words } from '../../src/ui/english/index.ts';
import { saysOnce } from '../ui/steps.ts';
import { loaded, test } from './product.ts';
import { LANGUAGES, openAs, Reader } from './reader.ts';

const rightAfter = (label: string): RegExp => new RegExp(`^${label}\\s*\\S`);

/** Stopped, told what it took, copied. */
async function answerIsOnesOwn(read: Reader): Promise<void> {
  const { words, page } = read;
  await read.send('Tell me a story about a fox.');
  await expect(read.answers().locator('.prose')).toHaveText(/(\S+\s+){3}/);
  await read.button(words.chat.stop).click();
  await expect(read.answers().getByText(words.chat.ends.aborted, { exact: true })).toBeVisible();
  const heard = page.locator('.unseen[aria-live=polite]');
  await expect(heard).toContainText(words.chat.finished);
  const said = await read.answers().locator('.prose').innerText();
  await expect(heard).toContainText(said.split(/\s+/).slice(0, 3).join(' '));
  await saysOnce(read.answers().locator('.tools .copy'), words.chat.copied);
  expect((await read.clipboard()).replaceAll(/\s+/g, ' ').trim()).toBe(said.replaceAll(/\s+/g, ' ').trim());

  await read.answers().locator('.figures-button').click();
  const { facts, aboutAnswer, ended } = words.chat;
  const rows = read.answers().getByLabel(aboutAnswer).locator('div');
  await expect(rows).toHaveText([
    new RegExp(`^${facts.model}(Guide|${words.guide.name})$`),
    new RegExp(`^${facts.tokens}[1-9]`),
    rightAfter(facts.speed),
    rightAfter(facts.first),
    `${facts.end}${ended.aborted}`,
  ]);
  const [speed = '', first = ''] = (await rows.locator('dd').allInnerTexts()).slice(2);
  expect(Number.parseFloat(speed)).toBeGreaterThan(0);
  expect(Number(/[\d.]+/.exec(first)?.[0])).toBeGreaterThan(0);
}

async function answersBranch(read: Reader): Promise<void> {
  const { words, page } = read;
  await read.button(words.conversations.new).first().click();
  await read.ask('hello');
  await read.again().click();
  await read.answered();
  const answer = read.branches(read.answers().last());
  await expect(answer).toContainText('2/2');
  await read.button(words.chat.previousBranch, answer).click();
  await expect(answer).toContainText('1/2');

  await read.button(words.chat.edit, read.question()).click();
  await page.getByLabel(words.chat.editLabel).fill('What is Shoal?');
  await page.getByLabel(words.chat.editLabel).press('Enter');
  await read.answered();
  await expect(read.question().locator('.said')).toHaveText('What is Shoal?');
  await expect(answer).toHaveCount(0);
  await read.button(words.chat.previousBranch, read.question()).click();
  await expect(read.question().locator('.said')).toHaveText('hello');
  await expect(answer).toContainText('1/2');
}

async function listIsKept(read: Reader): Promise<void> {
  const { words, page } = read;
  await read.choose('hello', words.conversations.rename);
  await page.getByLabel(words.conversations.renameLabel, { exact: true }).fill('Box');
  await page.getByLabel(words.conversations.renameLabel, { exact: true }).press('Enter');
  await expect(page.locator('.item-open')).toHaveCount(2);

  const search = page.getByRole('searchbox', { name: words.conversations.search });
  await search.fill('a story about a fox');
  await expect(page.locator('.item-open')).toHaveCount(1);
  await expect(read.listed('fox').locator('mark').first()).toBeVisible();
  await search.fill('zebra');
  await expect(page.getByText(words.conversations.foundNone('zebra'))).toBeVisible();
  await search.press('Escape');

  await read.choose('Box', words.conversations.remove);
  await expect(page.getByText(words.notices.removed('Box'))).toBeVisible();
  await expect(read.listed('Box')).toHaveCount(0);
  await read.button(words.notices.undo).click();
  await read.listed('Box').click();
  await expect(read.question().locator('.said')).toHaveText('hello');

  // The older one goes above the newer, under a title of its own.
  await read.choose('Tell me a story about a fox.', words.conversations.pin);
  await pinnedFirst(read);
  await read.choose('Box', words.conversations.system);
  await read.dialog(words.conversations.system).getByRole('textbox').fill('You are a fox.');
  await read.button(words.conversations.save, read.dialog(words.conversations.system)).click();
}

async function pinnedFirst({ page, words }: Reader): Promise<void> {
  await expect(page.locator('.sidebar-group')).toHaveText([
    words.conversations.pinned,
    words.conversations.today,
  ]);
  await expect(page.locator('.item-open')).toHaveText([/fox/, 'Box']);
}

async function comesOutAndIn(read: Reader): Promise<void> {
  const { words, page } = read;
  const told = await read.download(() => read.choose('Box', words.conversations.exportMarkdown));
  expect(told.name).toBe('Box.md');
  for (const part of [words.conversations.markdown.you, words.conversations.markdown.system])
    expect(told.text).toContain(`## ${part}`);
  expect(told.text).toContain('hello');
  expect(told.text).toContain('You are a fox.');
  const one = await read.download(() => read.choose('Box', words.conversations.exportJson));
  const [kept] = (JSON.parse(one.text) as { conversations: Record<string, unknown>[] }).conversations;
  expect(kept).toMatchObject({ title: 'Box', systemPrompt: 'You are a fox.' });
  // With all its branches: two questions, and the first one's two answers.
  expect(kept?.['messages']).toHaveLength(5);

  const all = await read.download(() => read.button(words.conversations.exportAll).click());
  const importing = read.button(words.conversations.import);
  await read.give(importing, all.name, all.text, 'application/json');
  await expect(page.getByText(words.notices.imported(2))).toBeVisible();
  await expect(page.locator('.item-open')).toHaveCount(4);
  await read.give(importing, told.name, told.text, 'text/markdown');
  await expect(page.locator('.item-open')).toHaveCount(5);
  await read.give(importing, 'diary.json', '{"Dear": "diary"}', 'application/json');
  await expect(page.getByText(words.notices.importRefused('diary.json', 'notOurs', ''))).toBeVisible();
  await expect(page.locator('.item-open')).toHaveCount(5);
}

async function allIsKept(read: Reader, other: Words): Promise<void> {
  const { words, page } = read;
  await read.listed('Box').last().click();
  await expect(read.listed('Box').last()).toHaveAttribute('aria-current', 'page');
  await read.composer().fill('Not sent yet');
  await read.button(words.settings.open).click();
  await page.getByLabel(words.settings.theme).selectOption('dark');
  await page.getByLabel(words.settings.system, { exact: true }).fill('Be brief.');
  await page.getByRole('radio', { name: words.settings.presets.precise[0] ?? '' }).check();
  await page.getByLabel(words.settings.language).selectOption(other.language.tag.slice(0, 2));
  await expect(page.getByRole('heading', { name: other.settings.title })).toBeVisible();
  await page.reload();
  await expect(page.locator('.model-state').first()).toHaveText(other.state.ready);
  await expect(page.locator('html')).toHaveAttribute('lang', other.language.tag);
  await expect(page).toHaveTitle(other.title);
  const after = new Reader(page, other);
  await expect(after.composer()).toHaveValue('Not sent yet');
  await expect(page.locator('.item-open')).toHaveCount(5);
  await expect(page.locator('.sidebar-group').first()).toHaveText(other.conversations.pinned);
  await after.button(other.settings.open).click();
  await expect(page.getByLabel(other.settings.theme)).toHaveValue('dark');
  await expect(page.getByLabel(other.settings.system, { exact: true })).toHaveValue('Be brief.');
  await expect(page.getByRole('radio', { name: other.settings.presets.precise[0] ?? '' })).toBeChecked();
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('dark');
}

for (const language of LANGUAGES) {
  const { words, other } = language;
  test(`asked, stopped, branched, listed, taken out and in, and all of it stays: in ${words.language.name}`, async ({
    product,
    launchOptions,
  }) => {
    const read = await openAs(product, launchOptions.args, language);
    await read.ready();
    await read.button(words.frame.conversations).click();
    await answerIsOnesOwn(read);
    await answersBranch(read);
    await listIsKept(read);
    await comesOutAndIn(read);
    await allIsKept(read, other);
  });
}

test('the keys of the help sheet do what it says', async ({ page }) => {
  await loaded(page);
  const dialog = page.getByRole('dialog');
  const keys: readonly (readonly [string, string])[] = [
    ['Control+/', 'Keyboard shortcuts'],
    ['Control+,', 'Settings'],
  ];
  for (const [key, title] of keys) {
    await page.keyboard.press(key);
    await expect(dialog.getByRole('heading', { name: title, level: 2 })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  }
  await page.keyboard.press('Control+b');
  await expect(page.getByRole('button', { name: 'Hide the conversations' })).toBeVisible();
  await page.keyboard.press('Control+e');
  await expect(page.getByRole('complementary', { name: 'Experts' })).toBeVisible();
  await new Reader(page, english).ask('hello');
  await page.keyboard.press('Control+Shift+O');
  await expect(page.getByRole('article')).toHaveCount(0);
});
