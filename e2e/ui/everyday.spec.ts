/** What happens to everyone sooner or later: odd texts, hasty fingers, a change of mind in the middle. */
import { expect, test, type Locator, type Page } from '@playwright/test';
import { choose, item, items, openSidebar, sidebar, WIDE } from './conversationSteps.ts';
import { answered, answers, ask, composer, openReady, state } from './steps.ts';

const sideways = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

const said = (page: Page) => page.getByRole('article', { name: 'You' });

test('words and addresses without an end break: nothing scrolls sideways', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 700 });
  await openReady(page, '?answer=unbroken&token=0');
  const word = `https://tides.example/${'a'.repeat(600)}`;
  await composer(page).fill(word);
  expect(await sideways(page)).toBe(0);
  await composer(page).press('Enter');
  await answered(page);
  await expect(answers(page).getByRole('link')).toBeVisible();
  expect(await sideways(page)).toBe(0);
  // Rows exist only near the view.
  await page.evaluate(() => scrollTo(0, 0));
  await said(page).getByRole('button', { name: 'Edit' }).click();
  expect(await sideways(page)).toBe(0);
  await page.keyboard.press('Escape');
  await openSidebar(page);
  expect(await sideways(page)).toBe(0);
});

test('text that runs from right to left does, in the field, the question and the answer', async ({
  page,
}) => {
  await openReady(page, '?answer=hebrew&token=0');
  await composer(page).fill('מה גורם לגאות ולשפל?');
  await expect(composer(page)).toHaveJSProperty('dir', 'auto');
  expect(await composer(page).evaluate((field) => field.matches(':dir(rtl)'))).toBe(true);
  await composer(page).press('Enter');
  await answered(page);
  // Plain paragraphs stand there until the code that draws Markdown is here.
  await expect(answers(page).locator('strong')).toBeVisible();
  /** Where the first letter stands: at the right edge of its line, or at the left. */
  const startsAt = (selector: string): Promise<string> =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => {
        const range = document.createRange();
        const text = document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode()!;
        range.setStart(text, 0);
        range.setEnd(text, 1);
        const letter = range.getBoundingClientRect();
        const box = element.getBoundingClientRect();
        return box.right - letter.right < letter.left - box.left ? 'right' : 'left';
      });
  expect(await startsAt('.prose p')).toBe('right');
  expect(await startsAt('.prose li')).toBe('right');
  expect(await startsAt('.said')).toBe('right');
  // Code, and what is English, stays as it is.
  expect(await startsAt('.prose pre code')).toBe('left');
  expect(await startsAt('.prose p >> nth=1')).toBe('left');
});

test('two hundred thousand characters can be pasted, typed on, sent, and come back', async ({ page }) => {
  await openReady(page, '?token=0&answer=think');
  const long = 'The tide turns twice a day. '.repeat(7200);
  await composer(page).focus();
  /** Milliseconds until it is drawn. */
  const taken = (text: string): Promise<number> =>
    page.evaluate(async (words) => {
      const from = performance.now();
      document.execCommand('insertText', false, words);
      await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
      return performance.now() - from;
    }, text);
  // What else this machine does only adds to it: the quickest of some tells.
  let pasted = Infinity;
  for (let tried = 0; tried < 4 && pasted >= 3000; tried++) {
    await composer(page).selectText();
    pasted = await taken(long);
  }
  expect(pasted).toBeLessThan(3000);
  let typed = Infinity;
  let letters = '';
  for (; letters.length < 12 && typed >= 400; letters += 'x') typed = await taken('x');
  expect(typed).toBeLessThan(400);
  await expect(composer(page)).toHaveValue(`${long}${letters}`);
  await composer(page).press('Enter');
  await expect(composer(page)).toHaveValue('');
  await answered(page);
  await page.reload();
  await expect(said(page)).toContainText('The tide turns twice a day.');
});

test('a composing Enter sends nothing, and a rewritten question neither', async ({ page }) => {
  await openReady(page, '?token=0');
  await ask(page, 'Hello');
  await answered(page);
  await said(page).getByRole('button', { name: 'Edit' }).click();
  const field = page.getByLabel('Your message');
  await field.fill('ni');
  await field.dispatchEvent('keydown', { key: 'Enter', isComposing: true });
  await field.dispatchEvent('keydown', { key: 'Enter', keyCode: 229 });
  await field.dispatchEvent('keydown', { key: 'Escape', isComposing: true });
  await expect(field).toHaveValue('ni');
  await field.press('Enter');
  await expect(said(page)).toContainText('ni');
});

