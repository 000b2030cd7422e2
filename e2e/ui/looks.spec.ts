/**
 * Each state of the page at each width and in both schemes: pictures for people
 * (.cache/looks), axe for the rules, at the enhanced contrast of 7:1, and no
 * sideways scrolling.
 */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { ask, load } from './steps.ts';

interface Scene {
  readonly name: string;
  readonly query: string;
  readonly stage: (page: Page) => Promise<void>;
}

const LONG_NAME = 'model.layers.61.mlp.experts.gate_up_proj.weight_scale_inv';

const SCENES: readonly Scene[] = [
  {
    name: 'first',
    query: '',
    stage: (page) => expect(page.getByText('This device can do it')).toBeVisible(),
  },
  {
    name: 'no-webgpu',
    query: '?device=NO_WEBGPU',
    stage: (page) => expect(page.getByRole('alert')).toBeVisible(),
  },
  {
    name: 'models',
    query: '?models=many',
    stage: (page) => expect(page.getByRole('button', { name: /^Resume/ })).toBeVisible(),
  },
  {
    name: 'dialog',
    query: '?models=many&import=60',
    stage: async (page) => {
      await load(page);
      await page.getByRole('button', { name: /SmolLM2/ }).click();
      await page.getByLabel('Hugging Face repository').fill('Qwen/Qwen3-4B-GGUF');
      await page.getByRole('button', { name: 'List files' }).click();
      await page.getByRole('button', { name: /Download .*Q8_0/ }).click();
      await expect(page.getByText(/left/)).toBeVisible();
    },
  },
  {
    name: 'weights',
    query: '',
    stage: async (page) => {
      await page.getByLabel('Hugging Face repository').fill('Qwen/Qwen3-4B');
      await page.getByRole('button', { name: 'List files' }).click();
      await page.getByRole('button', { name: 'Download The whole model' }).click();
      await expect(page.getByRole('radio', { name: /^4 bits/ })).toBeVisible();
    },
  },
  {
    name: 'broken',
    query: `?models=one&import=2&failImport=BAD_DIMENSIONS&failTensor=${LONG_NAME}`,
    stage: async (page) => {
      await page.getByRole('button', { name: 'No model' }).click();
      await page.getByLabel('Address of a GGUF file').fill('https://files.example/big.gguf');
      await page.getByRole('button', { name: 'Download', exact: true }).click();
      await expect(page.getByRole('alert')).toContainText(
        `(${LONG_NAME}: 96 × 36, where 108 × 36 is needed)`,
      );
      // What does not fit scrolls inside the dialog, where the check below does not look.
      await page.setViewportSize({ width: 320, height: 640 });
      const alerts = page.locator('.alerts');
      expect(await alerts.evaluate((box) => box.scrollWidth - box.clientWidth)).toBeLessThanOrEqual(0);
    },
  },
  { name: 'ready', query: '?models=one', stage: load },
  {
    name: 'answer',
    query: '?models=one&token=0&dropped=2',
    stage: async (page) => {
      await load(page);
      await ask(page, 'How do I reverse a list in Python?\nAnd which way is fastest?');
      await expect(page.getByText(/tokens\/s/)).toBeVisible();
      await expect(page.getByRole('table')).toBeVisible();
    },
  },
  {
    name: 'stream',
    query: '?models=one&token=20',
    stage: async (page) => {
      await load(page);
      await ask(page, 'How do I reverse a list in Python?');
      await expect(page.getByText('def reversed_copy')).toBeVisible();
    },
  },
  {
    name: 'error',
    query: '?models=one&loseAfter=40',
    stage: async (page) => {
      await load(page);
      await ask(page, 'How do I reverse a list?');
      await expect(page.getByRole('button', { name: 'Load the model again' })).toBeVisible();
    },
  },
  {
    name: 'settings',
    query: '?models=one',
    stage: async (page) => {
      await load(page);
      await page.getByRole('button', { name: 'Settings' }).click();
      await expect(page.getByLabel('System prompt')).toBeVisible();
    },
  },
];

const SIZES = [
  { name: 'wide', width: 1280, height: 800 },
  { name: 'phone', width: 390, height: 844 },
  { name: 'narrow', width: 320, height: 640 },
];

for (const scene of SCENES) {
  test(`${scene.name} reads well everywhere`, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto(`/${scene.query}`);
    await scene.stage(page);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      for (const { name, width, height } of SIZES) {
        await page.setViewportSize({ width, height });
        await page.screenshot({ path: `.cache/looks/${scene.name}-${name}-${colorScheme}.png` });
        const sideways = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(sideways, `${name}: scrolls sideways`).toBeLessThanOrEqual(0);
      }
      const { violations } = await new AxeBuilder({ page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
        .options({ rules: { 'color-contrast-enhanced': { enabled: true } } })
        .analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual(
        [],
      );
    }
  });
}
