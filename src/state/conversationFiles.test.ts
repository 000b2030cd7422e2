import { describe, expect, it } from 'vitest';
import { newHead, type Message } from './conversation.ts';
import { jsonOf, markdownOf, readJson, type Kept } from './conversationFiles.ts';

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
const WORDS = { untitled: 'Conversation', you: 'You', model: 'Model', system: 'System prompt' };
const free = (): boolean => false;

describe('JSON', () => {
  it('comes back whole, with every branch', () => {
    const other = { ...KEPT, head: newHead('b') };
    const { text, name, type } = jsonOf([KEPT, other], KEPT.head.title);
    expect([name, type]).toEqual(['Rain a bow.json', 'application/json']);
    expect(readJson(text, free)).toEqual({ ok: true, conversations: [KEPT, other] });
  });

  it('overwrites nothing: what has an id that is taken comes as another', () => {
    const read = readJson(jsonOf([KEPT, KEPT], 'x').text, (id) => id === 'a');
    if (!read.ok) throw new Error(read.why);
    const ids = read.conversations.map(({ head }) => head.id);
    expect(new Set([...ids, 'a']).size).toBe(3);
    expect(read.conversations.map(({ body }) => body)).toEqual([KEPT.body, KEPT.body]);
  });

  it.each([
    ['{', { why: 'notJson', at: '' }],
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
    expect(readJson(text, free)).toEqual({ ok: false, ...refusal });
  });
});

describe('Markdown', () => {
  it('has the branch that is shown, with files and without reasoning', () => {
    expect(markdownOf(KEPT, WORDS)).toEqual({
      name: 'Rain a bow.md',
      type: 'text/markdown',
      text: `# Rain: a "bow"?

## System prompt

Be brief.

## You

File: rain.txt
\`\`\`
Drops.
\`\`\`

How?

## SmolLM2

Light bends.
`,
    });
    const other = markdownOf({ ...KEPT, body: { ...KEPT.body, chosen: {} } }, WORDS).text;
    expect(other).toContain('## Model\n\nIt bends.\n');
    expect(other).not.toContain('Hm.');
  });

  it('has a name where there is no title', () => {
    expect(markdownOf({ ...KEPT, head: { ...KEPT.head, title: '' } }, WORDS).name).toBe('Conversation.md');
    expect(markdownOf({ ...KEPT, head: { ...KEPT.head, title: '../..' } }, WORDS).name).toBe(
      'conversation.md',
    );
  });
});
