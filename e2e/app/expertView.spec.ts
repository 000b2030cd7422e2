/** The expert view over the real routing of the guide. */
import { expect, type Locator, type Page } from '@playwright/test';
import { answered, answers, ask } from '../ui/steps.ts';
import { chinese } from '../../src/ui/chinese/index.ts';
import { loaded, test } from './product.ts';
import { Reader } from './reader.ts';

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
  // Off until it is asked for.
  await expect(field(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'Experts', exact: true }).click();
  await expect(field(page)).toBeVisible();
  expect(await litPixels(page)).toBe(0);
  await ask(page, 'Tell me a story about a fox.');
  await expect.poll(() => litPixels(page)).toBeGreaterThan(20);
  await answered(page, 60_000);
  // The drawer counts a moment later.
  await answers(page).locator('.figures-button').click();
  const length = /(\d+) tokens/.exec(await answers(page).getByLabel('About this answer').innerText())?.[1];
  const drawer = page.getByRole('complementary', { name: 'Experts' });
  await expect(drawer).toContainText(`${length} tokens of this conversation.`);

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

  // Over the conversation: what was counted is the answer's tokens, in dots that stay, in words and in a table.
  await drawer.getByRole('button', { name: 'This conversation' }).click();
  await page.mouse.move(5, 5);
  await expect.poll(() => litPixels(page)).toBeGreaterThan(20);
  const read = new Reader(page);
  await read.button('New chat').first().click();
  await expect(drawer).not.toContainText('of this conversation.');
  await read.change(chinese);
  const there = page.getByRole('complementary', { name: '专家', exact: true });
  await expect(there).toContainText(chinese.experts.waiting);
  await read.button(chinese.frame.conversations).click();
  await read.listed('fox').click();
  await expect(there).toContainText(`本次对话共 ${length} 个词元。`);
  await there.getByText(chinese.experts.table).click();
  const most = shares.indexOf(Math.max(...shares)) + 1;
  const mostUsed = there.getByRole('row').nth(1).getByRole('cell').first();
  await expect(mostUsed).toHaveText(new RegExp(`^${most} \\(`));
  await there.getByRole('application', { name: chinese.experts.field }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(named(page)).toContainText('第 1 层 · 专家 1');
  await read.button(chinese.experts.close, there).click();
  await expect(there).toHaveCount(0);
});
