/** The whole path: a file becomes a model, the model speaks, and both outlive the tab, the browser's network and the server. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { answers, ask, composer, load, state } from '../ui/steps.ts';
import { talker, tinyModel } from './modelFiles.ts';
import { choose, keptForOffline, openModels, origins, test } from './product.ts';

const FIGURES = /^\d+ tokens · [\d.]+ tokens\/s · first after [\d.]+ s$/;
/** The answer that is being spoken, or was last. */
const words = async (page: Page): Promise<string> =>
  (await answers(page).last().locator('.prose').textContent()) ?? '';

/** Lets at least so many characters come, then stops it. */
async function interrupt(page: Page, characters: number): Promise<void> {
  await expect(state(page)).toHaveText('speaking');
  await expect.poll(async () => (await words(page)).length).toBeGreaterThan(characters);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(answers(page).last().getByText('Stopped.')).toBeVisible();
  await expect(answers(page).last().getByText(FIGURES)).toBeVisible();
  await expect(state(page)).toHaveText('ready');
}

test('a file becomes a model that chats, stays, and chats on with no server and no network', async ({
  page,
  product,
  context,
}) => {
  const asked = origins(context);
  await choose(page, talker());
  await expect(state(page)).toHaveText('ready');
  await expect(page.locator('.model-title')).toHaveText('tiny-llama');

  await ask(page, 'a b c');
  await expect(page.locator('.live')).not.toBeEmpty();
  await interrupt(page, 40);
  const first = await words(page);

  await page.getByRole('button', { name: 'Regenerate' }).click();
  await interrupt(page, 20);
  await expect(answers(page)).toHaveCount(1);
  expect(await words(page)).not.toBe(first);

  await page.getByRole('button', { name: 'Edit' }).click();
  await page.getByLabel('Your message').fill('d e f');
  await page.locator('.rewrite').getByRole('button', { name: 'Send' }).click();
  await interrupt(page, 20);
  await expect(page.locator('.said')).toHaveText('d e f');
  await expect(answers(page)).toHaveCount(1);
  const kept = await words(page);

  await keptForOffline(page);
  await page.reload();
  await expect(state(page)).toHaveText('ready');
  expect(await words(page)).toBe(kept);

  await product.stopServer();
  await context.setOffline(true);
  await page.reload();
  // The model that was used last comes back by itself.
  await expect(state(page)).toHaveText('ready');
  expect(await words(page)).toBe(kept);
  await ask(page, 'g h i');
  await interrupt(page, 20);
  await expect(answers(page)).toHaveCount(2);
  expect([...asked]).toEqual([new URL(product.url).origin]);
});

test('the browser closed and opened again finds the model and loads it on request', async ({
  page,
  product,
}) => {
  await choose(page, tinyModel('qwen3'));
  await expect(state(page)).toHaveText('ready');
  await openModels(page);
  await page.getByRole('button', { name: 'Unload' }).click();
  await expect(page.getByRole('button', { name: 'Load tiny-qwen3' }).last()).toBeVisible();

  const again = await (await product.open()).newPage();
  await again.goto(product.url);
  await load(again);
  await ask(again, 'a b c');
  await expect(again.getByRole('button', { name: 'Regenerate' })).toBeVisible();
});

test('a file dropped anywhere on the page is imported', async ({ page }) => {
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
  await expect(page.getByText('Drop to add the model')).toBeVisible();
  await page.dispatchEvent('body', 'drop', { dataTransfer: data });
  await expect(page.getByText('Drop to add the model')).toBeHidden();
  await expect(state(page)).toHaveText('ready');
  await expect(page.locator('.model-title')).toHaveText('tiny-gemma3');
});

test('the chat screen keeps the rules of access in light and dark', async ({ page }) => {
  await choose(page, talker());
  await expect(state(page)).toHaveText('ready');
  await ask(page, 'a b c');
  await interrupt(page, 20);
  await composer(page).fill('and more');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .options({ rules: { 'color-contrast-enhanced': { enabled: true } } })
      .analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual(
      [],
    );
  }
});
