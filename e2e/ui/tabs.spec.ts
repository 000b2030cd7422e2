/** Two tabs of one browser: one holds the GPU, settings are the same in both. */
import { expect, test } from '@playwright/test';
import { answered, answers, ask, composer, load, openReady, state } from './steps.ts';

test('a second tab says where Shoal speaks, and takes over when asked', async ({ page, context }) => {
  await page.goto('/?models=one&token=0');
  await load(page);
  const second = await context.newPage();
  await second.goto('/?models=one&token=0');
  await expect(second.getByText('Shoal is in use in another tab')).toBeVisible();
  await expect(composer(second)).toHaveCount(0);

  await second.getByRole('button', { name: 'Use it here' }).click();
  await expect(second.locator('.model-title')).toHaveText('SmolLM2 135M Instruct');
  await expect(state(second)).toHaveText('ready');
  await ask(second, 'Do you hear me?');
  await answered(second);

  // The one that lost it shows the same, keeps the conversations, and can take it back.
  await expect(page.getByText('Shoal is in use in another tab')).toBeVisible();
  await page.getByRole('button', { name: 'Use it here' }).click();
  await expect(state(page)).toHaveText('ready');
  await expect(second.getByText('Shoal is in use in another tab')).toBeVisible();
  await expect(answers(second)).toContainText('(You wrote: Do you hear me?)');
});

test('a tab that takes over while a model loads in the other gets that model', async ({ page, context }) => {
  await openReady(page, '?models=one&load=150');
  await page.locator('.model-line').click();
  await page.getByRole('button', { name: 'Load SmolLM2 135M Instruct' }).click();
  await expect(state(page)).toHaveText(/^loading/);
  const second = await context.newPage();
  await second.goto('/?models=one');
  await second.getByRole('button', { name: 'Use it here' }).click();
  await expect(second.locator('.model-title')).toHaveText('SmolLM2 135M Instruct');
  await expect(state(second)).toHaveText('ready');
  // Nothing is brought back where the GPU is no longer.
  await expect(page.getByText('Shoal is in use in another tab')).toBeVisible();
  await expect(state(page)).toHaveCount(0);
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('a model loaded in a tab without the GPU brings the GPU there', async ({ page, context }) => {
  await openReady(page, '?models=one');
  const second = await context.newPage();
  await second.goto('/?models=one');
  await expect(second.getByText('Shoal is in use in another tab')).toBeVisible();
  await second.locator('.model-line').click();
  // Nothing is known of the device there, so nothing is sorted out by it.
  await second.getByRole('tab', { name: 'Catalogue' }).click();
  await expect(second.getByLabel('Only what fits')).toBeDisabled();
  await second.getByRole('tab', { name: 'On this device' }).click();
  await second.getByRole('button', { name: /^Load SmolLM2/ }).click();
  await expect(second.locator('.model-title')).toHaveText('SmolLM2 135M Instruct');
  await expect(state(second)).toHaveText('ready');
  await expect(composer(second)).toBeVisible();
  await expect(page.getByText('Shoal is in use in another tab')).toBeVisible();
});

test('an answer is ended and kept when another tab takes over', async ({ page, context }) => {
  await openReady(page, '?token=120');
  await ask(page, 'Tell me everything');
  await expect(answers(page)).toContainText('Reversing a list');
  const second = await context.newPage();
  await second.goto('/?token=0');
  await second.getByRole('button', { name: 'Use it here' }).click();
  await expect(state(second)).toHaveText('ready');
  await expect(page.getByText('Stopped.')).toBeVisible();
});

test('an edit left open while another tab speaks loses nothing, and waits', async ({ page, context }) => {
  await openReady(page, '?token=0');
  await ask(page, 'First');
  await answered(page);
  await page.getByRole('button', { name: 'Edit' }).click();
  const edit = page.getByLabel('Your message');
  await edit.fill('Other');
  const second = await context.newPage();
  await second.goto('/?token=0');
  await second.getByRole('button', { name: 'Use it here' }).click();
  await expect(state(second)).toHaveText('ready');
  await ask(second, 'More');
  await expect(answers(second).last()).toContainText('(You wrote: More)');
  await answered(second);

  await expect(answers(page).last()).toContainText('(You wrote: More)');
  await edit.press('Enter');
  await expect(edit).toHaveValue('Other');
  await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeDisabled();
  await second.close();
  await expect(state(page)).toHaveText('ready');
  await edit.press('Enter');
  await expect(answers(page)).toContainText(['(You wrote: Other)']);
  await answered(page);
  await page.getByRole('button', { name: 'Previous branch' }).click();
  await expect(answers(page).last()).toContainText('(You wrote: More)');
});

test('when the tab that held it closes, the other goes on by itself', async ({ page, context }) => {
  await openReady(page);
  const second = await context.newPage();
  await second.goto('/');
  await expect(second.getByText('Shoal is in use in another tab')).toBeVisible();
  await page.close();
  await expect(state(second)).toHaveText('ready');
});

test('settings changed in one tab hold in the other', async ({ page, context }) => {
  await openReady(page);
  const second = await context.newPage();
  await second.goto('/');
  await second.getByRole('button', { name: 'Settings' }).click();
  await second.getByLabel('System prompt').fill('Be brief.');
  await second.getByLabel('Language').selectOption('zh');
  await expect(page.getByText(/^这是“向导”/)).toBeVisible();
  await page.getByRole('button', { name: '设置' }).click();
  await expect(page.getByLabel('系统提示词')).toHaveValue('Be brief.');
});
