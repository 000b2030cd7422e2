/** The conversation: what was said, and what the user does with it. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { WorkerApi } from '../protocol/api.ts';
import type { Alerts } from './alerts.ts';
import { newId } from './ids.ts';
import { saved, type Message } from './saved.ts';
import type { SettingsRoom } from './settings.ts';
import { speak, type Answering } from './speak.ts';

export type { Message } from './saved.ts';

export interface ChatFacts {
  readonly messages: readonly Message[];
  /** The answer being spoken; it joins the messages when it ends. */
  readonly answering: Answering | null;
  readonly draft: string;
  /** The user's message being rewritten. */
  readonly editing: string | null;
}

export type ChatStore = StoreApi<ChatFacts>;

interface Neighbours {
  readonly api: WorkerApi;
  readonly alerts: Alerts;
  readonly settings: SettingsRoom;
  /** Title of the loaded model, for the alert's words. */
  readonly modelTitle: () => string;
}

export function createChat({ api, alerts, settings, modelTitle }: Neighbours) {
  const store = createStore<ChatFacts>(() => ({ messages: [], answering: null, draft: '', editing: null }));
  let answer: Promise<void> = Promise.resolve();

  async function keep(messages: readonly Message[]): Promise<void> {
    if (await saved.keepConversation(messages)) return;
    const message = 'the conversation could not be kept';
    alerts.raise({ code: 'STORAGE', message, detail: { what: 'conversation' } });
  }

  async function restore(): Promise<void> {
    const messages = await saved.conversation();
    if (messages && store.getState().messages.length === 0) store.setState({ messages });
  }

  function begin(messages: readonly Message[]): void {
    store.setState({ messages, editing: null });
    void keep(messages);
    answer = speak({ api, alerts, settings, modelTitle, store, keep });
  }

  function stop(): void {
    const { answering } = store.getState();
    if (!answering || answering.stopping) return;
    store.setState({ answering: { ...answering, stopping: true } });
    api.cancel(answering.job);
  }

  async function settle(): Promise<void> {
    stop();
    await answer;
  }

  async function clear(): Promise<void> {
    await settle();
    store.setState({ messages: [] });
    await keep([]);
  }

  return { store, restore, stop, settle, clear, ...createTurns(store, begin) };
}

/** The ways a turn begins. None does while an answer is being spoken. */
function createTurns(store: ChatStore, begin: (messages: readonly Message[]) => void) {
  function send(): void {
    const { draft, answering, messages } = store.getState();
    const content = draft.trim();
    if (content === '' || answering) return;
    store.setState({ draft: '' });
    begin([...messages, questionOf(content)]);
  }

  /** Asks again: from an answer, or from a question that has none. */
  function regenerate(id: string): void {
    const { messages, answering } = store.getState();
    const at = messages.findIndex((message) => message.id === id);
    if (answering || at < 0) return;
    begin(messages.slice(0, messages[at]?.role === 'user' ? at + 1 : at));
  }

  /** Rewrites a user's message; what came after it goes. */
  function rewrite(id: string, content: string): void {
    const { messages, answering } = store.getState();
    const at = messages.findIndex((message) => message.id === id);
    if (answering || at < 0 || content.trim() === '') return;
    begin([...messages.slice(0, at), questionOf(content.trim())]);
  }

  return {
    send,
    regenerate,
    rewrite,
    setDraft: (draft: string): void => store.setState({ draft }),
    edit: (editing: string | null): void => store.setState({ editing }),
  };
}

function questionOf(content: string): Message {
  return { id: newId('question'), role: 'user', content, figures: null, end: null, droppedMessages: 0 };
}
