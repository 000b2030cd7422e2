/**
 * The page's own memory, in IndexedDB: the conversation, the settings and the
 * model used last. What comes back is checked, since an older version of the
 * page may have written it. Reading what is not there, or not allowed, gives
 * null; a write says whether it held.
 */
import { createStore, get, set, type UseStore } from 'idb-keyval';
import * as v from 'valibot';
import { SettingsSchema, type Settings } from './settingsSchema.ts';

const FiguresSchema = v.object({
  tokens: v.number(),
  tokensPerSecond: v.number(),
  timeToFirstTokenMs: v.number(),
});

const MessageSchema = v.object({
  id: v.string(),
  role: v.picklist(['user', 'assistant']),
  content: v.string(),
  figures: v.nullable(FiguresSchema),
  /** How an answer ended; null for what the user wrote. */
  end: v.nullable(v.picklist(['stop', 'length', 'aborted', 'context', 'failed'])),
  droppedMessages: v.number(),
});

export type Message = Readonly<v.InferOutput<typeof MessageSchema>>;

let opened: UseStore | undefined;
const place = (): UseStore => (opened ??= createStore('shoal-page', 'facts'));

async function read<T>(key: string, schema: v.GenericSchema<unknown, T>): Promise<T | null> {
  const stored = await get<unknown>(key, place()).catch(() => undefined);
  const parsed = v.safeParse(schema, stored);
  return parsed.success ? parsed.output : null;
}

async function write(key: string, value: unknown): Promise<boolean> {
  return set(key, value, place()).then(
    () => true,
    () => false,
  );
}

export const saved = {
  conversation: () => read('conversation', v.array(MessageSchema)),
  keepConversation: (messages: readonly Message[]) => write('conversation', messages),
  settings: () => read('settings', SettingsSchema),
  keepSettings: (settings: Settings) => write('settings', settings),
  lastModel: () => read('last-model', v.string()),
  keepLastModel: (id: string | null) => write('last-model', id),
};
