/**
 * The conversation that is open: what was said, and what the user does with it.
 * One answer is spoken at a time; it goes on where another conversation is
 * opened meanwhile, and is there when one comes back.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { WorkerApi } from '../protocol/api.ts';
import type { Alerts } from './alerts.ts';
import { createAttaching, NEW_CHAT } from './attaching.ts';
import {
  newHead,
  NO_DRAFT,
  type Attachment,
  type Body,
  type Draft,
  type Head,
  type Message,
} from './conversation.ts';
import type { Shelf } from './conversationShelf.ts';
import type { ExpertListen } from './experts.ts';
import { newId } from './ids.ts';
import type { Notices } from './notices.ts';
import type { SettingsRoom } from './settings.ts';
import type { Answering } from './speak.ts';
import {
  chooseBeside,
  joined,
  NO_MESSAGES,
  pathTo,
  siblingsOf,
  treeOf,
  visiblePath,
  withMessage,
  type Tree,
} from './tree.ts';
import { createVoice, type VoiceRoom } from './voice.ts';

export type { Attachment, Message } from './conversation.ts';
export type { Answering } from './speak.ts';

export interface ChatFacts {
  /** Of the open conversation. A new one is on no list until something is asked in it. */
  readonly conversation: Head;
  readonly tree: Tree;
  /** The branch that is shown, in order. */
  readonly messages: readonly Message[];
  /** The answer being spoken in this conversation; it joins the messages when it ends. */
  readonly answering: Answering | null;
  /** The conversation in which an answer is being spoken, where that is not this one. */
  readonly elsewhere: string | null;
  readonly draft: string;
  readonly attachments: readonly Attachment[];
  /** The user's message being rewritten. */
  readonly editing: string | null;
}

export type ChatStore = StoreApi<ChatFacts>;
export type Chat = ReturnType<typeof createChat>;

interface Neighbours {
  readonly api: WorkerApi;
  readonly alerts: Alerts;
  readonly notices: Notices;
  readonly settings: SettingsRoom;
  readonly shelf: Shelf;
  /** Title of the loaded model, for figures and the alert's words. */
  readonly modelTitle: () => string;
  readonly modelId: () => string | undefined;
  /** Positions the loaded model reads at once; null where none is loaded. */
  readonly contextLength: () => number | null;
  readonly listen: ExpertListen;
  /** Whether a model is there to answer, once that is known. */
  readonly ready: (signal: AbortSignal) => Promise<boolean>;
}

export function createChat(neighbours: Neighbours) {
  const { alerts, shelf, notices } = neighbours;
  const store = createStore<ChatFacts>(emptyChat);
  const voice = createVoice({ ...neighbours, store });

  /** Draws a conversation, with the answer being spoken in it if one is. */
  function show(head: Head, body: Body, draft: Draft): void {
    alerts.forgetAnswers(head.id);
    const here = voice.in(head.id);
    const tree = here?.tree ?? treeOf(body);
    store.setState({
      conversation: head,
      tree,
      messages: here?.path ?? visiblePath(tree),
      answering: here?.answering ?? null,
      elsewhere: here ? null : voice.speakingIn(),
      draft: draft.text,
      attachments: draft.attachments,
      editing: null,
    });
  }

  /** Another tab wrote this conversation: what only this one has is kept beside it. */
  function join(id: string, body: Body): void {
    const { conversation, tree, editing } = store.getState();
    const spoken = voice.in(id);
    if (spoken) return voice.join(spoken, body);
    if (conversation.id !== id) return;
    const both = joined(tree, body);
    const messages = visiblePath(both);
    const stillShown = messages.some((message) => message.id === editing);
    store.setState({ tree: both, messages, editing: stillShown ? editing : null });
    const written = new Set(body.messages);
    const kept = shelf.headOf(id);
    // Where there are none it was removed in this moment.
    if (kept && written.size > 0 && both.messages.some((message) => !written.has(message)))
      shelf.keep(kept, both);
  }

  // A renamed conversation is renamed where it is open too.
  shelf.store.subscribe(({ heads }) => {
    const { conversation } = store.getState();
    const head = heads?.find(({ id }) => id === conversation.id);
    if (head && head !== conversation) store.setState({ conversation: head });
  });

  return {
    store,
    show,
    stop: voice.stop,
    join,
    settle: () => voice.settle(),
    settleIn: voice.settleIn,
    makeRoom: () => voice.makeRoom(),
    speakingIn: voice.speakingIn,
    ...createTurns({ store, shelf, notices, voice }),
    ...createAttaching({
      ...neighbours,
      store,
      keepDraft: () => keepDraft(store, shelf),
      draftKey: (head) => draftKey(shelf, head),
    }),
  };
}

