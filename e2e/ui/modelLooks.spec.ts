import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@playwright/test';

const SIZES = [
  { name: 'wide', width: 1280, height: 800 },
  { name: 'phone', width: 390, height: 844 },
  { name: 'narrow', width: 320, height: 640 },
];

for (const [place, tab] of ['yours', 'catalogue', 'add', 'storage'].entries()) {
  for (const locale of ['en', 'zh-CN']) {
    test.describe(`${tab} in ${locale}`, () => {
      test.use({ locale });
      test('reads well everywhere', async ({ page }) => {
        await page.emulateMedia({ reducedMotion: 'reduce' });
        await page.goto('/?models=many&persisted=0&bad=3&import=3000&load=5');
        await expect(page.locator('.model-line')).not.toHaveText('');
        await page.locator('.model-line').click();
        const dialog = page.locator('dialog.window');
        if (tab !== 'yours') await dialog.getByRole('tab').nth(place).click();
        else {
          await dialog.locator('.model', { hasText: 'SmolLM2' }).getByRole('button').nth(1).click();
          await dialog
            .getByRole('button')
            .filter({ hasText: /Resume|继续/ })
            .click();
          await expect(dialog.getByRole('alert')).toBeVisible();
        }
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          for (const { name, width, height } of SIZES) {
            await page.setViewportSize({ width, height });
            await page.screenshot({
              path: `.cache/looks/models-${tab}-${locale}-${name}-${colorScheme}.png`,
            });
            const sideways = await dialog.evaluate((box) => box.scrollWidth - box.clientWidth);
            expect(sideways, `${name}: scrolls sideways`).toBeLessThanOrEqual(0);
          }
          const { violations } = await new AxeBuilder({ page })
            .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
            .options({ rules: { 'color-contrast-enhanced': { enabled: true } } })
            .analyze();
          expect(
            violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
          ).toEqual([]);
        }
      });
    });
  }
}
