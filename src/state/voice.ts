/** The answer being spoken, in whichever conversation that is: one at a time. */
import type { WorkerApi } from '../protocol/api.ts';
import type { Alerts } from './alerts.ts';
import type { ChatStore } from './chat.ts';
import { ROOT, titleFrom, type Body, type Head, type Message } from './conversation.ts';
import type { Shelf } from './conversationShelf.ts';
import type { ExpertListen } from './experts.ts';
import { newId } from './ids.ts';
import type { SettingsRoom } from './settings.ts';
import { speak, type Answering } from './speak.ts';
import { joined, visiblePath, withMessage, type Tree } from './tree.ts';

interface Voice {
  readonly conversation: string;
  tree: Tree;
  /** To the question. */
  readonly path: readonly Message[];
  /** The answer that is gone on with; null for a new one. */
  readonly begun: Message | null;
  /** The answer spoken before, elsewhere, has ended. */
  readonly before: Promise<void>;
  readonly stopping: AbortController;
  answering: Answering;
  done: Promise<void>;
}

interface Neighbours {
  readonly api: WorkerApi;
  readonly alerts: Alerts;
  readonly settings: SettingsRoom;
  readonly shelf: Shelf;
  readonly modelTitle: () => string;
  readonly modelId: () => string | undefined;
  readonly listen: ExpertListen;
  /** Whether a model is there to answer, once that is known. */
  readonly ready: (signal: AbortSignal) => Promise<boolean>;
  readonly store: ChatStore;
}

const SPOKEN_HERE = { elsewhere: null, editing: null } as const;

export type VoiceRoom = ReturnType<typeof createVoice>;

export function createVoice(neighbours: Neighbours) {
  const { api, alerts, shelf, modelTitle, store } = neighbours;
  let voice: Voice | null = null;

  /**
   * Speaks an answer to the last message of this path, in the open conversation, or goes on with
   * `begun`. One spoken in another conversation ends first; the question stands here meanwhile.
   */
  function begin(tree: Tree, path: readonly Message[], begun: Message | null = null): void {
    const { conversation } = store.getState();
    const question = path.at(-1);
    if (!question || (voice && isOpen(store, voice))) return;
    stop();
    alerts.forgetAnswers();
    const head = touched(shelf.headOf(conversation.id) ?? conversation, tree);
    const before = voice?.done ?? Promise.resolve();
    const answering = newAnswering(question.id, begun);
    const mine = newVoice({ conversation: head.id, tree, path, begun, before, answering });
    voice = mine;
    store.setState({ ...SPOKEN_HERE, conversation: head, tree, messages: path, answering });
    shelf.keep(head, tree);
    shelf.keepOpen(head.id);
    mine.done = follow(mine, head);
  }

  async function follow(mine: Voice, head: Head): Promise<void> {
    await mine.before;
    const { answer, failure } = await speak(neighbours, {
      ...mine,
      head,
      onChange: (part) => {
        if (voice === mine) change(store, mine, part);
      },
      onGrowth: (soFar) => keepGrown(shelf, head.id, withMessage(mine.tree, soFar)),
      signal: mine.stopping.signal,
    });
    const tree = answer ? withMessage(mine.tree, answer) : mine.tree;
    if (voice === mine) voice = null;
    if (failure) alerts.raise(failure, modelTitle(), { conversation: head.id });
    // Asked here again before this one had ended: the later branch is shown.
    if (voice?.conversation === mine.conversation) return join(store, voice, tree);
    showEnded(store, mine, tree);
    // Another tab may have removed it meanwhile: what was said is not lost with it.
    shelf.keep(touched(shelf.headOf(head.id) ?? head, tree), tree);
    await shelf.flush();
  }

  function stop(): void {
    if (!voice || voice.answering.stopping) return;
    change(store, voice, { stopping: true });
    voice.stopping.abort();
    api.cancel(voice.answering.job);
  }

  /** Stops; resolves when nothing is spoken any more. */
  async function settle(): Promise<void> {
    stop();
    await voice?.done;
  }

  return {
    begin,
    stop,
    settle,
    /** Resolves when nothing is spoken in this conversation any more, nor stopping. */
    settleIn: (id: string) => (voice?.conversation === id ? settle() : voice?.before),
    join: (spoken: Voice, body: Body): void => join(store, spoken, body),
    /** The same for a change of model: a question that waits for one goes on waiting. */
    makeRoom: () => (voice?.answering.waiting === true ? voice.before : settle()),
    in: (id: string): Voice | null => (voice?.conversation === id ? voice : null),
    speakingIn: (): string | null => voice?.conversation ?? null,
  };
}

function isOpen(store: ChatStore, { conversation }: Voice): boolean {
  return store.getState().conversation.id === conversation;
}

function change(store: ChatStore, mine: Voice, part: Partial<Answering>): void {
  mine.answering = { ...mine.answering, ...part };
  if (isOpen(store, mine)) store.setState({ answering: mine.answering });
}

function showEnded(store: ChatStore, mine: Voice, tree: Tree): void {
  if (isOpen(store, mine)) store.setState({ answering: null, tree, messages: visiblePath(tree) });
  else if (store.getState().elsewhere === mine.conversation) store.setState({ elsewhere: null });
}

/** Removed in another tab, it comes back when the answer ends, not before. */
function keepGrown(shelf: Shelf, id: string, tree: Tree): void {
  const kept = shelf.headOf(id);
  if (kept) shelf.keep(kept, tree);
}

/** What was written of this conversation elsewhere stands beside what is spoken, which is shown. */
function join(store: ChatStore, spoken: Voice, body: Body): void {
  const { path, answering, tree } = spoken;
  const shown = [...path, answering].map(({ parent, id }) => [parent ?? ROOT, id]);
  spoken.tree = joined(body, { ...tree, chosen: { ...tree.chosen, ...Object.fromEntries(shown) } });
  if (isOpen(store, spoken)) store.setState({ tree: spoken.tree });
}

function newVoice(parts: Omit<Voice, 'stopping' | 'done'>): Voice {
  return { ...parts, stopping: new AbortController(), done: Promise.resolve() };
}

function newAnswering(parent: string, begun: Message | null): Answering {
  return {
    job: newId('chat'),
    id: begun?.id ?? newId('answer'),
    parent,
    shown: begun?.content ?? '',
    prefill: null,
    reasoningMs: begun?.reasoningMs ?? null,
    waiting: true,
    stopping: false,
  };
}

/** Asked or answered in now; and named by its first question, where nobody named it. */
function touched(head: Head, tree: Tree): Head {
  const first = tree.messages.find(({ role }) => role === 'user');
  const asked = titleFrom(first?.content ?? '');
  const title = asked === '' ? (first?.attachments[0]?.name ?? '') : asked;
  return { ...head, title: head.titledBy === 'user' ? head.title : title, updatedAt: Date.now() };
}
