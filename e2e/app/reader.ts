/** A person at the page who reads one of its languages, and what they do there. */
import { readFile } from 'node:fs/promises';
import { expect, type BrowserContextOptions, type Locator, type Page } from '@playwright/test';
import { chinese } from '../../src/ui/chinese/index.ts';
import { english, type Words } from '../../src/ui/english/index.ts';
import { speak } from '../../src/ui/say.ts';
import type { Product } from './product.ts';

export const WIDE = { width: 1280, height: 800 };

export const LANGUAGES: readonly {
  readonly locale: string;
  readonly words: Words;
  readonly other: Words;
}[] = [
  { locale: 'en-GB', words: english, other: chinese },
  { locale: 'zh-CN', words: chinese, other: english },
];

export interface TextDownload {
  readonly name: string;
  readonly text: string;
}

export class Reader {
  readonly page: Page;
  words: Words;
  constructor(page: Page, words: Words = english) {
    this.page = page;
    this.words = words;
    // Numbers in the words, too.
    speak(words);
  }

  button = (name: string, within: Locator | Page = this.page): Locator =>
    within.getByRole('button', { name, exact: true });
  composer = (): Locator => this.page.getByLabel(this.words.chat.composer, { exact: true });
  answers = (): Locator => this.page.getByRole('article', { name: this.words.chat.answer, exact: true });
  /** Of the last answer. */
  again = (): Locator => this.button(this.words.chat.again, this.answers().last());
  /** The last question on the page. */
  question = (): Locator => this.page.getByRole('article', { name: this.words.chat.you, exact: true }).last();
  branches = (within: Locator): Locator => within.getByRole('group', { name: this.words.chat.branches });
  listed = (title: string): Locator => this.page.locator('.item-open').filter({ hasText: title });
  dialog = (name: string): Locator => this.page.getByRole('dialog', { name, exact: true });

  /** The guide, or the model of that title, is loaded. */
  async ready(title = this.words.guide.name): Promise<void> {
    await expect(this.page.locator('.model-title')).toHaveText(title);
    await expect(this.page.locator('.model-state').first()).toHaveText(this.words.state.ready);
  }

  async send(question: string): Promise<void> {
    await this.composer().fill(question);
    await this.composer().press('Enter');
  }

  async answered(): Promise<void> {
    await expect(this.again()).toBeVisible();
    await expect(this.answers().last().locator('.prose')).toHaveText(/\p{L}/u);
  }

  async ask(question: string): Promise<void> {
    await this.send(question);
    await this.answered();
  }

  /** Of what can be done with a conversation of the list. */
  async choose(title: string, act: string): Promise<void> {
    await this.button(this.words.conversations.options(title)).click();
    await this.page.getByRole('menuitem', { name: act, exact: true }).click();
  }

  async download(click: () => Promise<void>): Promise<TextDownload> {
    const coming = this.page.waitForEvent('download');
    await click();
    const download = await coming;
    return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
  }

  async give(button: Locator, name: string, content: string, mimeType = 'text/plain'): Promise<void> {
    const chooser = this.page.waitForEvent('filechooser');
    await button.click();
    await (await chooser).setFiles({ name, mimeType, buffer: Buffer.from(content) });
  }

  /** By the settings, with no reload: all that is on the page speaks it at once. */
  async change(words: Words): Promise<void> {
    await this.button(this.words.settings.open).click();
    await this.page.getByLabel(this.words.settings.language).selectOption(words.language.tag.slice(0, 2));
    this.words = words;
    speak(words);
    await expect(this.page.getByRole('heading', { name: words.settings.title })).toBeVisible();
    await this.page.keyboard.press('Escape');
  }

  clipboard = (): Promise<string> => this.page.evaluate(() => navigator.clipboard.readText());
}

interface Meeting {
  readonly locale: string;
  readonly words: Words;
  readonly options?: BrowserContextOptions;
  /** What is done to the tab before it shows the page. */
  readonly before?: (page: Page) => Promise<unknown>;
}

/** The built page as a reader meets it, wide and with a clipboard that can be read. */
export async function openAs(
  product: Product,
  flags: readonly string[] | undefined,
  { locale, words, options, before }: Meeting,
): Promise<Reader> {
  const context = await product.open(flags, {
    locale,
    viewport: WIDE,
    permissions: ['clipboard-read', 'clipboard-write'],
    baseURL: product.url,
    ...options,
  });
  const page = await context.newPage();
  await before?.(page);
  await page.goto(product.url);
  return new Reader(page, words);
}
