import { expect, test, type Page } from '@playwright/test';
import { keptText } from './conversationSteps.ts';
import { answered, answers, ask, composer, goOn, openReady, rested, saysOnce, state } from './steps.ts';

test('an answer comes as Markdown, with its figures, and is kept over a reload', async ({ page }) => {
  await openReady(page, '?token=0');
  await ask(page, 'How do I reverse a list?');
  await answered(page);
  const answer = answers(page);
  await expect(answer.locator('pre')).toContainText('return items[::-1]');
  await expect(answer.getByRole('table').getByRole('row')).toHaveCount(3);
  await expect(answer).toContainText('(You wrote: How do I reverse a list?)');
  await answer.getByRole('button', { name: '31.4 tokens/s' }).click();
  const facts = answer.locator('.answer-facts');
  await expect(facts).toContainText(/Length\d+ tokens/);
  await expect(facts).toContainText('First tokenafter 0.41 s');
  await expect(facts).toContainText('Endedby itself');

  await page.reload();
  await expect(answers(page)).toContainText('(You wrote: How do I reverse a list?)');
});

test('what a model writes runs nothing and fetches nothing', async ({ page }) => {
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(request.url()));
  await openReady(page, '?token=0');
  await ask(page, '<b>bold</b>');
  await answered(page);
  const answer = answers(page);
  await expect(answer.getByText('<script>window.stolen = true</script>')).toBeVisible();
  await expect(answer.locator('img, script, b')).toHaveCount(0);
  await expect(answer.getByRole('link', { name: 'Image: a picture' })).toHaveAttribute(
    'rel',
    /noopener noreferrer/,
  );
  await expect(answer.getByRole('link', { name: 'do not click' })).toHaveCount(0);
  expect(await page.evaluate(() => 'stolen' in window)).toBe(false);
  expect(fetched.filter((url) => url.includes('tracker.example'))).toEqual([]);
});

