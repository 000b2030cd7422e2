/** The answer being spoken, in whichever conversation that is: one at a time. */
import type { WorkerApi } from '../protocol/api.ts';
import type { Alerts } from './alerts.ts';
import type { ChatStore } from './chat.ts';
import { titleFrom, type Head, type Message } from './conversation.ts';
import type { Shelf } from './conversationShelf.ts';
import type { ExpertListen } from './experts.ts';
import { newId } from './ids.ts';
import type { SettingsRoom } from './settings.ts';
import { speak, type Answering } from './speak.ts';
import { visiblePath, withMessage, type Tree } from './tree.ts';

interface Voice {
  readonly conversation: string;
  readonly tree: Tree;
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

  const isOpen = ({ conversation }: Voice): boolean => store.getState().conversation.id === conversation;

  /**
   * Speaks an answer to the last message of this path, in the open conversation, or goes on with
   * `begun`. One spoken in another conversation ends first; the question stands here meanwhile.
   */
  function begin(tree: Tree, path: readonly Message[], begun: Message | null = null): void {
    const { conversation } = store.getState();
    const question = path.at(-1);
    if (!question || (voice && isOpen(voice))) return;
    stop();
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
        mine.answering = { ...mine.answering, ...part };
        if (voice === mine && isOpen(mine)) store.setState({ answering: mine.answering });
      },
      onGrowth: (soFar) => keepSpoken(shelf, mine, withMessage(mine.tree, soFar), (kept) => kept),
      signal: mine.stopping.signal,
    });
    const tree = answer ? withMessage(mine.tree, answer) : mine.tree;
    if (voice === mine) voice = null;
    if (failure) alerts.raise(failure, modelTitle());
    // Asked here again before this one had ended: the later branch stays.
    if (voice?.conversation === mine.conversation) return;
    if (isOpen(mine)) store.setState({ answering: null, tree, messages: visiblePath(tree) });
    else if (store.getState().elsewhere === mine.conversation) store.setState({ elsewhere: null });
    keepSpoken(shelf, mine, tree, (kept) => touched(kept, tree));
    await shelf.flush();
  }

  function stop(): void {
    if (!voice || voice.answering.stopping) return;
    voice.answering = { ...voice.answering, stopping: true };
    if (isOpen(voice)) store.setState({ answering: voice.answering });
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
    /** The same for a change of model: a question that waits for one goes on waiting. */
    makeRoom: () => (voice?.answering.waiting === true ? voice.before : settle()),
    in: (id: string): Voice | null => (voice?.conversation === id ? voice : null),
    speakingIn: (): string | null => voice?.conversation ?? null,
  };
}

/** Removed while it is spoken in, it is not brought back. */
function keepSpoken(shelf: Shelf, { conversation }: Voice, tree: Tree, update: (kept: Head) => Head): void {
  const kept = shelf.headOf(conversation);
  if (kept) shelf.keep(update(kept), tree);
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
