/** The page stays free, however long the answer and however long the conversation. */
import { expect, test, type Page } from '@playwright/test';
import { recordTasks, type Tasks } from '../longestTask.ts';
import { answered, ask, openReady } from './steps.ts';

/** Of 60 in a second. */
const FRAME_MS = 1000 / 60;

interface Limits {
  readonly own: number;
  /** With the collecting of garbage, which the browser does when it likes. */
  readonly whole: number;
}

/** At the pace of the fastest models. */
const PACED: Limits = { own: FRAME_MS, whole: 3 * FRAME_MS };
/** Thousands of tokens in a second, as fast as the wire carries them. */
const FLOOD: Limits = { own: 2 * FRAME_MS, whole: 3 * FRAME_MS };

function expectFree({ count, longestMs, longestOwnMs }: Tasks, what: string, limits: Limits): void {
  const words = `${longestOwnMs.toFixed(1)} ms, ${longestMs.toFixed(1)} with collecting garbage, of ${count} tasks`;
  process.stdout.write(`    longest task, ${what}: ${words}\n`);
  expect(count).toBeGreaterThan(50);
  expect(longestOwnMs, words).toBeLessThan(limits.own);
  expect(longestMs, words).toBeLessThan(limits.whole);
}

test('an answer of 6,000 tokens streams as fast as the wire carries it', async ({ page }) => {
  await openReady(page, '?token=0&answer=long');
  await ask(page, 'Warm up');
  await answered(page, 60_000);
  const stop = await recordTasks(page);
  await ask(page, 'Tell me all');
  await answered(page, 60_000);
  await expect(page.getByRole('heading', { name: 'Part 40' })).toBeAttached();
  expectFree(await stop(), 'streaming', FLOOD);
});

test('an answer of 20,000 tokens, with a long listing, list, table and line, streams and scrolls', async ({
  page,
}) => {
  test.setTimeout(180_000);
  await openReady(page, '?token=0&answer=huge');
  // The first listing of a visit also loads what colours it.
  await ask(page, 'Warm up');
  await answered(page, 60_000);
  await page.getByRole('button', { name: 'New chat' }).click();
  const stop = await recordTasks(page);
  await ask(page, 'Tell me all');
  await answered(page, 120_000);
  await expect(page.getByText('The end.')).toHaveCount(1);
  expectFree(await stop(), 'streaming 20,000 tokens', FLOOD);

  const scrolled = await recordTasks(page);
  await wheelUp(page, 12_000);
  expectFree(await scrolled(), 'scrolling through 20,000 tokens', PACED);
});

test('an answer of 20,000 tokens goes on at 200 tokens a second', async ({ page }) => {
  test.setTimeout(180_000);
  await openReady(page, '?token=5&rush=28000&answer=huge');
  await ask(page, 'Tell me all');
  // The end of the table, and of the rush.
  await expect(page.getByRole('cell', { name: '119', exact: true })).toBeVisible({ timeout: 60_000 });
  const stop = await recordTasks(page);
  await answered(page, 120_000);
  expectFree(await stop(), 'streaming the end of 20,000 tokens', PACED);
});

async function wheelUp(page: Page, distance: number): Promise<void> {
  await page.mouse.move(400, 300);
  for (let done = 0; done < distance; done += 240) {
    await page.mouse.wheel(0, -240);
    await page.waitForTimeout(16);
  }
}

test('a conversation of 2,000 messages opens, scrolls and goes on', async ({ page }) => {
  test.setTimeout(180_000);
  await openReady(page, '?token=0&answer=long');
  await page.getByRole('button', { name: 'Conversations' }).click();
  await page.locator('input[type=file][accept*=json]').setInputFiles({
    name: 'long.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(conversationOf(2000))),
  });
  await expect(page.getByText('Question 1998', { exact: true })).toBeVisible();
  // Rows far from the view are not there.
  expect(await page.locator('.turn').count()).toBeLessThan(40);
  const scrolled = await recordTasks(page);
  await wheelUp(page, 12_000);
  expectFree(await scrolled(), 'scrolling through 2,000 messages', PACED);
  expect(await page.locator('.turn').count()).toBeLessThan(40);

  const streamed = await recordTasks(page);
  await ask(page, 'And now?');
  await answered(page, 60_000);
  expectFree(await streamed(), 'streaming after 2,000 messages', FLOOD);
});

function conversationOf(count: number): object {
  const figures = { tokens: 40, tokensPerSecond: 30, timeToFirstTokenMs: 400, model: 'The guide' };
  const messages = Array.from({ length: count }, (_, n) => ({
    id: `m${n}`,
    parent: n === 0 ? null : `m${n - 1}`,
    role: n % 2 === 0 ? 'user' : 'assistant',
    content:
      n % 2 === 0
        ? `Question ${n}`
        : `**Answer ${n}.** ${'Words of it. '.repeat(10 + (n % 30))}\n\n- one\n- two\n\n\`\`\`js\nconst n = ${n};\n\`\`\``,
    createdAt: 1_700_000_000_000 + n,
    figures: n % 2 === 0 ? null : figures,
    end: n % 2 === 0 ? null : 'stop',
    droppedMessages: 0,
    reasoningMs: null,
    attachments: [],
  }));
  const head = {
    id: 'long',
    title: 'A long one',
    titledBy: 'user',
    createdAt: 1_700_000_000_000,
    updatedAt: 1_700_000_000_000,
    pinned: false,
    systemPrompt: null,
  };
  return { format: 'shoal-conversations', version: 1, conversations: [{ ...head, messages, chosen: {} }] };
}
