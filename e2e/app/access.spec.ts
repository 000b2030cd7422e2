/** Every screen of the built site, in both schemes: axe finds nothing, at the enhanced contrast of 7:1. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { answered, ask } from '../ui/steps.ts';
import { choose, loaded, openModels, test } from './product.ts';

async function keepsRules(page: Page, screen: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .options({ rules: { 'color-contrast-enhanced': { enabled: true } } })
      .analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    expect.soft(found, `${screen}, ${colorScheme}`).toEqual([]);
  }
}

test('every screen keeps the rules of access in light and dark', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await loaded(page);
  await keepsRules(page, 'first screen');

  for (const view of ['On this device', 'Catalogue', 'Add', 'Storage'] as const) {
    await openModels(page, view);
    await keepsRules(page, `models: ${view}`);
  }
  await choose(page, {
    name: 'notes.gguf',
    mimeType: 'text/plain',
    buffer: Buffer.from('Dear diary '.repeat(99)),
  });
  await expect(page.getByRole('alert')).toContainText('Not a model');
  await keepsRules(page, 'a failure');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Settings' }).click();
  await keepsRules(page, 'settings');
  for (const panel of ['Keyboard shortcuts', 'This device', 'About and privacy'] as const) {
    await page.getByRole('dialog').getByRole('button', { name: panel }).click();
    await expect(page.getByRole('dialog', { name: panel })).toBeVisible();
    await keepsRules(page, panel);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Settings' }).click();
  }
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Conversations', exact: true }).click();
  await page.getByRole('button', { name: 'Experts', exact: true }).click();
  await ask(page, 'What is Shoal?');
  await answered(page);
  await page.getByRole('button', { name: /tokens\/s$/ }).click();
  await keepsRules(page, 'a conversation with both sides open');
});