test('a double click on send asks once and stops nothing', async ({ page }) => {
  await openReady(page, '?token=100');
  await composer(page).fill('Hello');
  await page.getByRole('button', { name: 'Send' }).dblclick();
  await expect(said(page)).toHaveCount(1);
  await expect(page.locator('.live')).toBeVisible();
  await page.waitForTimeout(300);
  await expect(page.getByText('Stopped.')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible();
});

test('a question sent while the model loads waits, and can be taken back', async ({ page }) => {
  await page.goto('/?load=150&token=0');
  await composer(page).fill('Hello');
  await composer(page).press('Enter');
  await expect(said(page)).toHaveCount(1);
  await answered(page);
  await expect(answers(page)).toContainText('(You wrote: Hello)');

  await page.goto('/?load=600&token=0');
  await ask(page, 'Second');
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(state(page)).toHaveText('ready', { timeout: 30_000 });
  await expect(page.getByRole('button', { name: 'Send' })).toBeVisible();
  await expect(said(page).last().getByRole('button', { name: 'Answer' })).toBeVisible();
});

test.describe('among conversations', () => {
  test.use({ viewport: WIDE });

  test('deleting the one that is spoken in ends the answer; undo brings back what there was', async ({
    page,
  }) => {
    await openReady(page, '?token=60');
    await openSidebar(page);
    await ask(page, 'Hello');
    await expect(answers(page)).toContainText('Reversing a list');
    await page.getByRole('button', { name: 'Options for Hello' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await expect(answers(page)).toHaveCount(0);
    await expect(items(page)).toHaveCount(0);
    await expect(state(page)).toHaveText('ready');
    await page.getByRole('button', { name: 'Undo' }).first().click();
    await expect(answers(page)).toContainText('Reversing a list');
    await expect(page.getByText('Stopped.')).toBeVisible();
  });

  test('a question in another one ends the answer there, at once, and both keep theirs', async ({ page }) => {
    await openReady(page, '?token=40');
    await openSidebar(page);
    await ask(page, 'First');
    await expect(answers(page)).toContainText('Reversing a list');
    await sidebar(page).getByRole('button', { name: 'New chat', exact: true }).first().click();
    await ask(page, 'Second');
    await expect(said(page)).toContainText('Second');
    await item(page, 'First').click();
    await expect(said(page)).toContainText('First');
    await expect(page.getByText('Stopped.')).toBeVisible();
    await item(page, 'Second').click();
    await answered(page, 40_000);
    await expect(answers(page)).toContainText('(You wrote: Second)');
  });
});

test('files: none of bytes, one without a word, two of one name', async ({ page }) => {
  await openReady(page, '?answer=request&token=0');
  const file = (name: string, text: string | Buffer) => ({
    name,
    mimeType: 'text/plain',
    buffer: Buffer.from(text),
  });
  const choose = page.locator('.composer input[type=file]');
  const chips = page.getByRole('list', { name: 'Files for this message' }).getByRole('listitem');
  await choose.setInputFiles([file('photo.txt', Buffer.from([0xff, 0xd8, 0xff, 0x00]))]);
  await expect(page.getByText('photo.txt was not added: it is not text')).toBeVisible();
  await choose.setInputFiles([file('empty.txt', '')]);
  await expect(page.getByText('empty.txt was not added: it is empty')).toBeVisible();
  await expect(chips).toHaveCount(0);
  await choose.setInputFiles([file('notes.md', 'the first')]);
  await expect(chips).toHaveCount(1);
  await choose.setInputFiles([file('notes.md', 'the second')]);
  await expect(chips).toHaveCount(2);
  await chips.first().getByRole('button', { name: 'Remove notes.md' }).click();
  await expect(chips).toHaveCount(1);
  await ask(page, 'Which?');
  await answered(page);
  await expect(answers(page)).toContainText('the second');
  await expect(answers(page)).not.toContainText('the first');
});

test('of a file that was not added nothing is told once its message is sent', async ({ page }) => {
  await openReady(page, '?token=0');
  const empty = { name: 'empty.txt', mimeType: 'text/plain', buffer: Buffer.from('') };
  await page.locator('.composer input[type=file]').setInputFiles([empty]);
  const told = page.getByText('empty.txt was not added');
  await expect(told).toBeVisible();
  await ask(page, 'Without it, then');
  await answered(page);
  await expect(told).toHaveCount(0);
});

test.describe('what a screen reader hears', () => {
  const heard = (page: Page) => page.locator('.unseen[aria-live=polite]');

  test('of an answer is words, without a sign of Markdown', async ({ page }) => {
    await openReady(page, '?answer=rich&token=0');
    await ask(page, 'Hello');
    await answered(page);
    await expect(heard(page)).toHaveText(
      /^Answer finished\. The energy at rest is E = mc\^2, and sqrt 2 approx 1\.414\. It costs \$5 and \$10\. .*Code, ts\. tide, height, at\. high, 4\.1 m, 06:12\. low, 0\.4 m, 12:31\. done: read the table\. not done: wait for the tide\./,
    );
    await expect(heard(page)).not.toContainText(/[`*|#[\]\\]/);
  });

  test('of a long one is its beginning, and that there is more', async ({ page }) => {
    await openReady(page, '?answer=long&token=0');
    await ask(page, 'Hello');
    await answered(page);
    await expect(heard(page)).toHaveText(
      /^Answer finished\. Part 1\. The tide turns .*\. There is more of it in the conversation\.$/,
    );
    expect((await heard(page).innerText()).length).toBeLessThan(600);
  });

  test('is nothing where another conversation is opened meanwhile', async ({ page }) => {
    await openReady(page, '?token=80');
    await ask(page, 'First');
    await expect(answers(page)).toContainText('Reversing a list');
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await expect(heard(page)).toContainText('Answer finished. Reversing a list');
    await page.keyboard.press('Control+Shift+O');
    await ask(page, 'Second');
    await expect(page.locator('.live')).toBeVisible();
    await composer(page).blur();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await expect(said(page)).toContainText('First');
    await expect(heard(page)).toBeEmpty();
  });
});

test('the header says that something is on its way until it is there, never that nothing is', async ({
  page,
}) => {
  await page.addInitScript(() => {
    const titles = new Set<string>();
    Object.assign(window, { titles });
    new MutationObserver(() => {
      const title = document.querySelector('.model-title');
      if (title) titles.add(title.textContent);
    }).observe(document, { childList: true, subtree: true, characterData: true });
  });
  await openReady(page);
  const titles = await page.evaluate(() => [...(window as unknown as { titles: Set<string> }).titles]);
  expect(titles).toEqual(['loading', 'The guide']);
});

/** Leaves nobody to answer; returns the dialog about models, closed. */
async function unloadAll(page: Page): Promise<Locator> {
  await page.locator('.model-line').click();
  const models = page.getByRole('dialog', { name: 'Models' });
  await models.getByRole('tab', { name: 'On this device' }).click();
  await models.getByRole('button', { name: 'Unload' }).click();
  await page.keyboard.press('Escape');
  await expect(models).toBeHidden();
  return models;
}

test('a question asked of no model leads to the models, and stays', async ({ page }) => {
  await openReady(page);
  const models = await unloadAll(page);
  await composer(page).fill('Is anybody there?');
  await composer(page).press('Enter');
  await expect(models).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(composer(page)).toHaveValue('Is anybody there?');
});

test('nor is a question edited where no model is: the edit leads to the models, and stays', async ({
  page,
}) => {
  await openReady(page, '?token=0');
  await ask(page, 'Hello');
  await answered(page);
  await composer(page).press('ArrowUp');
  const edit = page.getByLabel('Your message');
  await edit.fill('Hello again');
  const models = await unloadAll(page);
  await edit.press('Enter');
  await expect(models).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(edit).toHaveValue('Hello again');
  await expect(answers(page)).toContainText('(You wrote: Hello)');
  await edit.press('Escape');
  await composer(page).press('ArrowUp');
  await expect(edit).toHaveCount(0);
});

for (const closed of ['shoal', 'shoal-page'])
  test(`where no storage of a name with ${closed} opens, one calm notice says so and no failure does`, async ({
    page,
  }) => {
    await page.addInitScript((part) => {
      IDBFactory.prototype.open = new Proxy(IDBFactory.prototype.open.bind(indexedDB), {
        apply(open, _, [name]: [string]) {
          if (name.includes(part)) throw new DOMException('storage is switched off', 'SecurityError');
          return open(name);
        },
      });
    }, closed);
    await openReady(page, '?token=0');
    const told = page.getByRole('region', { name: 'Nothing can be kept here' });
    await expect(told).toBeVisible();
    await ask(page, 'Hello');
    await answered(page);
    await page.getByRole('button', { name: 'Conversations', exact: true }).click();
    await choose(page, 'Hello', 'Pin');
    await expect(page.getByRole('heading', { name: 'Pinned' })).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
  });
