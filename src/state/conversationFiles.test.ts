import { describe, expect, it } from 'vitest';
import { newHead, type Message } from './conversation.ts';
import { jsonOf, markdownOf, readFile, type Kept } from './conversationFiles.ts';

function message(id: string, parent: string | null, content: string, more: Partial<Message> = {}): Message {
  return {
    id,
    parent,
    role: id.startsWith('q') ? 'user' : 'assistant',
    content,
    createdAt: 1,
    figures: null,
    end: null,
    droppedMessages: 0,
    reasoningMs: null,
    attachments: [],
    ...more,
  };
}

const FIGURES = { tokens: 6, tokensPerSecond: 31.4, timeToFirstTokenMs: 412, model: 'SmolLM2' };
const KEPT: Kept = {
  head: {
    ...newHead('a'),
    title: 'Rain: a "bow"?',
    titledBy: 'user',
    pinned: true,
    systemPrompt: 'Be brief.',
  },
  body: {
    messages: [
      message('q1', null, 'How?', {
        attachments: [{ name: 'rain.txt', text: 'Drops.', bytes: 6, tokens: 2 }],
      }),
      message('a1', 'q1', 'Light bends.', { figures: FIGURES, end: 'stop' }),
      message('a2', 'q1', '<think>Hm.</think>\n\nIt bends.', { end: 'length', reasoningMs: 5 }),
    ],
    chosen: { q1: 'a1' },
  },
};
const WORDS = {
  untitled: 'Conversation',
  you: 'You',
  model: 'Model',
  guide: 'The guide',
  system: 'System prompt',
};
const free = (): boolean => false;

describe('JSON', () => {
  it('comes back whole, with every branch', () => {
    const other = { ...KEPT, head: newHead('b') };
    const { text, name, type } = jsonOf([KEPT, other], KEPT.head.title);
    expect([name, type]).toEqual(['Rain a bow.json', 'application/json']);
    expect(readFile(text, free)).toEqual({ ok: true, conversations: [KEPT, other] });
  });

  it('overwrites nothing: what has an id that is taken comes as another', () => {
    const read = readFile(jsonOf([KEPT, KEPT], 'x').text, (id) => id === 'a');
    if (!read.ok) throw new Error(read.why);
    const ids = read.conversations.map(({ head }) => head.id);
    expect(new Set([...ids, 'a']).size).toBe(3);
    expect(read.conversations.map(({ body }) => body)).toEqual([KEPT.body, KEPT.body]);
  });

  it.each(['9e15', '1e20', '1e999', '-1'])('takes a time that can not be, %s, for now', (time) => {
    const before = Date.now();
    const read = readFile(jsonOf([KEPT], 'x').text.replace(/(At": )\d+/g, `$1${time}`), free);
    if (!read.ok) throw new Error(read.why);
    const [kept] = read.conversations;
    const times = [kept?.head.createdAt, kept?.head.updatedAt, kept?.body.messages[1]?.createdAt];
    for (const one of times) expect(one).toBeGreaterThanOrEqual(before);
    for (const one of times) expect(one).toBeLessThanOrEqual(Date.now());
  });

  it.each([
    ['{', { why: 'notOurs', at: '' }],
    ['[1]', { why: 'notOurs', at: '' }],
    ['{"format":"shoal-conversations","version":2,"conversations":[]}', { why: 'newer', at: '' }],
    [
      jsonOf([KEPT], 'x').text.replace('"Light bends."', '7'),
      { why: 'unreadable', at: 'conversations.0.messages.1.content' },
    ],
    [
      jsonOf([KEPT], 'x').text.replaceAll('"parent": "q1"', '"parent": "a2"'),
      { why: 'unreadable', at: 'conversations.0.messages' },
    ],
  ])('refuses what it is not: %.40s', (text, refusal) => {
    expect(readFile(text, free)).toEqual({ ok: false, ...refusal });
  });
});

describe('Markdown', () => {
  it.each([
    ['of earlier pages, by its title', undefined, '向导'],
    ['by its id', 'guide', '向导'],
    ['and no other model of that title', 'own', 'Guide'],
  ])('names the guide as the reader’s language does, %s', (_, modelId, name) => {
    const said = { ...FIGURES, model: 'Guide', modelId };
    const messages = KEPT.body.messages.map((one) => (one.id === 'a1' ? { ...one, figures: said } : one));
    const { text } = markdownOf({ ...KEPT, body: { ...KEPT.body, messages } }, { ...WORDS, guide: '向导' });
    expect(text.match(/^## .* <!-- shoal: assistant -->$/gm)).toContain(
      `## ${name} <!-- shoal: assistant -->`,
    );
    expect(text.includes('Guide')).toBe(name === 'Guide');
  });

  it('has the branch that is shown, with files and without reasoning', () => {
    expect(markdownOf(KEPT, WORDS)).toEqual({
      name: 'Rain a bow.md',
      type: 'text/markdown',
      text: `# Rain: a "bow"?

## System prompt <!-- shoal: system -->

Be brief.

## You <!-- shoal: user -->

File: rain.txt
\`\`\`
Drops.
\`\`\`

How?

## SmolLM2 <!-- shoal: assistant -->

Light bends.
`,
    });
    const other = markdownOf({ ...KEPT, body: { ...KEPT.body, chosen: {} } }, WORDS).text;
    expect(other).toContain('## Model <!-- shoal: assistant -->\n\nIt bends.\n');
    expect(other).not.toContain('Hm.');
  });

  it('brings the words back, by who said them, marks in them or not', () => {
    const said = 'One\n\n## Two\n\n## You <!-- shoal: user -->\n\nThree';
    const body = { messages: [KEPT.body.messages[0]!, message('a1', 'q1', said)], chosen: {} };
    const read = readFile(markdownOf({ ...KEPT, body }, WORDS).text.replaceAll('\n', '\r\n'), free);
    if (!read.ok) throw new Error(read.why);
    expect(read.conversations).toMatchObject([
      {
        head: { title: 'Rain: a "bow"?', titledBy: 'user', systemPrompt: 'Be brief.' },
        body: {
          messages: [
            { role: 'user', parent: null, content: 'File: rain.txt\n```\nDrops.\n```\n\nHow?' },
            {
              role: 'assistant',
              content: said.replace('<!-- shoal:', '<!-- Shoal:'),
              figures: { model: 'Model' },
            },
          ],
        },
      },
    ]);
    const [first, second] = read.conversations[0]?.body.messages ?? [];
    expect(second?.parent).toBe(first?.id);
  });

  it('has a name where there is no title', () => {
    expect(markdownOf({ ...KEPT, head: { ...KEPT.head, title: '' } }, WORDS).name).toBe('Conversation.md');
    expect(markdownOf({ ...KEPT, head: { ...KEPT.head, title: '../..' } }, WORDS).name).toBe(
      'conversation.md',
    );
  });
});
