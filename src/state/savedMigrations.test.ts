/**
 * What version 1 wrote, by hand from its own code (src/state/saved.ts up to
 * commit 3d1e516): one object store, no version entry, one linear conversation.
 */
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { promisifyRequest } from 'idb-keyval';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createAlerts } from './alerts.ts';
import { createShelf } from './conversationShelf.ts';
import { createNotices } from './notices.ts';
import { saved } from './saved.ts';
import { forgetPlace } from './savedPlace.ts';

const ALONE = { tell: () => undefined, hear: () => undefined };

const CONVERSATION_1 = [
  {
    id: 'question-1763990000000-0',
    role: 'user',
    content: 'How do rainbows form?\nIn short.',
    figures: null,
    end: null,
    droppedMessages: 0,
  },
  {
    id: 'answer-1763990001000-2',
    role: 'assistant',
    content: 'Light bends in drops.',
    figures: { tokens: 6, tokensPerSecond: 31.4, timeToFirstTokenMs: 412 },
    end: 'stop',
    droppedMessages: 1,
  },
  {
    id: 'question-1763990060000-3',
    role: 'user',
    content: 'And double ones?',
    figures: null,
    end: null,
    droppedMessages: 0,
  },
];
const SETTINGS_1 = {
  systemPrompt: 'Answer briefly.',
  temperature: 0,
  topK: 40,
  topP: 0.95,
  minP: 0.05,
  repetitionPenalty: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
  seed: 7,
  maxTokens: 1024,
  contextLength: 4096,
};

/** As idb-keyval made it, with no version of IndexedDB's own. */
async function write(entries: Readonly<Record<string, unknown>>): Promise<void> {
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open('shoal-page');
    request.addEventListener('upgradeneeded', () => request.result.createObjectStore('facts'));
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('no database')));
  });
  const transaction = db.transaction('facts', 'readwrite');
  for (const [key, value] of Object.entries(entries)) transaction.objectStore('facts').put(value, key);
  await promisifyRequest(transaction);
  db.close();
}

async function everything(): Promise<Map<string, unknown>> {
  const db = await promisifyRequest(indexedDB.open('shoal-page'));
  const store = db.transaction('facts').objectStore('facts');
  const [keys, values] = await Promise.all([
    promisifyRequest(store.getAllKeys()),
    promisifyRequest<unknown[]>(store.getAll()),
  ]);
  db.close();
  return new Map(keys.map((key, at) => [typeof key === 'string' ? key : '', values[at]]));
}

function page() {
  const notices = createNotices();
  const alerts = createAlerts();
  return { shelf: createShelf({ channel: ALONE, alerts, notices }), notices, alerts };
}

beforeEach(() => {
  forgetPlace();
  globalThis.indexedDB = new IDBFactory();
});