test('words appear whole', async ({ page }) => {
  await openReady(page, '?token=25');
  await ask(page, 'Hello');
  const seen = await page.evaluate(async () => {
    const texts = new Set<string>();
    for (const until = performance.now() + 20_000; texts.size < 20 && performance.now() < until;) {
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
  await openReady(page, '?token=100');
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

test('a rewritten message begins a branch; ‹ and › go between them', async ({ page }) => {
  await openReady(page, '?token=0');
  await ask(page, 'First');
  await answered(page);
  await ask(page, 'Second');
  await expect(answers(page)).toHaveCount(2);
  await answered(page);
  // Rows exist only near the view.
  await page.evaluate(() => scrollTo(0, 0));
  await page
    .getByRole('article', { name: 'You' })
    .filter({ has: page.getByText('First', { exact: true }) })
    .getByRole('button', { name: 'Edit' })
    .click();
  const field = page.getByLabel('Your message');
  await expect(field).toBeFocused();
  await field.fill('First, but better');
  await field.press('Enter');
  await answered(page);
  await expect(answers(page)).toHaveCount(1);
  await expect(answers(page)).toContainText('(You wrote: First, but better)');
  const branches = page.getByRole('group', { name: 'Branches' });
  await expect(branches).toContainText('2/2');
  await branches.getByRole('button', { name: 'Previous branch' }).click();
  await expect(answers(page)).toHaveCount(2);
  await expect(branches).toContainText('1/2');
  await expect(page.getByText('Second', { exact: true })).toBeAttached();
  await branches.getByRole('button', { name: 'Next branch' }).click();
  await expect(answers(page)).toHaveCount(1);
});

test('an answer made anew stays beside the first', async ({ page }) => {
  await openReady(page, '?token=0');
  await ask(page, 'Hello');
  await answered(page);
  await page.getByRole('button', { name: 'Regenerate' }).click();
  await answered(page);
  await expect(answers(page).getByRole('group', { name: 'Branches' })).toContainText('2/2');
  await answers(page).getByRole('button', { name: 'Previous branch' }).click();
  await expect(answers(page).getByRole('group', { name: 'Branches' })).toContainText('Branch 1 of 2');
});

test('every answer can be asked for anew; what came after it stays on the old branch', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 2000 });
  await openReady(page, '?token=0');
  for (const question of ['First', 'Second', 'Third']) {
    await ask(page, question);
    await expect(answers(page).last()).toContainText(`(You wrote: ${question})`);
    await answered(page);
  }
  await page.evaluate(() => scrollTo(0, 0));
  const first = answers(page).first();
  const again = first.getByRole('button', { name: 'Regenerate' });
  // Out of the way until one comes near, by pointer or by key.
  await page.mouse.move(5, 5);
  const opacity = (): Promise<string> => again.evaluate((button) => getComputedStyle(button).opacity);
  expect(await opacity()).toBe('0');
  await first.hover();
  expect(await opacity()).toBe('1');
  await page.mouse.move(5, 5);
  await first.getByRole('button', { name: 'Copy', exact: true }).focus();
  expect(await opacity()).toBe('1');
  await page.keyboard.press('Tab');
  await expect(again).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(answers(page)).toHaveCount(1);
  await answered(page);
  const branches = answers(page).getByRole('group', { name: 'Branches' });
  await expect(branches).toContainText('2/2');
  await expect(page.getByText('Second', { exact: true })).toHaveCount(0);
  await branches.getByRole('button', { name: 'Previous branch' }).click();
  await expect(answers(page)).toHaveCount(3);
  await expect(answers(page).last()).toContainText('(You wrote: Third)');
});

test('on a touch screen the tools of older answers are always there', async ({ browser }) => {
  const context = await browser.newContext({
    hasTouch: true,
    isMobile: true,
    viewport: { width: 390, height: 2400 },
  });
  const page = await context.newPage();
  await openReady(page, '?token=0');
  for (const question of ['First', 'Second']) {
    await ask(page, question);
    await expect(answers(page).last()).toContainText(`(You wrote: ${question})`);
    await answered(page);
  }
  const again = answers(page).first().getByRole('button', { name: 'Regenerate' });
  expect(await again.evaluate((button) => getComputedStyle(button).opacity)).toBe('1');
  await again.tap();
  await expect(answers(page)).toHaveCount(1);
  await context.close();
});

test('an answer that was cut goes on where it broke off, in its place', async ({ page }) => {
  await openReady(page, '?token=0&longest=10');
  await ask(page, 'Hello');
  await answered(page);
  await expect(answers(page).locator('.prose')).toHaveText('Reversing a list takes one line in P');
  const more = answers(page).getByRole('button', { name: 'Continue' });
  await more.click();
  await expect(answers(page).locator('.prose')).toHaveText(
    'Reversing a list takes one line in Python, and a few more if the original',
  );
  await expect(answers(page)).toHaveCount(1);
  await expect(answers(page).getByRole('group', { name: 'Branches' })).toHaveCount(0);
  // A screen reader hears what is new.
  await expect(page.locator('[aria-live=polite]', { hasText: 'Answer finished.' })).toHaveText(
    /^Answer finished\. Python, and a few more/,
  );
  await answers(page).getByRole('button', { name: '31.4 tokens/s' }).click();
  await expect(answers(page).locator('.answer-facts')).toContainText('Length20 tokens');
  await page.reload();
  await expect(answers(page)).toContainText('Reversing a list takes one line in Python');
  await expect(answers(page).getByRole('button', { name: 'Continue' })).toBeVisible();
});

/**
 * Goes on with the answer. All that was drawn from then on, be it for less than a frame,
 * until more stood there than before.
 */
function drawnGoingOn(page: Page): Promise<readonly string[]> {
  return page.getByRole('button', { name: 'Continue', exact: true }).evaluate((button: HTMLElement) => {
    const drawn = (): string =>
      [...document.querySelectorAll('.answer .prose')].map(({ textContent }) => textContent).join('\n');
    const before = drawn();
    const texts = new Set<string>();
    return new Promise<string[]>((grown) => {
      new MutationObserver((_, observer) => {
        const text = drawn();
        texts.add(text);
        if (text.length <= before.length) return;
        observer.disconnect();
        grown([...texts]);
      }).observe(document.body, { childList: true, characterData: true, subtree: true });
      button.click();
    });
  });
}

test('what came too late to be drawn before an answer was cut is not gone for a moment when it goes on', async ({
  page,
}) => {
  await openReady(page, '?token=0&hold=5&longest=20');
  await ask(page, 'Hello');
  await expect(answers(page).locator('.prose')).toHaveText('Reversing a list');
  // The rest, to the cut, at once.
  await goOn(page);
  await answered(page);
  const before = 'Reversing a list takes one line in Python, and a few more if the original';
  await expect(answers(page).locator('.prose')).toHaveText(before);
  const texts = await drawnGoingOn(page);
  expect(texts.filter((text) => !text.startsWith(before))).toEqual([]);
});

test('a long answer goes on with all its parts there', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 4000 });
  await openReady(page, '?answer=long&token=0&longest=1500');
  await ask(page, 'Hello');
  await answered(page);
  await rested(page);
  const before = await page.locator('.answer .prose').allTextContents();
  expect(before).toHaveLength(2);
  const [first] = await drawnGoingOn(page);
  expect(first).toBe(before.join('\n'));
});

