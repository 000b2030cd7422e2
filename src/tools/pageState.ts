/** For tests of the page's state: chat and list together over a worker that answers as it is told, with real (fake) storage below. */
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { expect, vi } from 'vitest';
import type { ChatEvent, ChatRequest, ChatResult, Result, WorkerApi } from '../protocol/api.ts';
import { createAlerts } from '../state/alerts.ts';
import { createChat } from '../state/chat.ts';
import { createConversations } from '../state/conversations.ts';
import { createShelf } from '../state/conversationShelf.ts';
import { createNotices } from '../state/notices.ts';
import { forgetPlace } from '../state/savedPlace.ts';
import { createSettings } from '../state/settings.ts';

const RESULT: ChatResult = {
  finish: 'stop',
  promptTokens: 3,
  reusedTokens: 0,
  tokens: 5,
  droppedMessages: 0,
  timeToFirstTokenMs: 12,
  tokensPerSecond: 34,
};

/** Tabs of one browser: what one tells, the others hear. */
const tabs: ((message: unknown) => void)[][] = [];
function channelOf() {
  const mine: ((message: unknown) => void)[] = [];
  tabs.push(mine);
  return {
    tell: (message: unknown): void => {
      for (const tab of tabs) if (tab !== mine) for (const listener of tab) listener(message);
    },
    hear: (listener: (message: unknown) => void): void => void mine.push(listener),
  };
}
const shelves: ReturnType<typeof createShelf>[] = [];
const SILENT = { tell: () => undefined, hear: () => undefined };

interface Asked {
  readonly request: ChatRequest;
  readonly say: (text: string) => void;
  readonly end: (result?: Result<ChatResult>) => void;
}

/** A worker that answers when, and as, it is told. */
function createWorker() {
  const asked: Asked[] = [];
  let tokens = 0;
  let held: (() => void)[] | null = null;
  const api: Pick<WorkerApi, 'chat' | 'cancel' | 'countTokens'> = {
    chat: (_job, request, onEvent: (event: ChatEvent) => void) =>
      new Promise((resolve) =>
        asked.push({
          request,
          say: (text) => onEvent({ kind: 'text', text, tokens: ++tokens }),
          end: (result = { ok: true, value: RESULT }) => resolve(result),
        }),
      ),
    cancel: () => {
      const end = asked.at(-1)?.end;
      const stop = (): void => end?.({ ok: true, value: { ...RESULT, finish: 'aborted' } });
      if (held) held.push(stop);
      else stop();
    },
    countTokens: async (text) => ({ ok: true, value: text.length }),
  };

  /** What was asked by doing this. */
  async function begin(act: () => void): Promise<Asked> {
    const before = asked.length;
    act();
    return vi.waitFor(() => {
      const latest = asked[before];
      if (!latest) throw new Error('nothing was asked');
      return latest;
    });
  }

  /** From now on nothing stops before what is returned is called. */
  function holdCancel(): () => void {
    const stops: (() => void)[] = (held = []);
    return () => {
      held = null;
      for (const stop of stops) stop();
    };
  }

  return { asked, api: api as WorkerApi, begin, holdCancel };
}

/** A page that has not read yet what is stored. */
export function open() {
  const { asked, api, begin, holdCancel } = createWorker();
  const alerts = createAlerts();
  const notices = createNotices();
  const settings = createSettings({ channel: SILENT, guideSpeaks: () => false });
  const shelf = createShelf({ channel: channelOf(), alerts, notices });
  shelves.push(shelf);
  const chat = createChat({
    api,
    alerts,
    notices,
    settings,
    shelf,
    modelTitle: () => 'Tiny',
    modelId: () => 'tiny',
    contextLength: () => 1000,
    listen: () => null,
    ready: () => Promise.resolve(true),
  });
  const conversations = createConversations({ shelf, chat, notices });
  const facts = () => chat.store.getState();

  return {
    asked,
    alerts,
    notices,
    settings,
    shelf,
    chat,
    conversations,
    facts,
    said: () => facts().messages.map(({ content }) => content),
    heads: () => conversations.store.getState().heads ?? [],
    begin,
    holdCancel,
    ask: (question: string): Promise<Asked> =>
      begin(() => {
        chat.setDraft(question);
        chat.send();
      }),
    /** Asks, and is answered. */
    async turn(question: string, answer: string): Promise<void> {
      const { say, end } = await this.ask(question);
      say(answer);
      end();
      await vi.waitFor(() => expect(facts().answering).toBeNull());
      await shelf.flush();
    },
  };
}

export async function reload(page: ReturnType<typeof open>): Promise<ReturnType<typeof open>> {
  await page.shelf.flush();
  forgetPlace();
  const next = open();
  await next.conversations.restore();
  return next;
}

export async function fresh(): Promise<ReturnType<typeof open>> {
  const page = open();
  await page.conversations.restore();
  return page;
}

/** Before each test. */
export function begin(): void {
  forgetPlace();
  tabs.length = 0;
  globalThis.indexedDB = new IDBFactory();
  globalThis.requestAnimationFrame = (draw) => Number(setTimeout(() => draw(performance.now()), 0));
  globalThis.cancelAnimationFrame = (frame) => clearTimeout(frame);
}

/** After each test: what still waits to be written is that test's. */
export async function end(): Promise<void> {
  vi.restoreAllMocks();
  await Promise.all(shelves.splice(0).map((shelf) => shelf.flush()));
}
