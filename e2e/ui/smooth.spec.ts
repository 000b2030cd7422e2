/** The page stays free, however long the answer and however long the conversation. */
import { expect, test, type Page } from '@playwright/test';
import { recordTasks } from '../longestTask.ts';
import { answered, ask, openReady, rested } from './steps.ts';

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

const TRIES = 5;

interface Work {
  /** What stands before it, and is not measured. */
  readonly before?: () => Promise<void>;
  readonly measured: () => Promise<void>;
}

/** What else this machine does only makes tasks longer: the best of some tries tells. */
async function staysFree(
  page: Page,
  what: string,
  limits: Limits,
  { before, measured }: Work,
): Promise<void> {
  let free = false;
  let words = '';
  for (let tried = 0; tried < TRIES && !free; tried++) {
    await before?.();
    const stop = await recordTasks(page);
    await measured();
    const { count, longestMs, longestOwnMs } = await stop();
    words = `${longestOwnMs.toFixed(1)} ms, ${longestMs.toFixed(1)} with collecting garbage, of ${count} tasks`;
    process.stdout.write(`    longest task, ${what}: ${words}\n`);
    expect(count).toBeGreaterThan(50);
    free = longestOwnMs < limits.own && longestMs < limits.whole;
  }
  expect(free, words).toBe(true);
}

test('an answer of 6,000 tokens streams as fast as the wire carries it', async ({ page }) => {
  test.setTimeout(400_000);
  await openReady(page, '?token=0&answer=long');
  await ask(page, 'Warm up');
  await answered(page, 60_000);
  await staysFree(page, 'streaming', FLOOD, {
    measured: async () => {
      await ask(page, 'Tell me all');
      await answered(page, 60_000);
      await expect(page.getByRole('heading', { name: 'Part 40' })).toBeAttached();
    },
  });
});

test('a listing with lines of thousands of characters streams, and opens again, without a stall', async ({
  page,
}) => {
  test.setTimeout(400_000);
  await openReady(page, '?token=0&answer=dense&piece=16');
  await ask(page, 'Warm up');
  await answered(page, 60_000);
  await staysFree(page, 'streaming lines of 21,000 characters', FLOOD, {
    measured: async () => {
      await ask(page, 'Again');
      await answered(page, 60_000);
      const end = page.locator('.answer').last();
      await expect(end.getByText('The end.')).toBeVisible();
      await expect(end.locator('.hljs-keyword')).toHaveText('let');
    },
  });
});

test('an answer of 20,000 tokens, with a long listing, list, table and line, streams and scrolls', async ({
  page,
}) => {
  test.setTimeout(600_000);
  await openReady(page, '?token=0&answer=huge');
  // The first listing of a visit also loads what colours it.
  await ask(page, 'Warm up');
  await answered(page, 60_000);
  await staysFree(page, 'streaming 20,000 tokens', FLOOD, {
    before: () => page.getByRole('button', { name: 'New chat' }).click(),
    measured: async () => {
      await ask(page, 'Tell me all');
      await answered(page, 120_000);
      await expect(page.getByText('The end.')).toHaveCount(1);
    },
  });
  await staysFree(page, 'scrolling through 20,000 tokens', PACED, {
    before: () => toEnd(page),
    measured: () => wheelUp(page, 12_000),
  });
});

test('an answer of 20,000 tokens goes on at 200 tokens a second', async ({ page }) => {
  test.setTimeout(600_000);
  await openReady(page, '?token=5&rush=28000&answer=huge');
  await staysFree(page, 'streaming the end of 20,000 tokens', PACED, {
    before: async () => {
      const again = page.getByRole('button', { name: 'New chat' });
      if (await again.isVisible()) await again.click();
      await ask(page, 'Tell me all');
      // The end of the table, and of the rush.
      await expect(page.getByRole('cell', { name: '119', exact: true })).toBeVisible({ timeout: 60_000 });
    },
    measured: () => answered(page, 120_000),
  });
});

async function toEnd(page: Page): Promise<void> {
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await rested(page);
}

async function wheelUp(page: Page, distance: number): Promise<void> {
  await page.mouse.move(400, 300);
  for (let done = 0; done < distance; done += 240) {
    await page.mouse.wheel(0, -240);
    await page.waitForTimeout(16);
  }
}

test('a conversation of 2,000 messages opens, scrolls and goes on', async ({ page }) => {
  test.setTimeout(600_000);
  await openReady(page, '?token=0&answer=long');
  await page.getByRole('button', { name: 'Conversations' }).click();
  await page.locator('input[type=file][accept*=json]').setInputFiles({
    name: 'long.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(conversationOf(2000))),
  });
  await expect(page.getByText('Question 1998', { exact: true })).toBeVisible();
  // Rows far from the view are not there.
  const rows = page.locator('.turn');
  await expect.poll(() => rows.count()).toBeLessThan(40);
  await staysFree(page, 'scrolling through 2,000 messages', PACED, {
    before: () => toEnd(page),
    measured: () => wheelUp(page, 12_000),
  });
  await expect.poll(() => rows.count()).toBeLessThan(40);

  await staysFree(page, 'streaming after 2,000 messages', FLOOD, {
    measured: async () => {
      await ask(page, 'And now?');
      await answered(page, 60_000);
    },
  });
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
