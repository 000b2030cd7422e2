/**
 * What a conversation holds, in the page as built: code, tables, formulas, reasoning and
 * what would like to leave the device; what an older page kept; two thousand messages.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { chinese } from '../../src/ui/chinese/index.ts';
import { english } from '../../src/ui/english/index.ts';
import { store } from '../ui/conversationSteps.ts';
import { saysOnce } from '../ui/steps.ts';
import { dropPath, origins, test } from './product.ts';
import { openAs, type Reader } from './reader.ts';

const ELSEWHERE = 'https://elsewhere.example';
const CODE = 'const fish: string[] = [];\nfor (const one of fish) console.log(`${one}`);';
const RICH = `<think>
First the moon, then the sun.
</think>

The energy is $E = mc^2$; it costs $5 and $10.

\`\`\`ts
${CODE}
\`\`\`

| tide | height |
| --- | --: |
| high | 4.1 m |

See [the table](${ELSEWHERE}/table) and ![a wave](${ELSEWHERE}/pixel.png?q=secret).

<img src="${ELSEWHERE}/html.png" onerror="window.stolen = 1"><script>window.stolen = 2</script>

[a trap](javascript:window.stolen=3)`;

interface Turn {
  readonly content: string;
  readonly reasoningMs?: number;
}

/** A file as the page exports it: questions and answers in turn. */
function exported(title: string, turns: readonly Turn[]): string {
  const messages = turns.map(({ content, reasoningMs = null }, at) => ({
    id: `${title}-${at}`,
    parent: at === 0 ? null : `${title}-${at - 1}`,
    role: at % 2 === 0 ? 'user' : 'assistant',
    content,
    createdAt: 1_764_000_000_000 + at,
    figures: null,
    end: at % 2 === 0 ? null : 'stop',
    droppedMessages: 0,
    reasoningMs,
    attachments: [],
  }));
  const times = { createdAt: 1_764_000_000_000, updatedAt: 1_764_000_000_000 };
  const head = { id: title, title, titledBy: 'user', ...times, pinned: false, systemPrompt: null };
  return JSON.stringify({
    format: 'shoal-conversations',
    version: 1,
    conversations: [{ ...head, messages, chosen: {} }],
  });
}

/** As the page kept them before there was more than one conversation. */
const VERSION_1 = {
  conversation: [
    { id: 'q', role: 'user', content: 'How do rainbows form?', figures: null, end: null, droppedMessages: 0 },
    {
      id: 'a',
      role: 'assistant',
      content: 'Light bends in drops.',
      figures: { tokens: 6, tokensPerSecond: 31.4, timeToFirstTokenMs: 412 },
      end: 'stop',
      droppedMessages: 0,
    },
  ],
};

const bring = (read: Reader, title: string, turns: readonly Turn[]): Promise<void> =>
  read.give(read.button(read.words.conversations.import), `${title}.json`, exported(title, turns));

/** Words and names around an answer, in the reader's language. */
async function drawn(read: Reader, thought: string): Promise<void> {
  const { chat } = read.words;
  const said = read.answers();
  await expect(said.locator('summary')).toHaveText(thought);
  await expect(said.getByRole('group', { name: chat.code('ts') })).toContainText('const fish');
  await expect(said.getByRole('group', { name: chat.table }).getByRole('cell')).toHaveText(['high', '4.1 m']);
  await expect(said.getByText(chat.image('a wave'))).toBeVisible();
  await read.page.evaluate(() => navigator.clipboard.writeText(''));
  await saysOnce(said.locator('.code .copy'), chat.copied);
  expect((await read.clipboard()).trim()).toBe(CODE);
}

