/**
 * What a conversation is, here and on the disk. Its messages are a tree: each
 * names the one it answers or follows (`parent`), and where several follow the
 * same one, `chosen` names the branch that is shown.
 */
import * as v from 'valibot';
import { GUIDE_TITLE } from '../base/guide.ts';
import { GUIDE_ID } from '../protocol/api.ts';

/** A text file given with a question. */
const AttachmentSchema = v.object({
  name: v.string(),
  text: v.string(),
  /** Of the file. */
  bytes: v.number(),
  /** In the vocabulary of the model that was loaded then, or estimated where none was. */
  tokens: v.number(),
});

const FiguresSchema = v.object({
  tokens: v.number(),
  tokensPerSecond: v.number(),
  timeToFirstTokenMs: v.number(),
  /** Title of the model that spoke; '' where it was not noted. */
  model: v.string(),
  /** Its id; of earlier pages' answers, and of those two models spoke, none is kept. */
  modelId: v.optional(v.string()),
});

export const MessageSchema = v.object({
  id: v.string(),
  /** The message before it; null for the first of a conversation. */
  parent: v.nullable(v.string()),
  role: v.picklist(['user', 'assistant']),
  /** As it was written; of an answer with the markers around its reasoning (reasoning.ts). */
  content: v.string(),
  /** Milliseconds since 1970. */
  createdAt: v.number(),
  figures: v.nullable(FiguresSchema),
  /** How an answer ended; null for what the user wrote. */
  end: v.nullable(v.picklist(['stop', 'length', 'aborted', 'context', 'failed'])),
  droppedMessages: v.number(),
  /** How long it reasoned before it answered; null where it did not, or nobody measured. */
  reasoningMs: v.nullable(v.number()),
  attachments: v.array(AttachmentSchema),
});

function isTree(messages: readonly { readonly id: string; readonly parent: string | null }[]): boolean {
  const before = new Set<string>();
  for (const { id, parent } of messages) {
    if (before.has(id) || (parent !== null && !before.has(parent))) return false;
    before.add(id);
  }
  return true;
}

/** What the list knows of a conversation without reading it. */
export const HeadSchema = v.object({
  id: v.string(),
  /** '' until something was asked. */
  title: v.string(),
  titledBy: v.picklist(['question', 'user']),
  createdAt: v.number(),
  /** When it was last asked or answered in; renaming does not count. */
  updatedAt: v.number(),
  pinned: v.boolean(),
  /** Told to the model first; null for the one in the settings. */
  systemPrompt: v.nullable(v.string()),
});

export const BodySchema = v.object({
  /** In the order they were written: a message stands after its parent. */
  messages: v.pipe(
    v.array(MessageSchema),
    v.check((messages) => isTree(messages), 'messages that form no tree'),
  ),
  /** The child shown of each message that has several; of the first ones under ROOT. */
  chosen: v.record(v.string(), v.string()),
});

export const DraftSchema = v.object({
  text: v.string(),
  attachments: v.array(AttachmentSchema),
  /** Of a new chat; null for the one in the settings. Earlier pages kept none. */
  systemPrompt: v.optional(v.nullable(v.string()), null),
});

/** Where `chosen` keeps which of the first messages is shown. */
export const ROOT = '';

export type Attachment = Readonly<v.InferOutput<typeof AttachmentSchema>>;
export type Message = Readonly<
  Omit<v.InferOutput<typeof MessageSchema>, 'attachments'> & { attachments: readonly Attachment[] }
>;
export type Figures = Readonly<v.InferOutput<typeof FiguresSchema>>;
export type Head = Readonly<v.InferOutput<typeof HeadSchema>>;

export interface Body {
  readonly messages: readonly Message[];
  readonly chosen: Readonly<Record<string, string>>;
}

/** What was typed but not sent. */
export interface Draft {
  readonly text: string;
  readonly attachments: readonly Attachment[];
  /** Of a new chat; null for the one in the settings. */
  readonly systemPrompt: string | null;
}

export const NO_DRAFT: Draft = { text: '', attachments: [], systemPrompt: null };
export const NO_BODY: Body = { messages: [], chosen: {} };

/** Whether the built-in model spoke: other models may have its title. */
export function saidByGuide({ model, modelId }: Pick<Figures, 'model' | 'modelId'>): boolean {
  return modelId === undefined ? model === GUIDE_TITLE : modelId === GUIDE_ID;
}

export function newHead(id: string): Head {
  const now = Date.now();
  return {
    id,
    title: '',
    titledBy: 'question',
    createdAt: now,
    updatedAt: now,
    pinned: false,
    systemPrompt: null,
  };
}

/** What its messages tell of a conversation: for one whose head is lost, or never was. */
export function headFrom(id: string, { messages }: Body): Head {
  const head = newHead(id);
  const question = messages.find(({ role }) => role === 'user');
  return {
    ...head,
    title: titleFrom(question?.content ?? ''),
    createdAt: messages[0]?.createdAt ?? head.createdAt,
    updatedAt: messages.at(-1)?.createdAt ?? head.updatedAt,
  };
}

const TITLE_LENGTH = 60;

/** A title from what was asked first: its first line, cut between words. */
export function titleFrom(question: string): string {
  const line = question
    .split('\n')
    .map((text) => text.trim().replace(/\s+/g, ' '))
    .find((text) => text !== '');
  if (line === undefined || line.length <= TITLE_LENGTH) return line ?? '';
  // Not in the middle of a character of two code units.
  const cut = line.slice(0, TITLE_LENGTH).replace(/[\ud800-\udbff]$/, '');
  const space = cut.lastIndexOf(' ');
  return `${cut.slice(0, space > TITLE_LENGTH / 2 ? space : cut.length)}…`;
}
