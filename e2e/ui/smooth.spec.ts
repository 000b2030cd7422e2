/** The page stays free while a long answer streams as fast as the wire carries it. */
import { expect, test } from '@playwright/test';
import { recordTasks } from '../longestTask.ts';
import { answered, ask, load } from './steps.ts';

test('the page is never blocked for 50 ms while an answer streams', async ({ page }) => {
  await page.goto('/?models=one&token=0&answer=long');
  await load(page);
  const stop = await recordTasks(page);
  await ask(page, 'Tell me all');
  await answered(page);
  await expect(page.getByRole('heading', { name: 'Part 40' })).toBeAttached();
  const { count, longestMs } = await stop();

  const words = `${longestMs.toFixed(1)} ms, of ${count} tasks`;
  test.info().annotations.push({ type: 'longest task', description: words });
  expect(count).toBeGreaterThan(100);
  expect(longestMs, words).toBeLessThan(50);
});