test('code, tables, formulas and reasoning are drawn when there are some, and nothing leaves the device', async ({
  product,
  launchOptions,
}) => {
  const read = await openAs(product, launchOptions.args, {
    locale: 'en-GB',
    words: english,
    before: (page) => store(page, VERSION_1),
  });
  const { page } = read;
  const asked = origins(page.context());
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(request.url()));
  await expect(read.answers()).toContainText('Light bends in drops.');
  await read.button(read.words.frame.conversations).click();
  await expect(page.locator('.item-open')).toHaveText(['How do rainbows form?']);
  await read.ready();
  const lazy = /highlight|Maths|KaTeX/;
  expect(fetched.filter((url) => lazy.test(url))).toEqual([]);

  await bring(read, 'Tides', [{ content: 'Why?' }, { content: RICH, reasoningMs: 2800 }]);
  const said = read.answers();
  await expect(said.locator('.hljs-keyword').first()).toHaveText('const');
  await expect(said.locator('.katex math')).toHaveCount(1);
  await expect(said.getByText('it costs $5 and $10.')).toBeVisible();
  expect(fetched.some((url) => /highlight.*\.js$/.test(url))).toBe(true);
  expect(fetched.some((url) => /Maths.*\.js$/.test(url))).toBe(true);

  await expect(said).not.toContainText('First the moon');
  await said.locator('summary').press('Enter');
  await expect(said.getByRole('group', { name: 'What it thought' })).toContainText('First the moon');
  await said.locator('summary').press('Enter');
  const link = said.getByRole('link', { name: 'the table' });
  await expect(link).toHaveAttribute('target', '_blank');
  await expect(link).toHaveAttribute('rel', /noopener/);
  await expect(said.locator('img, script, [onerror], a[href^=javascript]')).toHaveCount(0);
  await drawn(read, 'Thought for 3 s');
  await read.change(chinese);
  await drawn(read, '思考了 3 秒');
  expect(await page.evaluate(() => 'stolen' in window)).toBe(false);
  expect([...asked]).toEqual([new URL(product.url).origin]);
  expect(fetched.filter((url) => url.startsWith(ELSEWHERE))).toEqual([]);

  const turns = Array.from({ length: 2000 }, (_, at) => ({ content: at % 2 ? RICH : `Question ${at}` }));
  await bring(read, 'Long', turns);
  await expect(page.getByText('Question 1998', { exact: true })).toBeVisible();
  // Rows far from the view are not there.
  await expect.poll(() => page.locator('.turn').count()).toBeLessThan(40);
  await read.ask('hello');
  await page.reload();
  await expect(read.question().locator('.said')).toHaveText('hello');
});

test('a text file goes with a question, its tokens counted by the guide; one too long, or no text, is refused in words', async ({
  product,
  launchOptions,
}) => {
  const folder = await mkdtemp(join(tmpdir(), 'shoal-'));
  const read = await openAs(product, launchOptions.args, { locale: 'en-GB', words: english });
  const { page } = read;
  await read.ready();
  const attach = (name: string, words: number): Promise<void> =>
    read.give(read.button(read.words.chat.attach), name, 'The fox is red and small. '.repeat(words / 6));
  await attach('long.txt', 60_000);
  await expect(
    page.getByText(/^long\.txt is too long: [\d,]+ tokens, where the context leaves \d+\./),
  ).toBeVisible();
  await attach('fox.txt', 60);
  await expect(page.getByRole('list', { name: 'Files for this message' })).toHaveText(
    /^fox\.txt\s*\d+ tokens$/,
  );
  await read.change(chinese);
  const attached = page.getByRole('list', { name: chinese.chat.attached });
  await expect(attached).toHaveText(/^fox\.txt\s*\d+ 个词元$/);
  await attach('更长.txt', 60_000);
  await expect(page.getByText(/^更长\.txt 太长：有 [\d,]+ 个词元，而上下文只剩 \d+ 个。/)).toBeVisible();
  await writeFile(join(folder, 'picture.txt'), Buffer.from([0x89, 0x50, 0, 0, 1, 2, 3]));
  await dropPath(page, join(folder, 'picture.txt'));
  await expect(page.getByText(chinese.notices.fileRefused('picture.txt', 'binary', 0, 0))).toBeVisible();
  await writeFile(join(folder, 'moon.md'), '# The moon\n\nIt is far.');
  await dropPath(page, join(folder, 'moon.md'));
  await expect(attached.getByRole('listitem')).toHaveText([/^fox\.txt/, /^moon\.md\s*\d+ 个词元$/]);
  await read.button(chinese.chat.detach('moon.md')).click();
  await read.ask('What is this about?');
  await expect(read.question().getByRole('list', { name: chinese.chat.files })).toHaveText(
    /^fox\.txt\s*\d+ 个词元$/,
  );
  await rm(folder, { recursive: true });
});
