import { expect, test } from '@playwright/test';
import { answered, answers, ask, composer, load, state } from './steps.ts';

test('an answer comes as Markdown, with its figures, and is kept over a reload', async ({ page }) => {
  await page.goto('/?models=one&token=0');
  await load(page);
  await ask(page, 'How do I reverse a list?');
  await answered(page);
  const answer = answers(page);
  await expect(answer.locator('pre')).toContainText('return items[::-1]');
  await expect(answer.getByRole('table').getByRole('row')).toHaveCount(3);
  await expect(answer).toContainText('(You wrote: How do I reverse a list?)');
  await expect(answer.getByText(/^\d+ tokens · 31\.4 tokens\/s · first after 0\.41 s$/)).toBeVisible();

  await page.reload();
  await expect(answers(page)).toContainText('(You wrote: How do I reverse a list?)');
});

test('what a model writes runs nothing and fetches nothing', async ({ page }) => {
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(request.url()));
  await page.goto('/?models=one&token=0');
  await load(page);
  await ask(page, '<b>bold</b>');
  await answered(page);
  const answer = answers(page);
  await expect(answer.getByText('<script>window.stolen = true</script>')).toBeVisible();
  await expect(answer.locator('img, script, b')).toHaveCount(0);
  await expect(answer.getByRole('link', { name: 'Image: a picture' })).toHaveAttribute(
    'rel',
    'noopener noreferrer',
  );
  await expect(answer.getByRole('link', { name: 'do not click' })).toHaveCount(0);
  expect(await page.evaluate(() => 'stolen' in window)).toBe(false);
  expect(fetched.filter((url) => url.includes('tracker.example'))).toEqual([]);
});

test('words appear whole', async ({ page }) => {
  await page.goto('/?models=one&token=25');
  await load(page);
  await ask(page, 'Hello');
  const seen = await page.evaluate(async () => {
    const texts = new Set<string>();
    for (const until = performance.now() + 1500; performance.now() < until;) {
      const shown = document.querySelector('.answer .live')?.textContent ?? '';
      if (shown !== '') texts.add(shown);
      await new Promise(requestAnimationFrame);
    }
    return [...texts];
  });
  const whole =
    'Reversing a list takes one line in Python, and a few more if the original must stay as it is.';
  const words = whole.split(' ');
  expect(seen.length).toBeGreaterThan(5);
  for (const text of seen.filter((shown) => whole.startsWith(shown))) {
    const shown = text.trim().replaceAll('*', '').split(' ');
    expect(shown).toEqual(words.slice(0, shown.length));
  }
});

test('stop and Escape end an answer and say so; regenerate asks again', async ({ page }) => {
  await page.goto('/?models=one&token=30');
  await load(page);
  await ask(page, 'Hello');
  await expect(state(page)).toHaveText('speaking');
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByText('Stopped.')).toBeVisible();
  await page.getByRole('button', { name: 'Regenerate' }).click();
  await expect(answers(page)).toHaveCount(1);
  await expect(page.locator('.live')).toBeVisible();
  await composer(page).press('Escape');
  await expect(page.getByText('Stopped.')).toBeVisible();
  await expect(state(page)).toHaveText('ready');
});

test('a rewritten message takes what followed it away and is answered anew', async ({ page }) => {
  await page.goto('/?models=one&token=0');
  await load(page);
  await ask(page, 'First');
  await answered(page);
  await ask(page, 'Second');
  await expect(answers(page)).toHaveCount(2);
  await answered(page);
  await page.getByRole('button', { name: 'Edit' }).first().click();
  const field = page.getByLabel('Your message');
  await expect(field).toBeFocused();
  await field.fill('First, but better');
  await page.locator('.rewrite').getByRole('button', { name: 'Send' }).click();
  await answered(page);
  await expect(answers(page)).toHaveCount(1);
  await expect(answers(page)).toContainText('(You wrote: First, but better)');
  await expect(page.getByText('Second', { exact: true })).toBeHidden();
});

