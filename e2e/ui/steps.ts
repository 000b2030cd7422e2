/** What a person does on the page, for the specs. */
import { expect, type Locator, type Page } from '@playwright/test';

export const composer = (page: Page): Locator => page.getByLabel('Message', { exact: true });
export const answers = (page: Page): Locator => page.getByRole('article', { name: 'Answer' });
export const state = (page: Page): Locator => page.locator('.model-state').first();

/** Loads the first model that is stored, in place of the guide. */
export async function load(page: Page): Promise<void> {
  await expect(state(page)).toHaveText('ready');
  await page.locator('.model-line').click();
  await page
    .getByRole('button', { name: /^Load / })
    .first()
    .click();
  await expect(page.locator('.model-title')).not.toHaveText('The guide');
  await expect(state(page)).toHaveText('ready');
}

export async function ask(page: Page, words: string): Promise<void> {
  await composer(page).fill(words);
  await composer(page).press('Enter');
}

/** Waits as long as `timeout` in milliseconds, or as the project allows: the fake speaks sooner than a real model. */
export async function answered(page: Page, timeout?: number): Promise<void> {
  // While one is spoken none can be asked for anew.
  const again = page.getByRole('button', { name: 'Regenerate' }).last();
  await expect(again).toBeVisible(timeout === undefined ? {} : { timeout });
}

/** The fake speaks on, where it was asked to hold. */
export function goOn(page: Page): Promise<void> {
  return page.evaluate(() => {
    const channel = new BroadcastChannel('fake-goes-on');
    // oxlint-disable-next-line require-post-message-target-origin -- a channel is of one origin, and knows no target
    channel.postMessage('');
    channel.close();
  });
}

/** Where the page stands once nothing moves it any more. */
export function rested(page: Page): Promise<number> {
  return page.evaluate(async () => {
    let top = scrollY;
    for (let still = 0; still < 12; still = scrollY === top ? still + 1 : 0) {
      top = scrollY;
      await new Promise(requestAnimationFrame);
    }
    return top;
  });
}

/** Presses a button and waits for what it says then, however soon it says otherwise. */
export async function saysOnce(button: Locator, words: string): Promise<void> {
  const heard = await button.evaluateHandle((element, said) => {
    const promise = new Promise<void>((resolve) => {
      new MutationObserver((_, observer) => {
        if (element.textContent !== said) return;
        observer.disconnect();
        resolve();
      }).observe(element, { childList: true, characterData: true, subtree: true });
    });
    return { promise };
  }, words);
  await button.click();
  await heard.evaluate(({ promise }) => promise);
}

/** A file as a person would choose it; what is in it the fake does not ask. */
export const GGUF = {
  name: 'tiny-model.gguf',
  mimeType: 'application/octet-stream',
  buffer: Buffer.from('GGUF'),
};

/** The page with the guide, or the model of the last visit, loaded by itself. */
export async function openReady(page: Page, query = ''): Promise<void> {
  await page.goto(`/${query}`);
  await expect(state(page)).toHaveText('ready');
}