interface TurnDeps {
  readonly store: ChatStore;
  readonly shelf: Shelf;
  readonly notices: Notices;
  readonly voice: VoiceRoom;
}

/** The ways a turn begins, and the ways among turns. None begins while an answer is being spoken here. */
function createTurns({ store, shelf, notices, voice }: TurnDeps) {
  function askAfter(parent: string | null, content: string, attachments: readonly Attachment[]): void {
    const question = questionOf(parent, content, attachments);
    const tree = withMessage(store.getState().tree, question);
    voice.begin(tree, pathTo(tree, question.id));
  }

  /** What was written, with its files; or what was suggested: then those stay. */
  function send(suggested?: string): void {
    const { draft, attachments, answering, messages, conversation } = store.getState();
    const [content, files] = suggested === undefined ? [draft.trim(), attachments] : [suggested, []];
    if ((content === '' && files.length === 0) || answering) return;
    if (suggested === undefined) store.setState({ draft: '', attachments: [] });
    shelf.keepDraft(draftKey(shelf, conversation), NO_DRAFT);
    // Of files that would have gone with it.
    notices.forget('fileRefused');
    askAfter(messages.at(-1)?.id ?? null, content, files);
    if (suggested !== undefined) keepDraft(store, shelf);
  }

  /** Asks again: from an answer, which stays beside the new one, or from a question that has none. */
  function regenerate(id: string): void {
    const { tree, answering } = store.getState();
    const message = tree.byId.get(id);
    const question = message?.role === 'user' ? message.id : message?.parent;
    if (answering || !question) return;
    voice.begin(tree, pathTo(tree, question));
  }

  /** Goes on with the last answer where it broke off. */
  function goOn(id: string): void {
    const { tree, messages, answering } = store.getState();
    const answer = messages.at(-1);
    if (answering || answer?.id !== id || !canGoOn(answer)) return;
    voice.begin(tree, messages.slice(0, -1), answer);
  }

  /** Rewrites a user's message; the old one stays beside it, with what followed. */
  function rewrite(id: string, content: string): void {
    const { tree, answering } = store.getState();
    const message = tree.byId.get(id);
    if (answering || !message || (content.trim() === '' && message.attachments.length === 0)) return;
    askAfter(message.parent, content.trim(), message.attachments);
  }

  /** Shows the branch before or after the one this message is on. */
  function choose(id: string, step: -1 | 1): void {
    const { tree, answering, conversation } = store.getState();
    const chosen = chooseBeside(tree, id, step);
    if (answering || chosen === tree) return;
    store.setState({ tree: chosen, messages: visiblePath(chosen), editing: null });
    shelf.keep(shelf.headOf(conversation.id) ?? conversation, chosen);
  }

  return {
    send,
    regenerate,
    goOn,
    rewrite,
    choose,
    siblings: (id: string) => siblingsOf(store.getState().tree, id),
    setDraft(draft: string): void {
      store.setState({ draft });
      keepDraft(store, shelf);
    },
    /** Of a new chat, before its first question; null for the prompt of the settings. */
    setSystemPrompt(systemPrompt: string | null): void {
      store.setState(({ conversation }) => ({ conversation: { ...conversation, systemPrompt } }));
      keepDraft(store, shelf);
    },
    edit: (editing: string | null): void => store.setState({ editing }),
  };
}

/** An answer that ended before the model had ended it. */
export function canGoOn({ role, content, end }: Message): boolean {
  return (
    role === 'assistant' && content !== '' && (end === 'length' || end === 'aborted' || end === 'failed')
  );
}

function emptyChat(): ChatFacts {
  return {
    conversation: newHead(newId('conversation')),
    tree: NO_MESSAGES,
    messages: [],
    answering: null,
    elsewhere: null,
    draft: '',
    attachments: [],
    editing: null,
  };
}

/** A new chat's system prompt is part of its draft; a kept conversation's is part of its head. */
function keepDraft(store: ChatStore, shelf: Shelf): void {
  const { conversation, draft, attachments } = store.getState();
  const systemPrompt = shelf.headOf(conversation.id) ? null : conversation.systemPrompt;
  shelf.keepDraft(draftKey(shelf, conversation), { text: draft, attachments, systemPrompt });
}

const draftKey = (shelf: Shelf, { id }: Head): string => (shelf.headOf(id) ? id : NEW_CHAT);

function questionOf(parent: string | null, content: string, attachments: readonly Attachment[]): Message {
  return {
    id: newId('question'),
    parent,
    role: 'user',
    content,
    createdAt: Date.now(),
    figures: null,
    end: null,
    droppedMessages: 0,
    reasoningMs: null,
    attachments,
  };
}
