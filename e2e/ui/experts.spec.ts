/** The expert view over the fake worker: what is lit, named, marked, and how it looks. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { open, row } from './modelSteps.ts';
import { answered, answers, ask, openReady, state } from './steps.ts';

const drawer = (page: Page): Locator => page.getByRole('complementary', { name: 'Experts' });
const field = (page: Page): Locator => page.getByRole('application', { name: 'Experts by layer' });

async function show(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Experts', exact: true }).click();
  await expect(drawer(page)).toBeVisible();
}

/** Asks with the drawer open, until the answer has ended. */
async function answerSeen(page: Page, query = ''): Promise<void> {
  await openReady(page, query === '' ? '?token=0' : query);
  await show(page);
  await ask(page, 'How do I reverse a list?');
  await answered(page);
}

/** How many pixels of the canvas have the colour of a lit dot: more red than anything else. */
function litPixels(page: Page): Promise<number> {
  return field(page)
    .locator('canvas')
    .evaluate((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
      let lit = 0;
      for (let at = 0; at < data.length; at += 4) {
        if (data[at]! > data[at + 2]! + 40 && data[at + 3]! > 60) lit++;
      }
      return lit;
    });
}

/** The text the page marks, by the browser's own highlights. */
function marked(page: Page, name: string): Promise<string[]> {
  return page.evaluate(
    (highlight) => [...(CSS.highlights.get(highlight) ?? [])].map((range) => (range as Range).toString()),
    name,
  );
}

/** What was sent with the question; the fake answers with it. */
function expectRoutesAsked(page: Page, asked: boolean): Promise<void> {
  return expect(answers(page).last()).toContainText(`"routes": ${asked}`);
}

test('nothing is asked for while nobody looks', async ({ page }) => {
  await openReady(page, '?answer=request&token=0');
  await ask(page, 'Hello');
  await answered(page);
  await expectRoutesAsked(page, false);
  await show(page);
  await ask(page, 'Hello');
  await answered(page);
  await expectRoutesAsked(page, true);
  await drawer(page).getByRole('button', { name: 'Hide the experts' }).click();
  await ask(page, 'Hello');
  await answered(page);
  await expectRoutesAsked(page, false);
});

test('dots light up while it speaks, then fade and rest', async ({ page }) => {
  await openReady(page, '?token=40');
  await show(page);
  await expect(drawer(page)).toContainText('Ask something');
  expect(await litPixels(page)).toBe(0);
  await ask(page, 'How do I reverse a list?');
  await expect.poll(() => litPixels(page)).toBeGreaterThan(50);
  await answered(page);
  await expect.poll(() => litPixels(page)).toBe(0);
  // At rest no frame is asked for; the last faint light is gone a moment after it can be seen.
  const framesAsked = (): Promise<number> =>
    page.evaluate(
      () =>
        new Promise<number>((done) => {
          const real = window.requestAnimationFrame;
          let asked = 0;
          window.requestAnimationFrame = (frame) => (asked++, real(frame));
          setTimeout(() => {
            window.requestAnimationFrame = real;
            done(asked);
          }, 500);
        }),
    );
  await expect.poll(framesAsked).toBe(0);
});

test('with reduced motion the last token stays, unfading', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await answerSeen(page);
  await expect.poll(() => litPixels(page)).toBeGreaterThan(10);
  const before = await litPixels(page);
  await page.waitForTimeout(1800);
  expect(await litPixels(page)).toBe(before);
});

test('arrow keys name an expert, Enter holds it and marks its words, Escape lets go', async ({ page }) => {
  await answerSeen(page);
  await field(page).focus();
  await page.keyboard.press('ArrowRight');
  await expect(drawer(page)).toContainText(/layer 1 · expert 1 · [\d.]+ % of tokens/);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await expect(drawer(page)).toContainText(/layer 2 · expert 2 · [\d.]+ % of tokens/);
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await marked(page, 'expert')).length).toBeGreaterThan(3);
  await field(page).blur();
  await expect(drawer(page)).toContainText(/layer 2 · expert 1 /);
  const words = (await marked(page, 'expert')).join('');
  const text = await answers(page).last().innerText();
  expect(words.length).toBeLessThan(text.length);
  await drawer(page).getByRole('button', { name: 'Let go' }).click();
  await expect.poll(() => marked(page, 'expert')).toEqual([]);
  await field(page).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await expect(drawer(page)).toContainText('Point at a dot');
  await expect.poll(() => marked(page, 'expert')).toEqual([]);
});