test('a stopped answer goes on without flicker, and one that ended by itself is not offered to', async ({
  page,
}) => {
  await openReady(page, '?token=8&hold=22');
  await ask(page, 'Hello');
  const whole = 'Reversing a list takes one line in Python, and a few more if the original must';
  await expect(answers(page).locator('.prose')).toHaveText(whole);
  await page.getByRole('button', { name: 'Stop' }).click();
  await goOn(page);
  await expect(page.getByText('Stopped.')).toBeVisible();
  // Half a word at the cut waits for its other half.
  await expect(answers(page).locator('.prose')).toHaveText(`${whole} sta`);
  const texts = await drawnGoingOn(page);
  expect(texts.filter((text) => !text.startsWith(whole))).toEqual([]);
  await answered(page, 30_000);
  await expect(answers(page)).toContainText('(You wrote: Hello)');
  await expect(answers(page).getByRole('button', { name: 'Continue' })).toHaveCount(0);
});

test('where the clipboard is refused, Copy says so', async ({ page }) => {
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(message));
  await page.addInitScript(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
  });
  await openReady(page, '?token=0');
  await ask(page, 'Hello');
  await answered(page);
  await saysOnce(answers(page).locator('.tools .copy'), 'Could not copy');
  await expect(answers(page).getByRole('button', { name: 'Copy', exact: true })).toBeVisible();
  expect(faults).toEqual([]);
});

test('text files go with a message: chosen, dropped, taken back', async ({ page }) => {
  await openReady(page, '?answer=request&token=0');
  const file = (name: string) => ({
    name,
    mimeType: 'text/plain',
    buffer: Buffer.from(`# ${name}\nsome text`),
  });
  await page.locator('.composer input[type=file]').setInputFiles([file('notes.md'), file('more.txt')]);
  const chips = page.getByRole('list', { name: 'Files for this message' }).getByRole('listitem');
  await expect(chips).toHaveCount(2);
  await expect(chips.first()).toContainText(/notes\.md\d+ tokens/);
  await page.getByRole('button', { name: 'Remove more.txt' }).click();
  await expect(chips).toHaveCount(1);
  const dropped = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['tide table'], 'tides.csv', { type: 'text/csv' }));
    return transfer;
  });
  await page.dispatchEvent('body', 'drop', { dataTransfer: dropped });
  await expect(chips).toHaveCount(2);
  await ask(page, 'Read these');
  await answered(page);
  await expect(chips).toHaveCount(0);
  await expect(page.getByRole('list', { name: 'Files', exact: true }).getByRole('listitem')).toHaveCount(2);
  await expect(answers(page).locator('pre')).toContainText('tide table');
});

