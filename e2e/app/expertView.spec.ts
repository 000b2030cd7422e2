/** The expert view over the real routing of the guide. */
import { expect, type Locator, type Page } from '@playwright/test';
import { answered, answers, ask } from '../ui/steps.ts';
import { loaded, test } from './product.ts';

const field = (page: Page): Locator => page.getByRole('application', { name: 'Experts by layer' });
const named = (page: Page): Locator => page.locator('.expert-named');

/** Pixels of the canvas that are coral: more red than blue. */
const litPixels = (page: Page): Promise<number> =>
  field(page)
    .locator('canvas')
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let lit = 0;
      for (let at = 0; at < data.length; at += 4)
        if (data[at]! > data[at + 2]! + 40 && data[at + 3]! > 60) lit++;
      return lit;
    });

const marked = (page: Page, name: 'expert' | 'expert-word'): Promise<string[]> =>
  page.evaluate((highlight) => [...(CSS.highlights.get(highlight) ?? [])].map(String), name);

test('experts light up while the guide speaks; one marks its words, and a word names its experts', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await loaded(page);
  await page.getByRole('button', { name: 'Experts', exact: true }).click();
  await expect(field(page)).toBeVisible();
  expect(await litPixels(page)).toBe(0);
  await ask(page, 'Tell me a story about a fox.');
  await expect.poll(() => litPixels(page)).toBeGreaterThan(20);
  await answered(page);

  // Of the first layer's experts some took part in a story.
  await field(page).focus();
  const shares: number[] = [];
  let words: string[] = [];
  for (let expert = 1; expert <= 16; expert++) {
    await page.keyboard.press(expert === 1 ? 'ArrowDown' : 'ArrowRight');
    await expect(named(page)).toContainText(`layer 1 · expert ${expert} · `);
    shares.push(Number(/([\d.]+)\s?% of tokens/.exec(await named(page).innerText())?.[1]));
    const now = await marked(page, 'expert');
    expect(now.length > 0, `expert ${expert} marks words where it was used`).toBe(shares.at(-1)! > 0);
    if (now.length > words.length) words = now;
  }
  const answer = await answers(page).innerText();
  for (const word of words) expect(answer.replaceAll(/\s+/g, ' ')).toContain(word.replaceAll(/\s+/g, ' '));
  // Two of sixteen are chosen for each token.
  const sum = shares.reduce((all, share) => all + share, 0);
  expect(sum).toBeGreaterThan(196);
  expect(sum).toBeLessThan(204);

  const first = answers(page).locator('.prose p').first();
  await first.hover({ position: { x: 12, y: 12 } });
  await expect.poll(() => marked(page, 'expert-word')).toHaveLength(1);
  const [word = ''] = await marked(page, 'expert-word');
  await expect(named(page)).toContainText(`“${word.trim()}”`);
  await expect(named(page)).toContainText(/most of all layer \d+ · expert \d+ \([\d.]+\s?%\)/);
});