test('pointing at a dot names it, a click holds it', async ({ page }) => {
  await answerSeen(page);
  const canvas = field(page).locator('canvas');
  await canvas.hover({ position: { x: 36, y: 12 } });
  await expect(drawer(page)).toContainText('layer 1 · expert 1 ');
  await canvas.click({ position: { x: 36, y: 12 } });
  await page.mouse.move(5, 5);
  await expect(drawer(page)).toContainText('layer 1 · expert 1 ');
  await expect(drawer(page).getByRole('button', { name: 'Let go' })).toBeVisible();
});

test('a word of the answer shows its experts', async ({ page }) => {
  await answerSeen(page);
  const word = answers(page).last().locator('.prose p').first();
  await word.hover({ position: { x: 12, y: 12 } });
  await expect(drawer(page)).toContainText(/“.+”/);
  await expect(drawer(page)).toContainText(/most of all layer \d+ · expert \d+ \(\d+ %\)/);
  // The fake gives every token four characters: the word under the pointer is one of them.
  const [under] = await marked(page, 'expert-word');
  expect((await answers(page).last().innerText()).startsWith(under!.trim())).toBe(true);
  await expect.poll(() => litPixels(page)).toBeGreaterThan(10);
  await page.mouse.move(5, 5);
  await expect.poll(() => marked(page, 'expert-word')).toEqual([]);
});

test('a formula is marked whole where an expert took part in any of it, and tells its own', async ({
  page,
}) => {
  await answerSeen(page, '?answer=rich&token=0');
  const inline = answers(page).locator('.katex').first();
  const display = answers(page).locator('.formula .katex').first();
  await expect(display).toBeVisible();
  // Some expert of the first layer wrote each of its tokens: together all of them mark all of it.
  const marks = new Map<string, number>();
  await field(page).focus();
  await page.keyboard.press('ArrowRight');
  for (let expert = 1; expert <= 8; expert++) {
    await expect(drawer(page)).toContainText(`layer 1 · expert ${expert} `);
    for (const [name, formula] of [
      ['inline', inline],
      ['display', display],
    ] as const)
      if ((await formula.getAttribute('data-marked')) === 'expert')
        marks.set(name, (marks.get(name) ?? 0) + 1);
    await page.keyboard.press('ArrowRight');
  }
  expect(marks.get('inline')).toBeGreaterThan(0);
  expect(marks.get('display')).toBeGreaterThanOrEqual(marks.get('inline')!);
  await page.keyboard.press('Home');
  const marked = answers(page).locator('[data-marked=expert] .katex-base').first();
  await expect(marked).not.toHaveCSS('background-color', 'rgba(0, 0, 0, 0)');
  await page.keyboard.press('Escape');
  await field(page).blur();
  await expect(answers(page).locator('[data-marked]')).toHaveCount(0);

  // E = mc^2 is eight characters: more than one token of the fake's four.
  await inline.locator('.mord').first().hover();
  await expect(drawer(page)).toContainText(/“.*E = mc\^2.*” \d tokens · most of all/);
  await expect(inline).toHaveAttribute('data-marked', 'expert-word');
  await expect(display).not.toHaveAttribute('data-marked');
  // The mark is seen: it is drawn under what KaTeX draws.
  const drawn = inline.locator('.katex-base').first();
  await expect(drawn).not.toHaveCSS('box-shadow', 'none');
  // The words around a formula are found as before.
  await answers(page)
    .locator('.prose p')
    .first()
    .hover({ position: { x: 12, y: 12 } });
  await expect(drawer(page)).toContainText(/“The/);
  await page.mouse.move(5, 5);
  await expect(answers(page).locator('[data-marked]')).toHaveCount(0);
});