test('a file whose name is longer than the column stays within it', async ({ page }) => {
  await openReady(page, '?token=0');
  const name = `${'a-long-name-'.repeat(20)}.txt`;
  await page
    .locator('.composer input[type=file]')
    .setInputFiles([{ name, mimeType: 'text/plain', buffer: Buffer.from('tides') }]);
  await expect(page.locator('.composer .chip')).toBeVisible();
  await ask(page, 'Read this');
  await answered(page);
  const column = await page.locator('.conversation').boundingBox();
  const chip = await page.locator('.question .chip').boundingBox();
  expect(chip?.x).toBeGreaterThanOrEqual(column?.x ?? Infinity);
  expect(chip?.width).toBeLessThanOrEqual(column?.width ?? 0);
});

test('the up arrow in an empty field edits the last message; a composing Enter sends nothing', async ({
  page,
}) => {
  await openReady(page, '?token=0');
  await ask(page, 'Hello');
  await answered(page);
  await composer(page).press('ArrowUp');
  await expect(page.getByLabel('Your message')).toHaveValue('Hello');
  await page.keyboard.press('Escape');
  await expect(page.getByLabel('Your message')).toHaveCount(0);
  await composer(page).fill('ni');
  await composer(page).dispatchEvent('keydown', { key: 'Enter', isComposing: true });
  await composer(page).dispatchEvent('keydown', { key: 'Enter', keyCode: 229 });
  await expect(composer(page)).toHaveValue('ni');
  await composer(page).press('Enter');
  await expect(composer(page)).toHaveValue('');
});

test('a screen reader hears the answer once, whole', async ({ page }) => {
  await openReady(page, '?token=0&answer=think');
  await ask(page, 'Why?');
  await answered(page);
  await expect(page.locator('[aria-live=polite]', { hasText: 'Answer finished.' })).toHaveText(
    /^Answer finished\. Tides turn +twice +a day\.$/,
  );
});

test('Enter sends, Shift+Enter breaks the line, and the field grows to eight lines', async ({ page }) => {
  await openReady(page, '?token=0');
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
  await openReady(page, '?token=0&dropped=3&finish=context');
  await ask(page, 'Hello');
  await expect(page.getByText('The 3 oldest messages were left out so that the rest fits.')).toBeVisible();
  await expect(page.getByText(/context is full/)).toBeVisible();
  await openReady(page, '?token=0&finish=length');
  await page.getByRole('button', { name: 'Regenerate' }).click();
  await expect(page.getByText('Stopped at the longest answer the settings allow.')).toBeVisible();
});

test('an answer cut by closing the page keeps what was said', async ({ page }) => {
  await openReady(page, '?token=20&hold=150');
  await ask(page, 'Hello');
  await expect(page.getByText('Slice it backwards')).toBeVisible();
  await expect.poll(() => keptText(page)).toContain('Reversing a list takes');
  await page.reload();
  await expect(answers(page)).toContainText('Reversing a list takes');
  await expect(page.getByText('Stopped.')).toBeVisible();
});

test('the reader who scrolls up stays there; at the end the page follows', async ({ page }) => {
  await openReady(page, '?token=5&answer=long');
  await ask(page, 'Tell me');
  await expect(page.getByRole('heading', { name: 'Part 3', exact: true })).toBeVisible();
  const gap = (): Promise<number> =>
    page.evaluate(() => document.documentElement.scrollHeight - innerHeight - scrollY);
  await expect.poll(gap).toBeLessThan(60);
  await page.mouse.move(300, 300);
  await page.mouse.wheel(0, -400);
  await expect(page.getByRole('button', { name: 'To the latest' })).toBeVisible();
  const before = await rested(page);
  await page.waitForTimeout(800);
  expect(await page.evaluate(() => scrollY)).toBe(before);
  await page.getByRole('button', { name: 'To the latest' }).click();
  await expect.poll(gap).toBeLessThan(60);
});
