/** The list of conversations: opening, naming, finding, removing, taking out and bringing in. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Chat } from './chat.ts';
import { newHead, NO_BODY, NO_DRAFT, titleFrom, type Draft, type Head } from './conversation.ts';
import { jsonOf, markdownOf, readFile, type Kept, type MarkdownWords } from './conversationFiles.ts';
import { createSearch, wordsOf, type Found } from './conversationSearch.ts';
import type { Shelf } from './conversationShelf.ts';
import { download } from './download.ts';
import { newId } from './ids.ts';
import type { Notices } from './notices.ts';

export type { Head } from './conversation.ts';
export type { Excerpt, Found } from './conversationSearch.ts';

export interface ConversationsFacts {
  /** Newest first; null until they were read. */
  readonly heads: readonly Head[] | null;
  readonly query: string;
  /** Null while nothing is searched for; in the order of `heads`. */
  readonly found: readonly Found[] | null;
}

type ConversationsStore = StoreApi<ConversationsFacts>;

interface Neighbours {
  readonly shelf: Shelf;
  readonly chat: Chat;
  readonly notices: Notices;
}

/** How long a removal can be taken back; a reload ends it too. */
const UNDO_MS = 8000;

export function createConversations({ shelf, chat, notices }: Neighbours) {
  const store = createStore<ConversationsFacts>(() => ({ heads: null, query: '', found: null }));
  const search = createFinding(store, shelf);
  shelf.store.subscribe(({ heads }) => {
    store.setState({ heads });
    if (store.getState().found) void search(store.getState().query);
  });

  const { open, create, restore } = createOpening({ shelf, chat });

  /** null for the prompt of the settings. A new chat stays off the list: its prompt waits with its draft. */
  function setSystemPrompt(systemPrompt: string | null, id: string): void {
    if (shelf.headOf(id)) shelf.changeHead(id, { systemPrompt });
    else if (chat.store.getState().conversation.id === id) chat.setSystemPrompt(systemPrompt);
  }

  return {
    store,
    notices,
    restore,
    open,
    create,
    search,
    setSystemPrompt,
    /** Without words, it is named by its first question again. */
    async rename(id: string, title: string): Promise<void> {
      if (title.trim() !== '') return shelf.changeHead(id, { title: title.trim(), titledBy: 'user' });
      const question = (await shelf.body(id))?.messages.find(({ role }) => role === 'user');
      shelf.changeHead(id, { title: titleFrom(question?.content ?? ''), titledBy: 'question' });
    },
    pin: (id: string, pinned: boolean): void => shelf.changeHead(id, { pinned }),
    ...createRemoving({ shelf, chat, notices, open, create }),
    ...createFiles({ shelf, notices, open }),
  };
}

/** Which conversation is open. Of two that are asked for, the later one is. */
function createOpening({ shelf, chat }: Pick<Neighbours, 'shelf' | 'chat'>) {
  let opening = 0;
  async function open(id: string, wanted = (): boolean => true): Promise<void> {
    const mine = ++opening;
    const [body, draft] = await Promise.all([shelf.body(id), shelf.draft(id)]);
    const head = shelf.headOf(id);
    if (mine !== opening || !wanted()) return;
    if (!head || !body) return create();
    chat.show(head, body, draft);
    shelf.keepOpen(id);
  }

  /** A new conversation, with what was typed for one before. */
  async function create(): Promise<void> {
    const mine = ++opening;
    const conversation = newHead(newId('conversation'));
    // At once: whoever opens it begins to write.
    chat.show(conversation, NO_BODY, NO_DRAFT);
    shelf.keepOpen('');
    const draft = await shelf.draft('');
    const head = { ...conversation, systemPrompt: draft.systemPrompt };
    if (mine === opening && isUntouched()) chat.show(head, NO_BODY, draft);
  }

  /** Nothing was written or asked in what is open. */
  function isUntouched(): boolean {
    const { conversation, messages, draft, attachments } = chat.store.getState();
    return (
      messages.length === 0 && draft === '' && attachments.length === 0 && conversation.systemPrompt === null
    );
  }

  async function restore(): Promise<void> {
    await shelf.restore();
    const id = await shelf.lastOpen();
    // Something was begun while the list was read: that stays.
    if (!isUntouched()) return;
    await (id !== null && shelf.headOf(id) ? open(id, isUntouched) : create());
  }

  /** Another tab wrote, or removed, a conversation. One that is spoken in here comes back with its answer. */
  async function followElsewhere(id: string): Promise<void> {
    const speaking = chat.speakingIn() === id;
    if (chat.store.getState().conversation.id !== id && !speaking) return;
    if (shelf.headOf(id)) {
      const body = await shelf.body(id);
      if (body) chat.join(id, body);
    } else if (!speaking) await create();
  }

  shelf.onElsewhere((id) => void followElsewhere(id));
  return { open, create, restore };
}

