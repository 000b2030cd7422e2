/** The whole path: a file becomes a model, the model speaks, and both outlive the tab, the browser's network and the server. */
import { expect, type Page } from '@playwright/test';
import { answered, answers, ask, state } from '../ui/steps.ts';
import { talker, tinyModel } from './modelFiles.ts';
import { add, keptForOffline, loaded, openModels, origins, test } from './product.ts';

const SPEED = /^[\d.,]+ tokens\/s$/;
/** The answer that is being spoken, or was last. */
const words = async (page: Page): Promise<string> =>
  (await answers(page).last().locator('.prose').textContent()) ?? '';

/** Lets at least so many characters come, then stops it. */
async function interrupt(page: Page, characters: number): Promise<void> {
  await expect(state(page)).toHaveText('speaking');
  await expect.poll(async () => (await words(page)).length).toBeGreaterThan(characters);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(answers(page).last().getByText('Stopped.')).toBeVisible();
  await expect(answers(page).last().getByRole('button', { name: SPEED })).toBeVisible();
  await expect(state(page)).toHaveText('ready');
}

test('a file becomes a model that chats, stays, and chats on with no server and no network', async ({
  page,
  product,
  context,
}) => {
  const asked = origins(context);
  await add(page, talker());

  await ask(page, 'a b c');
  await expect(page.locator('.live')).not.toBeEmpty();
  await interrupt(page, 40);
  const first = await words(page);

  await page.getByRole('button', { name: 'Regenerate' }).click();
  await interrupt(page, 20);
  await expect(answers(page)).toHaveCount(1);
  expect(await words(page)).not.toBe(first);

  await page.getByRole('article', { name: 'You' }).getByRole('button', { name: 'Edit' }).click();
  await page.getByLabel('Your message').fill('d e f');
  await page.getByLabel('Your message').press('Enter');
  await interrupt(page, 20);
  await expect(page.locator('.said')).toHaveText('d e f');
  await expect(answers(page)).toHaveCount(1);
  const kept = await words(page);

  await keptForOffline(page);
  await page.reload();
  await loaded(page, 'tiny-llama');
  await expect.poll(() => words(page)).toBe(kept);

  await product.stopServer();
  await context.setOffline(true);
  await page.reload();
  // The model that was used last comes back by itself.
  await loaded(page, 'tiny-llama');
  await expect.poll(() => words(page)).toBe(kept);
  await ask(page, 'g h i');
  await interrupt(page, 20);
  await expect(answers(page)).toHaveCount(2);
  expect([...asked]).toEqual([new URL(product.url).origin]);
});

test('the browser closed and opened again finds the model and loads it on request', async ({
  page,
  product,
}) => {
  await add(page, tinyModel('qwen3'));
  const here = await openModels(page);
  await here.getByRole('button', { name: 'Unload' }).click();
  await expect(here.getByRole('button', { name: 'Load tiny-qwen3' })).toBeVisible();

  const again = await (await product.open()).newPage();
  await again.goto(product.url);
  await loaded(again);
  await (await openModels(again)).getByRole('button', { name: 'Load tiny-qwen3' }).click();
  await loaded(again, 'tiny-qwen3');
  await ask(again, 'a b c');
  await answered(again);
});

test('a file dropped anywhere on the page is imported', async ({ page }) => {
  await loaded(page);
  const { name, buffer } = tinyModel('gemma3');
  const data = await page.evaluateHandle(
    ([file, base64]) => {
      const transfer = new DataTransfer();
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      transfer.items.add(new File([bytes], file));
      return transfer;
    },
    [name, buffer.toString('base64')] as const,
  );
  await page.dispatchEvent('body', 'dragover', { dataTransfer: data });
  await expect(page.getByText('Drop to add a model')).toBeVisible();
  await page.dispatchEvent('body', 'drop', { dataTransfer: data });
  await expect(page.getByText('Drop to add a model')).toBeHidden();
  await loaded(page, 'tiny-gemma3');
});
