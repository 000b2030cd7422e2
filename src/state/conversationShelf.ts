/**
 * The conversations that are kept: all their heads here, their messages on the
 * disk until one is opened. Other tabs' changes arrive by themselves: of two to
 * one head the later holds, trees are joined.
 */
import * as v from 'valibot';
import { createStore } from 'zustand/vanilla';
import type { Alerts } from './alerts.ts';
import type { Channel } from './channel.ts';
import {
  BodySchema,
  DraftSchema,
  headFrom,
  HeadSchema,
  NO_BODY,
  NO_DRAFT,
  type Body,
  type Draft,
  type Head,
} from './conversation.ts';
import { createSync } from './conversationSync.ts';
import type { Notices } from './notices.ts';
import { BODIES, DRAFTS, HEADS, SET_ASIDE } from './savedKeys.ts';
import { open, readEntries, readEntry, readKeys } from './savedPlace.ts';
import { createWrites, type Writes } from './savedWrites.ts';

/** A draft is written this long after a key, whatever is typed meanwhile. */
const DRAFT_WITHIN_MS = 400;

export interface ShelfFacts {
  /** Newest first; null until they were read. */
  readonly heads: readonly Head[] | null;
}

export type Shelf = ReturnType<typeof createShelf>;

interface Neighbours {
  /** To the page's other tabs. */
  readonly channel: Channel;
  readonly alerts: Alerts;
  readonly notices: Notices;
}

export function createShelf({ channel, alerts, notices }: Neighbours) {
  const heads = createHeads();
  const { store, setHeads, headOf, placeHead } = heads;
  const listeners: ((id: string) => void)[] = [];
  const sync = createSync(
    channel,
    (keys) => void hearWritten(heads, writes, keys, (id) => listeners.forEach((listener) => listener(id))),
  );
  const writes = createWrites({
    onWritten: (keys) => sync.tell(keys),
    onFailed: () => void tellUnkept(alerts),
  });

  async function restore(): Promise<void> {
    const opened = await open();
    if (opened.phase === 'newer') notices.tell({ kind: 'newer' });
    const { heads, setAside } = await readHeads(writes);
    // What began while they were read is newer.
    setHeads((begun) => [...heads.filter(({ id }) => !begun.some((head) => head.id === id)), ...begun]);
    const count = setAside + (opened.phase === 'open' ? opened.setAside : 0);
    if (count > 0) notices.tell({ kind: 'setAside', count });
  }

  function keepAll(conversations: readonly { readonly head: Head; readonly body: Body }[]): void {
    // First: whoever hears of the heads may read the messages at once.
    writes.put(
      conversations.flatMap(({ head, body: { messages, chosen } }) => [
        [HEADS + head.id, head] as const,
        [BODIES + head.id, { messages, chosen } satisfies Body] as const,
      ]),
    );
    const fresh = new Set(conversations.map(({ head }) => head.id));
    setHeads((heads) => [
      ...heads.filter(({ id }) => !fresh.has(id)),
      ...conversations.map(({ head }) => head),
    ]);
  }

  function changeHead(id: string, part: Partial<Omit<Head, 'id'>>): void {
    const head = headOf(id);
    if (!head) return;
    placeHead({ ...head, ...part });
    writes.put([[HEADS + id, { ...head, ...part }]]);
  }

  function remove(id: string): void {
    setHeads((heads) => heads.filter((head) => head.id !== id));
    writes.put([HEADS, BODIES, DRAFTS].map((room) => [room + id, undefined]));
  }

  return {
    store,
    restore,
    headOf,
    body: createReading(heads, writes, notices),
    keep: (head: Head, body: Body): void => keepAll([{ head, body }]),
    keepAll,
    changeHead,
    remove,
    ...createSmaller(writes),
    flush: writes.flush,
    /** Called with the id of a conversation whose messages another tab has changed or removed. */
    onElsewhere: (listener: (id: string) => void): void => void listeners.push(listener),
  };
}

async function tellUnkept(alerts: Alerts): Promise<void> {
  // Of a newer page's entries, and of no storage at all, a notice has told already.
  if ((await open()).phase !== 'open') return;
  const message = 'the conversations could not be kept';
  alerts.raise({ code: 'STORAGE', message, detail: { what: 'conversation' } });
}

type Heads = ReturnType<typeof createHeads>;

