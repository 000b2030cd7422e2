/** What a model thought before it answered: folded, measured, and never shown with its marks. */
import { expect, test, type Page } from '@playwright/test';
import { REASONED } from './answers.ts';
import { answered, answers, ask, goOn, openReady, saysOnce } from './steps.ts';

/** All that stands there, frame by frame, until the answer has ended. */
function textsOf(page: Page, selector: string): Promise<readonly string[]> {
  return page.evaluate(async (sought) => {
    const texts = new Set<string>();
    const ended = (): boolean => document.querySelector('.figures-button') !== null;
    for (const until = performance.now() + 60_000; !ended() && performance.now() < until;) {
      texts.add(document.querySelector(sought)?.textContent ?? '');
      await new Promise(requestAnimationFrame);
    }
    return [...texts];
  }, selector);
}

test('reasoning is folded, with how long it took', async ({ page }) => {
  await openReady(page, '?answer=think&token=40&hold=10');
  await ask(page, 'Why?');
  await expect(answers(page).locator('summary')).toHaveText('Thinking…');
  await goOn(page);
  await answered(page);
  await expect(answers(page).locator('summary')).toHaveText(/^Thought for \d+ s$/);
  await expect(answers(page)).not.toContainText('First the moon');
  await answers(page).locator('summary').press('Enter');
  await expect(answers(page).getByRole('group', { name: 'What it thought' })).toContainText('First the moon');
  await expect(answers(page).locator('strong')).toHaveText('twice');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await saysOnce(answers(page).locator('.tools .copy'), 'Copied');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('Tides turn **twice** a day.');
});

for (const family of Object.keys(REASONED)) {
  test(`the reasoning of ${family} is folded, however its marks are cut, with its duration`, async ({
    page,
  }) => {
    // Three characters at a time: no mark arrives whole.
    await openReady(page, `?answer=think-${family}&piece=3&token=15&hold=14`);
    const watched = textsOf(page, '.answer');
    await ask(page, 'Why?');
    const answer = answers(page);
    await expect(answer.locator('summary')).toHaveText('Thinking…');
    await goOn(page);
    const seen = await watched;
    await expect(answer.locator('summary')).toHaveText(/^Thought for \d+ s$/);
    await expect(answer.locator('.prose')).toHaveText('Tides turn twice a day.');
    expect(seen.some((text) => text.includes('Thinking…'))).toBe(true);
    // Neither a mark nor part of one was ever shown as the answer, nor a thought.
    expect(seen.filter((text) => /[<>|◁▷[\]]|moon|channel|assistant/.test(text))).toEqual([]);
    await answer.locator('summary').press('Enter');
    const thoughts = answer.getByRole('group', { name: 'What it thought' });
    await expect(thoughts).toContainText('First the moon, then the sun.');
    await expect(thoughts).not.toContainText(/[<>|◁▷[\]]/);
  });
}

test('half a mark is not shown among the thoughts either', async ({ page }) => {
  await openReady(page, '?answer=think-harmony&piece=3&token=40&hold=20');
  await ask(page, 'Why?');
  const answer = answers(page);
  await answer.locator('summary').click();
  await expect(answer.locator('.thoughts')).toContainText('moon');
  const watched = textsOf(page, '.thoughts');
  await goOn(page);
  const seen = await watched;
  expect(seen.some((text) => text.includes('moon'))).toBe(true);
  expect(seen.filter((text) => /[<|]/.test(text))).toEqual([]);
});
