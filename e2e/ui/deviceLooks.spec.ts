/** The device page and the honest screens at each width, in both schemes and languages: pictures, axe, no sideways scrolling. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';

interface Scene {
  readonly name: string;
  readonly query: string;
  readonly userAgent?: string;
  /** In any language, so by what does not change with it. */
  readonly stage: (page: Page) => Promise<void>;
}

const ANDROID =
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36';

const SCENES: readonly Scene[] = [
  { name: 'facts', query: '?test=1', stage: openDevice },
  {
    name: 'tested',
    query: '?test=1&failTest=router',
    stage: async (page) => {
      await openDevice(page);
      const [test, bench] = [section(page, 0), section(page, 1)];
      await test.getByRole('button').first().click();
      await expect(test.getByRole('status')).toBeVisible();
      await bench.getByRole('button').first().click();
      await expect(bench.getByRole('table')).toBeVisible();
      await test.locator('details').first().locator('summary').click();
      await test.scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'no-webgpu',
    query: '?device=NO_WEBGPU',
    stage: (page) => page.locator('.notice summary').click(),
  },
  {
    name: 'no-memory',
    query: '?models=one&failLoad=GPU_OUT_OF_MEMORY&roomFor=2048',
    stage: async (page) => {
      await page.locator('.model-line').click();
      const row = page.locator('dialog .model', { hasText: 'SmolLM2' });
      await row.getByRole('button').first().click();
      await expect(page.getByRole('alert')).toBeVisible();
    },
  },
  {
    name: 'phone-and-tight',
    query: '?quota=120000000',
    userAgent: ANDROID,
    stage: (page) => expect(page.locator('.notice')).toHaveCount(2),
  },
];

const SIZES = [
  { name: 'wide', width: 1280, height: 800 },
  { name: 'phone', width: 390, height: 844 },
  { name: 'narrow', width: 320, height: 640 },
];

for (const locale of ['en', 'zh-CN']) {
  for (const { name, query, userAgent, stage } of SCENES) {
    test.describe(`${name} in ${locale}`, () => {
      test.use({ locale, ...(userAgent !== undefined && { userAgent }) });
      test('reads well everywhere', async ({ page }) => {
        await page.emulateMedia({ reducedMotion: 'reduce' });
        await page.goto(`/${query}`);
        await expect(page.locator('.model-state').first()).toHaveText(/ready|就绪/);
        await stage(page);
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          for (const size of SIZES) {
            await page.setViewportSize(size);
            const path = `.cache/looks/device-${name}-${locale}-${size.name}-${colorScheme}.png`;
            await page.screenshot({ path });
            const boxes = page.locator('html, dialog');
            const sideways = await boxes.evaluateAll((all) =>
              Math.max(...all.map((box) => box.scrollWidth - box.clientWidth)),
            );
            expect(sideways, `${size.name}: scrolls sideways`).toBeLessThanOrEqual(0);
          }
          const { violations } = await new AxeBuilder({ page })
            .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
            .options({ rules: { 'color-contrast-enhanced': { enabled: true } } })
            .analyze();
          const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
          expect(told).toEqual([]);
        }
      });
    });
  }
}

async function openDevice(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^(This device|这台设备)$/ }).click();
  await expect(page.locator('.device-section')).toHaveCount(2);
}

function section(page: Page, at: number) {
  return page.locator('.device-section').nth(at);
}