test('Enter sends, Shift+Enter breaks the line, and the field grows to eight lines', async ({ page }) => {
  await page.goto('/?models=one&token=0');
  await load(page);
  const heights: number[] = [];
  const height = (): Promise<number> => composer(page).evaluate((field) => field.clientHeight);
  await composer(page).focus();
  for (let line = 1; line <= 10; line++) {
    await page.keyboard.type(`line ${line}`);
    heights.push(await height());
    await page.keyboard.press('Shift+Enter');
  }
  expect(heights[7]).toBe(24 * 8 + 12);
  expect(heights[3]).toBe(24 * 4 + 12);
  expect(heights[9]).toBe(heights[7]);
  await page.keyboard.press('Enter');
  await expect(composer(page)).toHaveValue('');
  await expect(page.locator('.said')).toBeVisible();
});

test('history left out, the context full and the longest answer are told in words', async ({ page }) => {
  await page.goto('/?models=one&token=0&dropped=3&finish=context');
  await load(page);
  await ask(page, 'Hello');
  await expect(page.getByText('The 3 oldest messages were left out so that the rest fits.')).toBeVisible();
  await expect(page.getByText(/context is full/)).toBeVisible();
  await page.goto('/?models=one&token=0&finish=length');
  await expect(state(page)).toHaveText('ready');
  await page.getByRole('button', { name: 'Regenerate' }).click();
  await expect(page.getByText('Stopped at the longest answer the settings allow.')).toBeVisible();
});

test('an answer cut by closing the page keeps what was said', async ({ page }) => {
  await page.goto('/?models=one&token=20');
  await load(page);
  await ask(page, 'Hello');
  await expect(page.getByText('Slice it backwards')).toBeVisible();
  await page.waitForTimeout(1100);
  await page.reload();
  await expect(answers(page)).toContainText('Reversing a list takes');
  await expect(page.getByText('Stopped.')).toBeVisible();
});

test('a new chat asks first, then begins empty', async ({ page }) => {
  await page.goto('/?models=one&token=0');
  await load(page);
  await ask(page, 'Hello');
  await answered(page);
  await page.getByRole('button', { name: 'New chat' }).click();
  await page.getByRole('button', { name: 'Delete and begin' }).click();
  await expect(answers(page)).toHaveCount(0);
  await page.reload();
  await expect(state(page)).toHaveText('ready');
  await expect(answers(page)).toHaveCount(0);
});

test('the reader who scrolls up stays there; at the end the page follows', async ({ page }) => {
  await page.goto('/?models=one&token=5&answer=long');
  await load(page);
  await ask(page, 'Tell me');
  await expect(page.getByRole('heading', { name: 'Part 3', exact: true })).toBeVisible();
  const gap = (): Promise<number> =>
    page.evaluate(() => document.documentElement.scrollHeight - innerHeight - scrollY);
  expect(await gap()).toBeLessThan(60);
  await page.mouse.move(300, 300);
  await page.mouse.wheel(0, -400);
  await expect(page.getByRole('button', { name: 'To the latest' })).toBeVisible();
  const before = await page.evaluate(() => scrollY);
  await page.waitForTimeout(800);
  expect(await page.evaluate(() => scrollY)).toBe(before);
  await page.getByRole('button', { name: 'To the latest' }).click();
  await expect.poll(gap).toBeLessThan(60);
});

test('settings reach the worker’s request and are kept', async ({ page }) => {
  await page.goto('/?models=one&token=0&answer=request');
  await load(page);
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByLabel('System prompt').fill('Answer briefly.');
  await page.getByLabel('Temperature').fill('0');
  await page.getByLabel('Seed').fill('7');
  await page.keyboard.press('Escape');
  await ask(page, 'Hello');
  await answered(page);
  const said = JSON.parse((await answers(page).locator('pre').textContent()) ?? '') as Record<
    string,
    unknown
  >;
  expect(said).toMatchObject({
    messages: [
      { role: 'system', content: 'Answer briefly.' },
      { role: 'user', content: 'Hello' },
    ],
    sampling: { temperature: 0, seed: 7, topK: 40 },
    maxTokens: 1024,
  });
  await page.reload();
  await page.getByRole('button', { name: 'Settings' }).click();
  await expect(page.getByLabel('Temperature')).toHaveValue('0');
  await page.getByRole('button', { name: 'Back to defaults' }).click();
  await expect(page.getByLabel('Temperature')).toHaveValue('0.7');
});