describe('from version 1', () => {
  it('brings the conversation whole, as the first of many', async () => {
    await write({ conversation: CONVERSATION_1, settings: SETTINGS_1, 'last-model': 'smol' });
    const { shelf, notices } = page();
    await shelf.restore();
    const [head, ...others] = shelf.store.getState().heads ?? [];
    expect(others).toEqual([]);
    expect(head).toMatchObject({
      title: 'How do rainbows form?',
      titledBy: 'question',
      createdAt: 1763990000000,
      updatedAt: 1763990060000,
      pinned: false,
      systemPrompt: null,
    });
    const id = head?.id ?? '';
    expect(await shelf.lastOpen()).toBe(id);
    expect(await shelf.body(id)).toEqual({
      messages: [
        {
          id: 'question-1763990000000-0',
          parent: null,
          role: 'user',
          content: 'How do rainbows form?\nIn short.',
          createdAt: 1763990000000,
          figures: null,
          end: null,
          droppedMessages: 0,
          reasoningMs: null,
          attachments: [],
        },
        {
          id: 'answer-1763990001000-2',
          parent: 'question-1763990000000-0',
          role: 'assistant',
          content: 'Light bends in drops.',
          createdAt: 1763990001000,
          figures: { tokens: 6, tokensPerSecond: 31.4, timeToFirstTokenMs: 412, model: '' },
          end: 'stop',
          droppedMessages: 1,
          reasoningMs: null,
          attachments: [],
        },
        {
          id: 'question-1763990060000-3',
          parent: 'answer-1763990001000-2',
          role: 'user',
          content: 'And double ones?',
          createdAt: 1763990060000,
          figures: null,
          end: null,
          droppedMessages: 0,
          reasoningMs: null,
          attachments: [],
        },
      ],
      chosen: {},
    });
    expect(await saved.settings()).toMatchObject(SETTINGS_1);
    expect(await saved.lastModel()).toBe('smol');
    expect(notices.store.getState().notices).toEqual([]);
    const stored = await everything();
    expect(stored.get('schema')).toBe(2);
    expect(stored.has('conversation')).toBe(false);
  });

  it('happens once, and again only for what an older tab wrote since', async () => {
    await write({ conversation: CONVERSATION_1 });
    await page().shelf.restore();
    forgetPlace();
    const second = page();
    await second.shelf.restore();
    expect(second.shelf.store.getState().heads).toHaveLength(1);
    await write({ conversation: CONVERSATION_1.slice(0, 1) });
    forgetPlace();
    const third = page();
    await third.shelf.restore();
    expect(third.shelf.store.getState().heads).toHaveLength(2);
  });

  it.each([
    ['no entry', {}],
    ['an empty conversation', { conversation: [] }],
  ])('has nothing to bring from %s', async (_, entries) => {
    await write(entries);
    const { shelf, notices } = page();
    await shelf.restore();
    expect(shelf.store.getState().heads).toEqual([]);
    expect(notices.store.getState().notices).toEqual([]);
  });

  it('sets a damaged conversation aside, unchanged, and tells it', async () => {
    const damaged = [{ ...CONVERSATION_1[0], content: 42 }, ...CONVERSATION_1.slice(1)];
    await write({ conversation: damaged, settings: SETTINGS_1 });
    const { shelf, notices } = page();
    await shelf.restore();
    expect(shelf.store.getState().heads).toEqual([]);
    expect(notices.store.getState().notices).toMatchObject([{ kind: 'setAside', count: 1 }]);
    const aside = [...(await everything())].filter(([key]) => key.startsWith('set-aside/conversation-'));
    expect(aside.map(([, value]) => value)).toEqual([damaged]);
    expect(await saved.settings()).toMatchObject(SETTINGS_1);
  });
});

describe('what a newer page wrote', () => {
  const NEWER = {
    schema: 3,
    'head/a': { of: 'another kind' },
    settings: { of: 'another kind' },
    conversation: 7,
  };

  it('is left alone, and told in words; what is done meanwhile stays in memory', async () => {
    await write(NEWER);
    const { shelf, notices, alerts } = page();
    await shelf.restore();
    expect(notices.store.getState().notices).toMatchObject([{ kind: 'newer' }]);
    expect(shelf.store.getState().heads).toEqual([]);
    expect(await saved.settings()).toBeNull();
    expect(await saved.keepLastModel('smol')).toBe(false);
    const head = { ...HEAD, id: 'mine' };
    shelf.keep(head, BODY);
    await shelf.flush();
    expect(await shelf.body('mine')).toEqual(BODY);
    expect(Object.fromEntries(await everything())).toEqual(NEWER);
    // The notice has said it all.
    expect(alerts.store.getState().alerts).toEqual([]);
  });
});

const MESSAGE = {
  id: 'question-1',
  parent: null,
  role: 'user',
  content: 'Hello',
  createdAt: 5,
  figures: null,
  end: null,
  droppedMessages: 0,
  reasoningMs: null,
  attachments: [],
} as const;
const BODY = { messages: [MESSAGE], chosen: {} };
const HEAD = {
  id: 'a',
  title: 'Hello',
  titledBy: 'user',
  createdAt: 5,
  updatedAt: 9,
  pinned: true,
  systemPrompt: null,
} as const;

