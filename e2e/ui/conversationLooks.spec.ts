/** Each state of the list at each width, in both schemes and languages: pictures for people, axe for the rules. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { items, questionOf, store, WIDE } from './conversationSteps.ts';

test.use({ viewport: WIDE });

const SIZES = [
  { name: 'wide', ...WIDE },
  { name: 'phone', width: 390, height: 844 },
  { name: 'narrow', width: 320, height: 640 },
];

const TITLES: Readonly<Record<string, readonly string[]>> = {
  en: [
    'How do rainbows form, and why are some of them double while others are not?',
    'A poem about the sea',
    'Reversing a list in Python',
    'supercalifragilisticexpialidocious_identifier_without_any_space',
    'Rain',
  ],
  'zh-CN': [
    '彩虹是怎么形成的，为什么有时会出现两道？',
    '关于大海的诗',
    '用 Python 反转列表',
    '雨',
    '名字很长',
  ],
};

/** Some conversations of each age. */
function someConversations(titles: readonly string[]): Readonly<Record<string, unknown>> {
  const day = 24 * 60 * 60 * 1000;
  const entries: Record<string, unknown> = { schema: 2 };
  titles.forEach((title, at) => {
    const then = Date.now() - [0, 0.01, 1, 5, 400][at]! * day;
    const head = { id: `c${at}`, title, titledBy: 'user', createdAt: then, updatedAt: then };
    entries[`head/c${at}`] = { ...head, pinned: at === 2, systemPrompt: null };
    entries[`conversation/c${at}`] = {
      messages: [questionOf(`q${at}`, `${title}: Shoal, rain, 雨`, then)],
      chosen: {},
    };
  });
  return entries;
}

for (const [locale, titles] of Object.entries(TITLES)) {
  test.describe(`in ${locale}`, () => {
    test.use({ locale });

    for (const scene of ['list', 'found', 'menu', 'prompt', 'rename']) {
      test(`the ${scene} reads well everywhere`, async ({ page }) => {
        test.slow();
        await store(page, someConversations(titles));
        await page.emulateMedia({ reducedMotion: 'reduce' });
        await page.goto('/?token=0');
        await page.locator('.top-line button').first().click();
        await expect(items(page)).toHaveCount(titles.length);
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          for (const { name, width, height } of SIZES) {
            await page.setViewportSize({ width, height });
            // Between column and drawer the list is drawn anew, and a menu that is open goes.
            await page.evaluate(
              () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
            );
            // Where the page becomes narrow the list closes.
            if (!(await page.locator('.sidebar').isVisible()))
              await page.locator('.top-line button').first().click();
            await stage(page, scene);
            const path = `.cache/looks/conversations-${scene}-${locale}-${name}-${colorScheme}.png`;
            await page.screenshot({ path });
            const sideways = await page.evaluate(() =>
              Math.max(
                ...[document.documentElement, ...document.querySelectorAll('dialog, .rows-box')].map(
                  (box) => box.scrollWidth - box.clientWidth,
                ),
              ),
            );
            expect(sideways, `${name}: scrolls sideways`).toBeLessThanOrEqual(0);
            // As a column and as a drawer.
            if (name === 'narrow') {
              await unstage(page, scene);
              continue;
            }
            const { violations } = await new AxeBuilder({ page })
              .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
              .options({ rules: { 'color-contrast-enhanced': { enabled: true } } })
              .analyze();
            expect(
              violations.map(({ id, nodes }) => `${name} ${id}: ${nodes.map(({ html }) => html).join(' ')}`),
            ).toEqual([]);
            await unstage(page, scene);
          }
        }
      });
    }
  });
}

async function stage(page: Page, scene: string): Promise<void> {
  const more = page.locator('.item-more').nth(1);
  if (scene === 'found') {
    await page.locator('.sidebar-search input').fill('shoal');
    await expect(page.locator('mark').first()).toBeVisible();
  }
  if (scene === 'menu' || scene === 'prompt' || scene === 'rename') {
    await more.focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('menu')).toBeVisible();
  }
  if (scene === 'prompt') {
    await page.getByRole('menuitem').nth(2).click();
    await expect(page.locator('dialog.confirm textarea')).toBeFocused();
  }
  if (scene === 'rename') await page.getByRole('menuitem').first().click();
}

async function unstage(page: Page, scene: string): Promise<void> {
  if (scene !== 'list' && scene !== 'found') await page.keyboard.press('Escape');
  if (scene === 'prompt') await expect(page.locator('dialog.confirm')).toHaveCount(0);
}
