/**
 * Conversations as files: JSON, with all branches, that comes back whole; and
 * Markdown of the branch that is shown, for people.
 */
import * as v from 'valibot';
import { withFiles } from './attachments.ts';
import { BodySchema, HeadSchema, type Body, type Head, type Message } from './conversation.ts';
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
  const said = visiblePath(treeOf(body)).map(
    (message) => `## ${speaker(message, words)}\n\n${told(message)}`,
  );
  const parts = [`# ${title}`, ...(system === '' ? [] : [`## ${words.system}\n\n${system}`]), ...said];
  return { name: `${fileName(title)}.md`, type: 'text/markdown', text: `${parts.join('\n\n')}\n` };
}

function speaker({ role, figures }: Message, words: MarkdownWords): string {
  return role === 'user' ? words.you : figures?.model || words.model;
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

/** Nothing that is here is overwritten: a conversation whose id is taken comes as another. */
export function readJson(text: string, isTaken: (id: string) => boolean): Reading {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { ok: false, why: 'notJson', at: '' };
  }
  const kind = v.safeParse(v.object({ format: v.literal(FORMAT), version: v.number() }), parsed);
  if (!kind.success) return { ok: false, why: 'notOurs', at: '' };
  if (kind.output.version > VERSION) return { ok: false, why: 'newer', at: '' };
  const file = v.safeParse(FileSchema, parsed);
  if (!file.success) return { ok: false, why: 'unreadable', at: v.getDotPath(file.issues[0]) ?? '' };
  const here = new Set<string>();
  const conversations = file.output.conversations.map(({ messages, chosen, ...head }): Kept => {
    const id = isTaken(head.id) || here.has(head.id) ? newId('conversation') : head.id;
    here.add(id);
    return { head: { ...head, id }, body: { messages, chosen } };
  });
  return { ok: true, conversations };
}
