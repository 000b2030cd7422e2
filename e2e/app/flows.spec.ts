/** Daily use with the built-in model, from the first question to the last export, in each language of the page. */
import { readFile } from 'node:fs/promises';
import { expect, type BrowserContext, type Locator, type Page } from '@playwright/test';
import { chinese } from '../../src/ui/chinese/index.ts';
import { english, type Words } from '../../src/ui/english/index.ts';
import { loaded, type Product, test } from './product.ts';

const WIDE = { width: 1280, height: 800 };

const LANGUAGES: readonly { readonly locale: string; readonly words: Words; readonly other: Words }[] = [
  { locale: 'en-GB', words: english, other: chinese },
  { locale: 'zh-CN', words: chinese, other: english },
];

/** The page, read in one language. */
class Reader {
  readonly page: Page;
  readonly words: Words;
  constructor(page: Page, words: Words) {
    this.page = page;
    this.words = words;
  }

  button = (name: string, within: Locator | Page = this.page): Locator =>
    within.getByRole('button', { name, exact: true });
  answers = (): Locator => this.page.getByRole('article', { name: this.words.chat.answer, exact: true });
  /** The last question on the page. */
  question = (): Locator => this.page.getByRole('article', { name: this.words.chat.you, exact: true }).last();
  branches = (within: Locator): Locator => within.getByRole('group', { name: this.words.chat.branches });
  listed = (title: string): Locator => this.page.locator('.item-open').filter({ hasText: title });

  async answered(): Promise<void> {
    await expect(this.button(this.words.chat.again)).toBeVisible();
    await expect(this.answers().last().locator('.prose')).toHaveText(/\p{L}/u);
  }

  async ask(question: string): Promise<void> {
    const composer = this.page.getByLabel(this.words.chat.composer, { exact: true });
    await composer.fill(question);
    await composer.press('Enter');
    await this.answered();
  }

  /** Of what can be done with a conversation of the list. */
  async choose(title: string, act: string): Promise<void> {
    await this.button(this.words.conversations.options(title)).click();
    await this.page.getByRole('menuitem', { name: act, exact: true }).click();
  }

  async download(click: () => Promise<void>): Promise<{ name: string; text: string }> {
    const coming = this.page.waitForEvent('download');
    await click();
    const download = await coming;
    return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
  }
}

async function openIn(locale: string, words: Words, product: Product, flags: readonly string[]) {
  const context: BrowserContext = await product.open(flags, { locale, viewport: WIDE });
  const page = await context.newPage();
  await page.goto(product.url);
  await expect(page.locator('.model-title')).toHaveText(words.guide.name);
  await expect(page.locator('.model-state').first()).toHaveText(words.state.ready);
  return new Reader(page, words);
}

async function answersBranch(read: Reader): Promise<void> {
  const { words, page } = read;
  await read.ask('hello');
  await read.button(words.chat.again).click();
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
  await read.button(words.frame.conversations).click();
  await read.choose('hello', words.conversations.rename);
  await page.getByLabel(words.conversations.renameLabel, { exact: true }).fill('Box');
  await page.getByLabel(words.conversations.renameLabel, { exact: true }).press('Enter');
  await read.button(words.conversations.new).first().click();
  await read.ask('Tell me a story about a fox.');
  await expect(page.locator('.item-open')).toHaveCount(2);

  const search = page.getByRole('searchbox', { name: words.conversations.search });
  await search.fill('a story about a fox');
  await expect(page.locator('.item-open')).toHaveCount(1);
  await expect(read.listed('fox').locator('mark').first()).toBeVisible();
  await search.press('Escape');

  await read.choose('Box', words.conversations.remove);
  await expect(page.getByText(words.notices.removed('Box'))).toBeVisible();
  await expect(read.listed('Box')).toHaveCount(0);
  await read.button(words.notices.undo).click();
  await read.listed('Box').click();
  await expect(read.question().locator('.said')).toHaveText('hello');

  const told = await read.download(() => read.choose('Box', words.conversations.exportMarkdown));
  expect(told.name).toBe('Box.md');
  expect(told.text).toContain(`## ${words.conversations.markdown.you}`);
  expect(told.text).toContain('hello');
  const all = await read.download(() => read.button(words.conversations.exportAll).click());
  const chooser = page.waitForEvent('filechooser');
  await read.button(words.conversations.import).click();
  await (
    await chooser
  ).setFiles({ name: all.name, mimeType: 'application/json', buffer: Buffer.from(all.text) });
  await expect(page.getByText(words.notices.imported(2))).toBeVisible();
  await expect(page.locator('.item-open')).toHaveCount(4);
}

async function settingsAreKept(read: Reader, other: Words): Promise<void> {
  const { words, page } = read;
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
  await page.getByRole('button', { name: other.settings.open, exact: true }).click();
  await expect(page.getByLabel(other.settings.theme)).toHaveValue('dark');
  await expect(page.getByLabel(other.settings.system, { exact: true })).toHaveValue('Be brief.');
  await expect(page.getByRole('radio', { name: other.settings.presets.precise[0] ?? '' })).toBeChecked();
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('dark');
}

for (const { locale, words, other } of LANGUAGES) {
  test(`asked, branched, listed, taken out and in, with settings that stay: in ${words.language.name}`, async ({
    product,
    launchOptions,
  }) => {
    const read = await openIn(locale, words, product, launchOptions.args ?? []);
    await answersBranch(read);
    await listIsKept(read);
    await settingsAreKept(read, other);
  });
}

test('a text file goes with a question, its tokens counted by the guide; one too long is refused', async ({
  page,
}) => {
  await loaded(page);
  const read = new Reader(page, english);
  const file = (name: string, words: number) => ({
    name,
    mimeType: 'text/plain',
    buffer: Buffer.from('The fox is red and small. '.repeat(words / 6)),
  });
  const attach = async (name: string, words: number): Promise<void> => {
    const chooser = page.waitForEvent('filechooser');
    await read.button('Add text files').click();
    await (await chooser).setFiles(file(name, words));
  };
  await attach('long.txt', 60_000);
  await expect(
    page.getByText(/^long\.txt is too long: [\d,]+ tokens, where the context leaves \d+\./),
  ).toBeVisible();
  await attach('fox.txt', 60);
  await expect(page.getByRole('list', { name: 'Files for this message' })).toHaveText(
    /^fox\.txt\s*\d+ tokens$/,
  );
  await read.ask('What is this about?');
  await expect(read.question().getByRole('list', { name: 'Files' })).toHaveText(/^fox\.txt\s*\d+ tokens$/);
});

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