describe('a damaged entry of this version', () => {
  it('of messages is set aside when it is opened, the others stay', async () => {
    const damaged = { messages: [{ ...MESSAGE, parent: 'nobody' }], chosen: {} };
    await write({
      schema: 2,
      'head/a': HEAD,
      'conversation/a': damaged,
      'head/b': { ...HEAD, id: 'b' },
      'conversation/b': BODY,
    });
    const { shelf, notices } = page();
    await shelf.restore();
    expect(await shelf.body('a')).toBeNull();
    expect(shelf.store.getState().heads?.map(({ id }) => id)).toEqual(['b']);
    expect(notices.store.getState().notices).toMatchObject([{ kind: 'setAside', count: 1 }]);
    await shelf.flush();
    const stored = await everything();
    expect(stored.get('set-aside/conversation/a')).toEqual(damaged);
    expect(stored.get('set-aside/head/a')).toEqual(HEAD);
    expect(stored.has('head/a')).toBe(false);
    expect(await shelf.body('b')).toEqual(BODY);
  });

  it('of a head is made again from the messages, and a lost one too', async () => {
    await write({
      schema: 2,
      'head/a': { ...HEAD, title: null },
      'conversation/a': BODY,
      'conversation/b': BODY,
    });
    const { shelf, notices } = page();
    await shelf.restore();
    const heads = shelf.store.getState().heads ?? [];
    expect(heads.map(({ id }) => id).sort()).toEqual(['a', 'b']);
    expect(heads[0]).toMatchObject({ title: 'Hello', createdAt: 5, updatedAt: 5, pinned: false });
    expect(notices.store.getState().notices).toMatchObject([{ kind: 'setAside', count: 1 }]);
    await shelf.flush();
    const stored = await everything();
    expect(stored.get('set-aside/head/a')).toEqual({ ...HEAD, title: null });
    expect(stored.has('head/a')).toBe(true);
  });

  it('of both is set aside whole', async () => {
    await write({ schema: 2, 'head/a': 1, 'conversation/a': 2 });
    const { shelf, notices } = page();
    await shelf.restore();
    expect(shelf.store.getState().heads).toEqual([]);
    expect(notices.store.getState().notices).toMatchObject([{ kind: 'setAside', count: 2 }]);
    await shelf.flush();
    const stored = await everything();
    expect([stored.get('set-aside/head/a'), stored.get('set-aside/conversation/a')]).toEqual([1, 2]);
  });
});

describe('storage that fails', () => {
  it('from the first is told by the page’s notice alone', async () => {
    vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
      throw new DOMException('closed', 'SecurityError');
    });
    const { shelf, alerts } = page();
    await shelf.restore();
    shelf.keep(HEAD, BODY);
    await shelf.flush();
    vi.restoreAllMocks();
    expect(await shelf.body('a')).toEqual(BODY);
    expect(alerts.store.getState().alerts).toEqual([]);
  });

  it('keeps everything in memory, and tells once', async () => {
    await write({ schema: 2, 'head/a': HEAD, 'conversation/a': BODY });
    const { shelf, alerts } = page();
    await shelf.restore();
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    const more = { ...BODY, chosen: { '': 'question-1' } };
    shelf.keep({ ...HEAD, updatedAt: 10 }, more);
    await shelf.flush();
    shelf.changeHead('a', { title: 'Renamed' });
    await shelf.flush();
    expect(await shelf.body('a')).toEqual(more);
    expect(shelf.headOf('a')?.title).toBe('Renamed');
    expect(alerts.store.getState().alerts.map(({ id, failure }) => [id, failure.code])).toEqual([
      [1, 'STORAGE'],
    ]);
    put.mockRestore();
    // What had not been written comes with the next write that holds.
    shelf.changeHead('a', { pinned: false });
    await shelf.flush();
    const stored = await everything();
    expect(stored.get('conversation/a')).toEqual(more);
    expect(stored.get('head/a')).toMatchObject({ title: 'Renamed', pinned: false });
  });
});
