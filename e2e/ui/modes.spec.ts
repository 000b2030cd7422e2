/** Paper, a system's own few colours, and a page at four times its size. */
import { expect, test, type Locator } from '@playwright/test';
import { choose, openSidebar } from './conversationSteps.ts';
import { answered, answers, ask, composer, openReady, rested } from './steps.ts';

const shade = (where: Locator, what: 'backgroundColor' | 'outlineStyle'): Promise<string> =>
  where.evaluate((element, name) => getComputedStyle(element)[name], what);

test('on paper the whole conversation stands, and nothing to press', async ({ page }) => {
  await openReady(page, '?token=0');
  for (let turn = 1; turn <= 6; turn++) {
    await ask(page, `Question ${turn}`);
    await expect(answers(page).last()).toContainText(`(You wrote: Question ${turn})`);
    await answered(page);
  }
  const questions = page.locator('.said');
  await expect.poll(() => questions.count()).toBeLessThan(6);
  await page.emulateMedia({ media: 'print' });
  await expect(questions).toHaveCount(6);
  await expect(composer(page)).toBeHidden();
  await expect(page.getByRole('banner')).toBeHidden();
  await expect(page.getByRole('button', { name: 'Copy', exact: true })).toHaveCount(0);
  const tops = await questions.evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top));
  expect(tops).toEqual(tops.toSorted((a, b) => a - b));
});

test('what the reader unfolded stands on paper too, and afterwards the page is where it was', async ({
  page,
}) => {
  await openReady(page, '?token=0&answer=think');
  const questions = page.locator('.said');
  for (let turn = 1; turn <= 24; turn++) {
    await ask(page, `Question ${turn}`);
    await expect(questions.last()).toHaveText(`Question ${turn}`);
    await answered(page);
  }
  await page.mouse.move(600, 300);
  await page.mouse.wheel(0, -900);
  await expect(page.getByRole('button', { name: 'To the latest' })).toBeVisible();
  await rested(page);
  // By name: which rows there are changes with what is unfolded.
  const id = await answers(page).evaluateAll((all) =>
    all.find((one) => one.getBoundingClientRect().top > 150)?.getAttribute('data-message'),
  );
  const middle = page.locator(`[data-message='${id}']`);
  await expect(middle).toBeInViewport();
  await middle.locator('summary').click();
  const thoughts = page.getByRole('group', { name: 'What it thought' });
  await expect(thoughts).toBeInViewport();
  const top = (): Promise<number> => thoughts.evaluate((one) => one.getBoundingClientRect().top);
  await rested(page);
  const before = await top();
  const paper = (await page.pdf({ format: 'A5' })).toString('latin1');
  // What the screen shows would take two.
  expect(paper.match(/\/Type \/Page\b/g)?.length).toBeGreaterThan(5);
  await expect.poll(() => questions.count()).toBeLessThan(24);
  await expect.poll(async () => Math.abs((await top()) - before)).toBeLessThan(2);
  await page.emulateMedia({ media: 'print' });
  await expect(questions).toHaveCount(24);
  await expect(thoughts).toHaveCount(1);
});

test('in the system’s colours what is chosen and what goes on can be seen', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await openReady(page, '?token=0&import=1000');
  await page.getByRole('button', { name: /^Download / }).click();
  await page.locator('.model-line').click();
  const done = page.locator('.progress-done');
  await expect(done).toBeVisible();
  expect(await shade(done, 'backgroundColor')).not.toBe(
    await shade(page.locator('.progress'), 'backgroundColor'),
  );
  await page.keyboard.press('Escape');
  await ask(page, 'Hello');
  await answered(page);
  await openSidebar(page);
  await page.getByRole('button', { name: 'Options for Hello' }).focus();
  await page.keyboard.press('Enter');
  const first = page.getByRole('menuitem', { name: 'Rename' });
  await expect(first).toBeFocused();
  expect(await shade(first, 'outlineStyle')).toBe('solid');
});

test('at four times its size nothing stands before what one reads', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 256 });
  await openReady(page, '?token=0');
  for (const part of [page.locator('.top'), page.locator('.bottom')])
    expect(await part.evaluate((element) => getComputedStyle(element).position)).toBe('static');
  await page.locator('.model-line').click();
  await expect(page.getByRole('tab')).toHaveCount(4);
  for (const tab of await page.getByRole('tab').all()) await expect(tab).toBeInViewport({ ratio: 1 });
});

test('what is told of a conversation takes one line, with what can be done beside it', async ({ page }) => {
  await openReady(page, '?token=0');
  await ask(page, 'Hello');
  await answered(page);
  await openSidebar(page);
  await choose(page, 'Hello', 'Delete');
  const box = await page.locator('.notices .notice').boundingBox();
  expect(box?.height).toBeLessThan(60);
});