test('a browser that marks no words names them instead', async ({ page }) => {
  await page.addInitScript(() => {
    for (const name of ['Highlight', 'HighlightRegistry']) Reflect.deleteProperty(globalThis, name);
    Reflect.deleteProperty(CSS, 'highlights');
  });
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  await answerSeen(page);
  await field(page).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(drawer(page)).toContainText(
    /It took part in \d+ passages: “[^”]+”(, “[^”]+”)+ …\. This browser can’t mark them on the page/,
  );
  await expect(drawer(page)).not.toContainText('Marked:');
  expect(errors).toEqual([]);
});

test('a conversation’s counts come back with it, and go with the model', async ({ page }) => {
  await openReady(page, '?token=0&models=tall');
  await show(page);
  await ask(page, 'How do I reverse a list?');
  await answered(page);
  const counts = drawer(page).getByText(/tokens of this conversation/);
  let told = '';
  // It looks every half second, so what it says right after the answer may be of before.
  await expect(async () => {
    told = await counts.innerText();
    await page.waitForTimeout(700);
    expect(await counts.innerText()).toBe(told);
  }).toPass();
  await page.getByRole('button', { name: 'New chat' }).first().click();
  await expect(counts).toBeHidden();
  await page.getByRole('button', { name: 'Conversations', exact: true }).click();
  await page
    .getByRole('button', { name: /How do I reverse/ })
    .first()
    .click();
  await expect(counts).toHaveText(told);
});

test('how evenly they are used stands in words and in a table', async ({ page }) => {
  await answerSeen(page);
  await expect(drawer(page)).toContainText(/On average \d+ % of perfectly even; least in layer \d, \d+ %\./);
  await expect(drawer(page)).toContainText(
    /The busiest: layer \d, expert \d+, [\d.]+ times its fair share\./,
  );
  await drawer(page).getByText('As a table').click();
  await expect(drawer(page).getByRole('row')).toHaveCount(5);
  await expect(drawer(page).getByRole('row').nth(1)).toContainText(/1\d* \([\d.]+ %\)/);
});

test('a model without experts says so', async ({ page }) => {
  const dialog = await open(page, '?models=one', 'On this device');
  await row(dialog, 'SmolLM2').getByRole('button', { name: /^Load/ }).click();
  await page.keyboard.press('Escape');
  await expect(state(page)).toHaveText('ready');
  await show(page);
  await expect(drawer(page)).toContainText('This model has no experts');
});

const SIZES = [
  { name: 'wide', width: 1280, height: 800 },
  { name: 'phone', width: 390, height: 844 },
  { name: 'narrow', width: 320, height: 640 },
];

for (const [shape, title] of [
  ['guide', ''],
  ['tall', 'DeepSeek V2 Lite'],
  ['wide', 'Qwen3 30B'],
] as const) {
  test(`${shape} reads well everywhere`, async ({ page }) => {
    test.setTimeout(120_000);
    if (title === '') await openReady(page, '?token=25');
    else {
      const dialog = await open(page, `?models=${shape}&token=25`, 'On this device');
      await row(dialog, title).getByRole('button', { name: /^Load/ }).click();
      await expect(state(page)).toHaveText('ready');
      await page.keyboard.press('Escape');
    }
    await show(page);
    await ask(page, 'How do I reverse a list in Python?');
    await expect(page.getByText('reversed_copy').first()).toBeVisible();
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      for (const { name, width, height } of SIZES) {
        await page.setViewportSize({ width, height });
        await page.waitForTimeout(150);
        await page.screenshot({ path: `.cache/looks/experts-${shape}-${name}-${scheme}.png` });
        const sideways = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(sideways, `${name}: scrolls sideways`).toBeLessThanOrEqual(0);
        const inside = await drawer(page).evaluate((box) => box.scrollWidth - box.clientWidth);
        expect(inside, `${name}: the drawer scrolls sideways`).toBeLessThanOrEqual(0);
      }
      await page.setViewportSize(SIZES[0]!);
      const { violations } = await new AxeBuilder({ page })
        .include('.experts')
        .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
        .options({ rules: { 'color-contrast-enhanced': { enabled: true } } })
        .analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual(
        [],
      );
    }
  });
}
