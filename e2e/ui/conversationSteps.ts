/** What a person does with the list of conversations, and what an earlier visit left there. */
import { readFile } from 'node:fs/promises';
import { expect, type Download, type Locator, type Page } from '@playwright/test';
import { answered, ask } from './steps.ts';

export const WIDE = { width: 1280, height: 800 };

export const sidebar = (page: Page): Locator => page.getByRole('navigation', { name: 'Conversations' });
export const item = (page: Page, title: string): Locator =>
  sidebar(page).getByRole('button', { name: title, exact: true });
export const items = (page: Page): Locator => page.locator('.item-open');

export async function openSidebar(page: Page): Promise<void> {
  const opener = page.getByRole('button', { name: 'Conversations', exact: true });
  const list = sidebar(page).or(page.getByRole('dialog', { name: 'Conversations', exact: true }));
  await expect(opener.or(list).first()).toBeVisible();
  // After a reload it is as it was left, which may be read only after the page is drawn.
  await expect(async () => {
    if (!(await list.isVisible())) await opener.click({ timeout: 1000 });
    await expect(list).toBeVisible({ timeout: 2000 });
  }).toPass();
  await expect(page.getByRole('button', { name: 'New chat' }).first()).toBeVisible();
}

export async function choose(page: Page, title: string, act: string): Promise<void> {
  await page.getByRole('button', { name: `Options for ${title}` }).click();
  await page.getByRole('menuitem', { name: act, exact: true }).click();
}

export async function converse(page: Page, question: string): Promise<void> {
  await sidebar(page).getByRole('button', { name: 'New chat', exact: true }).first().click();
  await ask(page, question);
  await answered(page);
}

/** Writes entries as a page of the same origin would, before ours is opened. */
export async function store(page: Page, entries: Readonly<Record<string, unknown>>): Promise<void> {
  await page.goto('/icon.svg');
  await page.evaluate(async (given) => {
    const opening = indexedDB.open('shoal-page');
    opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore('facts'));
    await new Promise((resolve) => opening.addEventListener('success', resolve));
    const writing = opening.result.transaction('facts', 'readwrite');
    for (const [key, value] of Object.entries(given)) writing.objectStore('facts').put(value, key);
    await new Promise((resolve) => writing.addEventListener('complete', resolve));
    opening.result.close();
  }, entries);
}

/** All that is stored of conversations, as text. */
export function keptText(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const opening = indexedDB.open('shoal-page');
    await new Promise((resolve) => opening.addEventListener('success', resolve));
    const reading = opening.result.transaction('facts').objectStore('facts').getAll();
    await new Promise((resolve) => reading.addEventListener('success', resolve));
    opening.result.close();
    return JSON.stringify(reading.result);
  });
}

export function questionOf(id: string, content: string, createdAt: number): unknown {
  const plain = { figures: null, end: null, droppedMessages: 0, reasoningMs: null, attachments: [] };
  return { id, parent: null, role: 'user', content, createdAt, ...plain };
}

export async function textOf(download: Download): Promise<string> {
  return readFile(await download.path(), 'utf8');
}
