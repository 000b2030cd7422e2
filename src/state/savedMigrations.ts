/**
 * How what older pages stored becomes what this one stores. One transaction: it
 * happens whole or not at all. A page never touches what a newer one wrote.
 */
import { promisifyRequest } from 'idb-keyval';
import * as v from 'valibot';
import { headFrom, type Body, type Message } from './conversation.ts';
import { newId } from './ids.ts';
import { BODIES, HEADS, SET_ASIDE, type Opened } from './savedKeys.ts';

const SCHEMA_VERSION = 2;

/** Version 1: one conversation, under this key, as a list of messages. */
const LINEAR = 'conversation';

const LinearSchema = v.array(
  v.object({
    id: v.string(),
    role: v.picklist(['user', 'assistant']),
    content: v.string(),
    figures: v.nullable(
      v.object({ tokens: v.number(), tokensPerSecond: v.number(), timeToFirstTokenMs: v.number() }),
    ),
    end: v.nullable(v.picklist(['stop', 'length', 'aborted', 'context', 'failed'])),
    droppedMessages: v.number(),
  }),
);

export async function bringUpToDate(entries: IDBObjectStore): Promise<Opened> {
  const version = (await promisifyRequest<unknown>(entries.get('schema'))) ?? 1;
  if (typeof version !== 'number' || version > SCHEMA_VERSION) return { phase: 'newer' };
  // Not only below 2: a tab that still runs the older page may have written once more.
  const setAside = await splitConversation(entries);
  if (version < SCHEMA_VERSION) entries.put(SCHEMA_VERSION, 'schema');
  await promisifyRequest(entries.transaction);
  return { phase: 'open', setAside };
}

/** 1 → 2: the one conversation becomes the first of many. Tells how many entries could not be read. */
async function splitConversation(entries: IDBObjectStore): Promise<number> {
  const stored = await promisifyRequest<unknown>(entries.get(LINEAR));
  if (stored === undefined) return 0;
  entries.delete(LINEAR);
  const parsed = v.safeParse(LinearSchema, stored);
  if (!parsed.success) {
    entries.put(stored, `${SET_ASIDE}${LINEAR}-${Date.now()}`);
    return 1;
  }
  if (parsed.output.length === 0) return 0;
  const id = newId('conversation');
  const body: Body = { messages: linked(parsed.output), chosen: {} };
  const head = headFrom(id, body);
  entries.put(head, `${HEADS}${id}`);
  entries.put(body, `${BODIES}${id}`);
  entries.put(id, 'open');
  return 0;
}

/** Each message follows the one before it. */
function linked(messages: v.InferOutput<typeof LinearSchema>): readonly Message[] {
  return messages.map((message, index) => ({
    ...message,
    parent: messages[index - 1]?.id ?? null,
    createdAt: whenNamed(message.id),
    figures: message.figures && { ...message.figures, model: '' },
    reasoningMs: null,
    attachments: [],
  }));
}

/** Version 1 kept no times, but named messages by them: kind-milliseconds-count. */
function whenNamed(id: string): number {
  const named = /-(\d{13})-\d+$/.exec(id)?.[1];
  return named === undefined ? Date.now() : Number(named);
}
