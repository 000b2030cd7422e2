/** The page stays free, however long the answer and however long the conversation. */
import { expect, test, type Page } from '@playwright/test';
import { recordTasks, type Tasks } from '../longestTask.ts';
import { answered, ask, openReady } from './steps.ts';

/** A frame of 60 in a second. */
const FRAME_MS = 16;
/** Other work on the machine fills caches with other things: what counts is that no task is of another order. */
const MARGIN = 2;

function expectFree({ count, longestMs }: Tasks, what: string, limitMs: number): void {
  const words = `${longestMs.toFixed(1)} ms, of ${count} tasks`;
  test.info().annotations.push({ type: `longest task, ${what}`, description: words });
  console.log(what, words);
  expect(count).toBeGreaterThan(50);
  expect(longestMs, words).toBeLessThan(limitMs);
}

test('an answer of 6,000 tokens streams as fast as the wire carries it', async ({ page }) => {
  await openReady(page, '?token=0&answer=long');
  await ask(page, 'Warm up');
  await answered(page);
  const stop = await recordTasks(page);
  await ask(page, 'Tell me all');
  await answered(page);
  await expect(page.getByRole('heading', { name: 'Part 40' })).toBeAttached();
  expectFree(await stop(), 'streaming', FRAME_MS * MARGIN);
});

test('an answer of 20,000 tokens, with a long listing, list, table and line, streams and scrolls', async ({
  page,
}) => {
  test.setTimeout(180_000);
  await openReady(page, '?token=0&answer=huge');
  const stop = await recordTasks(page);
  await ask(page, 'Tell me all');
  await expect(page.getByRole('button', { name: 'Regenerate' })).toBeVisible({ timeout: 120_000 });
  await expect(page.getByText('The end.')).toHaveCount(1);
  expectFree(await stop(), 'streaming 20,000 tokens', FRAME_MS * MARGIN);

  const scrolled = await recordTasks(page);
  await wheelUp(page, 12_000);
  expectFree(await scrolled(), 'scrolling through 20,000 tokens', FRAME_MS * MARGIN);
});

async function wheelUp(page: Page, distance: number): Promise<void> {
  await page.mouse.move(400, 300);
  for (let done = 0; done < distance; done += 240) {
    await page.mouse.wheel(0, -240);
    await page.waitForTimeout(16);
  }
}
