/**
 * The page's longest task while a long answer streams, by the clock of the main
 * thread itself: on a busy machine the wall clock would measure the others.
 */
import { expect, test } from '@playwright/test';
import { answered, ask, load } from './steps.ts';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  /** CPU time of the thread, in microseconds. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

test('the page is never blocked for 50 ms while an answer streams', async ({ browser, page }) => {
  await page.goto('/?models=one&token=0&answer=long');
  await load(page);
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline'] });
  await ask(page, 'Tell me all');
  await answered(page);
  await expect(page.getByRole('heading', { name: 'Part 40' })).toBeAttached();
  const trace = JSON.parse((await browser.stopTracing()).toString()) as {
    readonly traceEvents: readonly TraceEvent[];
  };

  const mains = new Set(
    trace.traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = trace.traceEvents
    .filter(({ name, pid, tid }) => name.endsWith('RunTask') && mains.has(`${pid} ${tid}`))
    .map(({ tdur }) => (tdur ?? 0) / 1000);
  const longest = Math.max(...tasks);
  const words = `${longest.toFixed(1)} ms, of ${tasks.length} tasks`;
  test.info().annotations.push({ type: 'longest task', description: words });
  expect(tasks.length).toBeGreaterThan(100);
  expect(longest, words).toBeLessThan(50);
});
