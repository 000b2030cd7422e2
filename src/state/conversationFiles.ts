/**
 * Conversations as files: JSON, with all branches, that comes back whole; and
 * Markdown of the branch that is shown, for people. Of that the words come back,
 * by who said them: comments that no reader shows say where each one begins.
 */
import * as v from 'valibot';
import { withFiles } from './attachments.ts';
import {
  BodySchema,
  HeadSchema,
  newHead,
  saidByGuide,
  type Body,
  type Head,
  type Message,
} from './conversation.ts';
import { newId } from './ids.ts';
import type { ImportRefusal } from './notices.ts';
import { splitReasoning } from './reasoning.ts';
import { treeOf, visiblePath } from './tree.ts';

export interface Kept {
  readonly head: Head;
  readonly body: Body;
}

export interface TextFile {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

/** What Markdown calls things, in the reader's language. */
export interface MarkdownWords {
  readonly untitled: string;
  readonly you: string;
  readonly model: string;
  readonly guide: string;
  readonly system: string;
}

const FORMAT = 'shoal-conversations';
const VERSION = 1;

const FileSchema = v.object({
  format: v.literal(FORMAT),
  version: v.literal(VERSION),
  conversations: v.array(v.object({ ...HeadSchema.entries, ...BodySchema.entries })),
});

export function jsonOf(conversations: readonly Kept[], name: string): TextFile {
  const file = {
    format: FORMAT,
    version: VERSION,
    exportedAt: new Date().toISOString(),
    conversations: conversations.map(({ head, body: { messages, chosen } }) => ({
      ...head,
      messages,
      chosen,
    })),
  };
  return {
    name: `${fileName(name)}.json`,
    type: 'application/json',
    text: `${JSON.stringify(file, null, 1)}\n`,
  };
}

export function markdownOf({ head, body }: Kept, words: MarkdownWords): TextFile {
  const title = head.title || words.untitled;
  const system = head.systemPrompt?.trim() ?? '';
  const said = visiblePath(treeOf(body)).map((message) =>
    section(speaker(message, words), message.role, told(message)),
  );
  const parts = [`# ${title}`, ...(system === '' ? [] : [section(words.system, 'system', system)]), ...said];
  return { name: `${fileName(title)}.md`, type: 'text/markdown', text: `${parts.join('\n\n')}\n` };
}

type Speaker = Message['role'] | 'system';

const MARK = /^## (.*) <!-- shoal: (user|assistant|system) -->$/m;

function section(title: string, role: Speaker, text: string): string {
  // A mark that was said, of a file like this one, is said otherwise.
  return `## ${title} <!-- shoal: ${role} -->\n\n${text.replaceAll('<!-- shoal:', '<!-- Shoal:')}`;
}

function speaker({ role, figures }: Message, words: MarkdownWords): string {
  if (role === 'user') return words.you;
  return figures && saidByGuide(figures) ? words.guide : figures?.model || words.model;
}

/** Reasoning stays out: it is not what was answered. */
function told(message: Message): string {
  return message.role === 'user' ? withFiles(message) : splitReasoning(message.content).answer.trim();
}

/** What no file system takes in a name goes. */
function fileName(title: string): string {
  const plain = title
    .replace(/[\p{Cc}<>:"/\\|?*]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. …]+$/g, '');
  return plain.slice(0, 80).trim() || 'conversation';
}

export type Reading =
  | { readonly ok: true; readonly conversations: readonly Kept[] }
  /** `at` is the place in the file where that is known. */
  | { readonly ok: false; readonly why: ImportRefusal; readonly at: string };

/** The conversation in a file that `markdownOf` made, as a new one; null for any other text. */
function readMarkdown(text: string): Kept | null {
  // Title, speaker, words, and again, after what stands before the first mark.
  const [before = '', ...parts] = text.replaceAll('\r\n', '\n').split(new RegExp(MARK, 'gm'));
  if (parts.length === 0) return null;
  const head = newHead(newId('conversation'));
  const messages: Message[] = [];
  let systemPrompt: string | null = null;
  for (let at = 0; at + 2 < parts.length; at += 3) {
    const [title = '', role, said = ''] = parts.slice(at, at + 3);
    const content = said.trim();
    if (role === 'system') systemPrompt = content;
    else
      messages.push(
        messageOf(messages.at(-1)?.id ?? null, role === 'user' ? role : 'assistant', title, content),
      );
  }
  const title = /^# (.*)$/m.exec(before)?.[1]?.trim() ?? '';
  return { head: { ...head, title, titledBy: 'user', systemPrompt }, body: { messages, chosen: {} } };
}

function messageOf(parent: string | null, role: Message['role'], title: string, content: string): Message {
  const figures = { tokens: 0, tokensPerSecond: 0, timeToFirstTokenMs: 0, model: title };
  return {
    id: newId(role === 'user' ? 'question' : 'answer'),
    parent,
    role,
    content,
    createdAt: Date.now(),
    figures: role === 'user' ? null : figures,
    end: role === 'user' ? null : 'stop',
    droppedMessages: 0,
    reasoningMs: null,
    attachments: [],
  };
}

/** Nothing that is here is overwritten: a conversation whose id is taken comes as another. */
export function readFile(text: string, isTaken: (id: string) => boolean): Reading {
  const told = readMarkdown(text);
  return told ? { ok: true, conversations: [told] } : readJson(text, isTaken);
}

function readJson(text: string, isTaken: (id: string) => boolean): Reading {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { ok: false, why: 'notOurs', at: '' };
  }
  const kind = v.safeParse(v.object({ format: v.literal(FORMAT), version: v.number() }), parsed);
  if (!kind.success) return { ok: false, why: 'notOurs', at: '' };
  if (kind.output.version > VERSION) return { ok: false, why: 'newer', at: '' };
  const file = v.safeParse(FileSchema, parsed);
  if (!file.success) return { ok: false, why: 'unreadable', at: v.getDotPath(file.issues[0]) ?? '' };
  const here = new Set<string>();
  const now = Date.now();
  const conversations = file.output.conversations.map(({ messages: said, chosen, ...given }): Kept => {
    const id = isTaken(given.id) || here.has(given.id) ? newId('conversation') : given.id;
    here.add(id);
    const head = {
      ...given,
      id,
      createdAt: pastOr(now, given.createdAt),
      updatedAt: pastOr(now, given.updatedAt),
    };
    const messages = said.map((message) => ({ ...message, createdAt: pastOr(now, message.createdAt) }));
    return { head, body: { messages, chosen } };
  });
  return { ok: true, conversations };
}

/** What counts in other units, or comes from a clock that is ahead, was never. */
function pastOr(now: number, time: number): number {
  return time >= 0 && time <= now ? time : now;
}
