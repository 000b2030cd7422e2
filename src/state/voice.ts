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

export type VoiceRoom = ReturnType<typeof createVoice>;

export function createVoice(neighbours: Neighbours) {
  const { api, alerts, shelf, modelTitle, store } = neighbours;
  let voice: Voice | null = null;

  const isOpen = ({ conversation }: Voice): boolean => store.getState().conversation.id === conversation;

  /** Speaks an answer to the last message of this path, in the open conversation. */
  function begin(tree: Tree, path: readonly Message[]): void {
    const { conversation } = store.getState();
    const question = path.at(-1);
    if (!question || voice) return;
    const head = touched(shelf.headOf(conversation.id) ?? conversation, tree);
    voice = begun(head.id, tree, path, question.id);
    store.setState({ conversation: head, tree, messages: path, answering: voice.answering, editing: null });
    shelf.keep(head, tree);
    shelf.keepOpen(head.id);
    voice.done = follow(voice, head);
  }

  async function follow(mine: Voice, head: Head): Promise<void> {
    // Removed while it is spoken in, it is not brought back.
    const keepSpoken = (tree: Tree, update: (kept: Head) => Head): void => {
      const kept = shelf.headOf(mine.conversation);
      if (kept) shelf.keep(update(kept), tree);
    };
    const { answer, failure } = await speak(neighbours, {
      head,
      path: mine.path,
      answering: mine.answering,
      onChange: (part) => {
        mine.answering = { ...mine.answering, ...part };
        if (isOpen(mine)) store.setState({ answering: mine.answering });
      },
      onGrowth: (soFar) => keepSpoken(withMessage(mine.tree, soFar), (kept) => kept),
      signal: mine.stopping.signal,
    });
    voice = null;
    const tree = answer ? withMessage(mine.tree, answer) : mine.tree;
    if (isOpen(mine)) store.setState({ answering: null, tree, messages: visiblePath(tree) });
    else store.setState({ elsewhere: null });
    if (failure) alerts.raise(failure, modelTitle());
    keepSpoken(tree, (kept) => touched(kept, tree));
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
    makeRoom: () => (voice?.answering.waiting === true ? Promise.resolve() : settle()),
    in: (id: string): Voice | null => (voice?.conversation === id ? voice : null),
    speakingIn: (): string | null => voice?.conversation ?? null,
  };
}

function begun(conversation: string, tree: Tree, path: readonly Message[], parent: string): Voice {
  const answering: Answering = {
    job: newId('chat'),
    id: newId('answer'),
    parent,
    shown: '',
    prefill: null,
    reasoningSince: null,
    reasoningMs: null,
    waiting: true,
    stopping: false,
  };
  return { conversation, tree, path, stopping: new AbortController(), answering, done: Promise.resolve() };
}

/** Asked or answered in now; and named by its first question, where nobody named it. */
function touched(head: Head, tree: Tree): Head {
  const first = tree.messages.find(({ role }) => role === 'user');
  const asked = titleFrom(first?.content ?? '');
  const title = asked === '' ? (first?.attachments[0]?.name ?? '') : asked;
  return { ...head, title: head.titledBy === 'user' ? head.title : title, updatedAt: Date.now() };
}