function createFinding(store: ConversationsStore, shelf: Shelf) {
  const find = createSearch(shelf.body);
  return async function search(query: string): Promise<void> {
    store.setState({ query });
    if (wordsOf(query).length === 0) return store.setState({ found: null });
    const found = await find(query, shelf.store.getState().heads ?? []);
    if (store.getState().query === query) store.setState({ found });
  };
}

interface RemovingDeps extends Neighbours {
  readonly open: (id: string) => Promise<void>;
  readonly create: () => Promise<void>;
}

/** Removed is removed at once; for a while the page remembers it, so that it can be put back. */
function createRemoving({ shelf, chat, notices, open, create }: RemovingDeps) {
  let removed: (Kept & { readonly draft: Draft; readonly wasOpen: boolean; readonly notice: number }) | null =
    null;
  let forgetting: ReturnType<typeof setTimeout> | undefined;

  function forget(): void {
    clearTimeout(forgetting);
    if (removed) notices.dismiss(removed.notice);
    removed = null;
  }

  async function remove(id: string): Promise<void> {
    await chat.settleIn(id);
    const [body, draft] = await Promise.all([shelf.body(id), shelf.draft(id)]);
    const head = shelf.headOf(id);
    if (!head || !body) return;
    forget();
    const wasOpen = chat.store.getState().conversation.id === id;
    shelf.remove(id);
    removed = { head, body, draft, wasOpen, notice: notices.tell({ kind: 'removed', head }) };
    forgetting = setTimeout(forget, UNDO_MS);
    if (wasOpen) await create();
  }

  async function undoRemove(): Promise<void> {
    if (!removed) return;
    const { head, body, draft, wasOpen } = removed;
    forget();
    // An answer in another tab may have brought it back, longer.
    if (!shelf.headOf(head.id)) shelf.keep(head, body);
    shelf.keepDraft(head.id, draft);
    if (wasOpen && chat.store.getState().messages.length === 0) await open(head.id);
  }

  return { remove, undoRemove };
}

interface FilesDeps {
  readonly shelf: Shelf;
  readonly notices: Notices;
  readonly open: (id: string) => Promise<void>;
}

function createFiles({ shelf, notices, open }: FilesDeps) {
  async function keptOf(id: string): Promise<Kept | null> {
    const body = await shelf.body(id);
    const head = shelf.headOf(id);
    return head && body ? { head, body } : null;
  }

  async function exportOne(id: string, as: 'markdown' | 'json', words: MarkdownWords): Promise<void> {
    const kept = await keptOf(id);
    if (!kept) return;
    const title = kept.head.title || words.untitled;
    download(as === 'markdown' ? markdownOf(kept, words) : jsonOf([kept], title));
  }

  async function exportAll(): Promise<void> {
    const all: Kept[] = [];
    for (const { id } of shelf.store.getState().heads ?? []) {
      const kept = await keptOf(id);
      if (kept) all.push(kept);
    }
    download(jsonOf(all, `shoal-${new Date().toISOString().slice(0, 10)}`));
  }

  /** All of the file's conversations, or none. */
  async function importFile(file: File): Promise<void> {
    const text = await file.text().catch(() => null);
    const read =
      text === null
        ? ({ ok: false, why: 'unreadable', at: '' } as const)
        : readFile(text, (id) => shelf.headOf(id) !== undefined);
    if (!read.ok) {
      notices.tell({ kind: 'importRefused', name: file.name, why: read.why, at: read.at });
      return;
    }
    shelf.keepAll(read.conversations);
    notices.tell({ kind: 'imported', count: read.conversations.length });
    const [only] = read.conversations;
    if (only && read.conversations.length === 1) await open(only.head.id);
  }

  return { exportOne, exportAll, importFile };
}