function createHeads() {
  const store = createStore<ShelfFacts>(() => ({ heads: null }));

  function setHeads(change: (heads: readonly Head[]) => readonly Head[]): void {
    store.setState(({ heads }) => ({
      heads: [...change(heads ?? [])].sort((a, b) => b.updatedAt - a.updatedAt || a.id.localeCompare(b.id)),
    }));
  }

  return {
    store,
    setHeads,
    headOf: (id: string): Head | undefined => store.getState().heads?.find((head) => head.id === id),
    placeHead: (head: Head): void => setHeads((heads) => [...heads.filter(({ id }) => id !== head.id), head]),
  };
}

/** Reads the messages of one; null where they could not be read: then they were put aside, and it is told. */
function createReading({ setHeads, headOf }: Heads, writes: Writes, notices: Notices) {
  return async function body(id: string): Promise<Body | null> {
    const key = BODIES + id;
    const stored = await writes.read(key);
    if (stored === undefined) return NO_BODY;
    const parsed = v.safeParse(BodySchema, stored);
    if (parsed.success) return parsed.output;
    writes.put([
      [SET_ASIDE + key, stored],
      [SET_ASIDE + HEADS + id, headOf(id) ?? null],
      [key, undefined],
      [HEADS + id, undefined],
    ]);
    setHeads((heads) => heads.filter((head) => head.id !== id));
    notices.tell({ kind: 'setAside', count: 1 });
    return null;
  };
}

/** Another tab has written these. */
async function hearWritten(
  { store, placeHead, setHeads }: Heads,
  writes: Writes,
  keys: readonly string[],
  tellBody: (id: string) => void,
): Promise<void> {
  if (store.getState().heads === null) return;
  for (const key of keys.filter((written) => written.startsWith(HEADS))) {
    const id = key.slice(HEADS.length);
    const parsed = v.safeParse(HeadSchema, await readEntry(key));
    // Changed here too, and written later: that holds.
    if (writes.waits(key)) continue;
    if (parsed.success) placeHead(parsed.output);
    else setHeads((heads) => heads.filter((head) => head.id !== id));
  }
  for (const key of keys) if (key.startsWith(BODIES)) tellBody(key.slice(BODIES.length));
}

/** What was typed, and which conversation was open: of this tab alone. */
function createSmaller(writes: Writes) {
  /** Written in this visit: at hand before the next key. */
  const known = new Map<string, Draft>();

  async function draft(id: string): Promise<Draft> {
    const here = known.get(id);
    if (here) return here;
    const parsed = v.safeParse(DraftSchema, await writes.read(DRAFTS + id));
    return parsed.success ? parsed.output : NO_DRAFT;
  }

  function keepDraft(id: string, draft: Draft): void {
    known.set(id, draft);
    const empty = draft.text === '' && draft.attachments.length === 0 && draft.systemPrompt === null;
    writes.put([[DRAFTS + id, empty ? undefined : draft]], DRAFT_WITHIN_MS);
  }

  async function lastOpen(): Promise<string | null> {
    const id = await writes.read('open');
    return typeof id === 'string' ? id : null;
  }

  return { draft, keepDraft, lastOpen, keepOpen: (id: string): void => writes.put([['open', id]]) };
}

/** All heads; one that is lost or damaged is made again from its messages. What can't be read is put aside. */
async function readHeads(writes: Writes): Promise<{ heads: readonly Head[]; setAside: number }> {
  const [entries, bodies] = await Promise.all([readEntries(HEADS), readKeys(BODIES)]);
  const heads: Head[] = [];
  const damaged: (readonly [key: string, value: unknown])[] = [];
  for (const [key, value] of entries) {
    const parsed = v.safeParse(HeadSchema, value);
    if (parsed.success && key === HEADS + parsed.output.id) heads.push(parsed.output);
    else damaged.push([key, value]);
  }
  const known = new Set(heads.map(({ id }) => id));
  const remade: Head[] = [];
  for (const key of bodies) {
    const id = key.slice(BODIES.length);
    if (known.has(id)) continue;
    const stored = await readEntry(key);
    const parsed = v.safeParse(BodySchema, stored);
    if (parsed.success) remade.push(headFrom(id, parsed.output));
    else damaged.push([key, stored]);
  }
  writes.put([
    ...damaged.flatMap(([key, value]) => [[SET_ASIDE + key, value] as const, [key, undefined] as const]),
    ...remade.map((head) => [HEADS + head.id, head] as const),
  ]);
  return { heads: [...heads, ...remade], setAside: damaged.length };
}
