/** The page’s own screens in both languages; those of models and the device have specs of their own. */
import { expect, test, type Page } from '@playwright/test';
import { readsWell } from './readsWell.ts';
import { state } from './steps.ts';

interface Scene {
  readonly name: string;
  readonly query: string;
  /** In any language, so by what does not change with it. */
  readonly stage: (page: Page) => Promise<void>;
}

const LONG_NAME = 'model.layers.61.mlp.experts.gate_up_proj.weight_scale_inv';

async function ask(page: Page, words: string): Promise<void> {
  const field = page.locator('.composer textarea');
  await field.fill(words);
  await field.press('Enter');
}

const press =
  (...keys: readonly string[]) =>
  async (page: Page): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
    await expect(page.locator('dialog[open]')).toBeVisible();
  };

const SCENES: readonly Scene[] = [
  { name: 'first', query: '', stage: (page) => expect(page.locator('.recommended button')).toBeVisible() },
  {
    name: 'loading',
    query: '?load=30000',
    stage: (page) => expect(page.locator('.suggestions button')).toHaveCount(3),
  },
  {
    name: 'answer',
    query: '?token=0&dropped=2',
    stage: async (page) => {
      await ask(page, 'How do I reverse a list in Python?\nAnd which way is fastest?');
      await expect(page.getByText(/31\.4/)).toBeVisible();
      await expect(page.getByRole('table')).toBeVisible();
    },
  },
  {
    name: 'stream',
    query: '?token=20',
    stage: async (page) => {
      await ask(page, 'How do I reverse a list in Python?');
      await expect(page.getByText('def reversed_copy')).toBeVisible();
    },
  },
  {
    name: 'error',
    query: '?loseAfter=40',
    stage: async (page) => {
      await ask(page, 'How do I reverse a list?');
      await expect(page.getByRole('alert')).toBeVisible();
    },
  },
  {
    name: 'broken',
    query: `?models=one&failLoad=BAD_DIMENSIONS&failTensor=${LONG_NAME}`,
    stage: async (page) => {
      await page.locator('.model-line').click();
      const row = page.locator('dialog .model', { hasText: 'SmolLM2' });
      await row.getByRole('button').first().click();
      await expect(page.getByRole('alert')).toContainText(LONG_NAME);
    },
  },
  {
    name: 'sidebar',
    query: '?token=0',
    stage: async (page) => {
      await ask(page, 'How do I reverse a list in Python?');
      await expect(page.getByText(/31\.4/)).toBeVisible();
      await page.locator('.top-line button').first().click();
      await expect(page.locator('.sidebar')).toBeVisible();
    },
  },
  {
    name: 'experts',
    query: '?token=0',
    stage: async (page) => {
      await page.locator('.top-line').getByRole('button', { expanded: false }).last().click();
      await ask(page, 'How do I reverse a list in Python?');
      await expect(page.locator('.expert-field canvas')).toBeVisible();
      await expect(page.getByText(/31\.4/)).toBeVisible();
    },
  },
  { name: 'settings', query: '', stage: press('Control+,') },
  {
    name: 'settings-values',
    query: '',
    stage: async (page) => {
      await press('Control+,')(page);
      await page.locator('.each summary').click();
      await page.getByLabel('Top-p').scrollIntoViewIfNeeded();
    },
  },
  { name: 'shortcuts', query: '', stage: press('Control+/') },
  {
    name: 'about',
    query: '',
    stage: async (page) => {
      await page.locator('.about button').click();
      await expect(page.locator('.guide-card')).toBeVisible();
    },
  },
  {
    name: 'elsewhere',
    query: '',
    stage: async (page) => {
      const other = await page.context().newPage();
      await other.goto('/');
      await other.locator('.elsewhere button').click();
      await expect(page.locator('.elsewhere')).toBeVisible();
    },
  },
];

for (const locale of ['en-US', 'zh-CN']) {
  for (const { name, query, stage } of SCENES) {
    test.describe(`${name} in ${locale}`, () => {
      test.use({ locale });
      test('reads well everywhere', async ({ page }) => {
        await page.emulateMedia({ reducedMotion: 'reduce' });
        await page.goto(`/${query}`);
        if (name !== 'loading') await expect(state(page)).toHaveText(/^(ready|就绪)$/);
        await stage(page);
        await readsWell(page, `${name}-${locale.slice(0, 2)}`);
      });
    });
  }
}
