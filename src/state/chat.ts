/** The conversation, and the answer being spoken. */
import { createStore } from 'zustand/vanilla';
import type { ChatEvent, ChatMessage, ChatResult, Result, WorkerApi } from '../protocol/api.ts';
import type { Alerts } from './alerts.ts';
import { latestPerFrame, wholeWords } from './frames.ts';
import { newId } from './ids.ts';
import { saved, type Message } from './saved.ts';
import type { SettingsRoom } from './settings.ts';

export type { Figures, Message } from './saved.ts';

export interface Answering {
  readonly job: string;
  /** Id the finished message will have. */
  readonly id: string;
  /** Whole words only; what has arrived of the next one waits. */
  readonly shown: string;
  readonly prefill: { readonly done: number; readonly total: number } | null;
  readonly stopping: boolean;
}

export interface ChatFacts {
  readonly messages: readonly Message[];
  readonly answering: Answering | null;
  readonly draft: string;
  /** The user's message being rewritten. */
  readonly editing: string | null;
}

/** A reload in the middle of an answer loses at most this much of it. */
const SAVE_EVERY_MS = 1000;

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
    alerts.raise({ code: 'STORAGE', message: 'the conversation could not be kept', detail: { what: 'conversation' } });
  }

  function setMessages(messages: readonly Message[]): void {
    store.setState({ messages });
    void keep(messages);
  }

  async function restore(): Promise<void> {
    const messages = await saved.conversation();
    if (messages && store.getState().messages.length === 0) store.setState({ messages });
  }

  async function speak(): Promise<void> {
    const { messages } = store.getState();
    const { systemPrompt, maxTokens } = settings.store.getState();
    const job = newId('chat');
    const id = newId('answer');
    store.setState({ answering: { job, id, shown: '', prefill: null, stopping: false }, editing: null });

    let text = '';
    let savedAt = performance.now();
    const change = (part: Partial<Answering>): void =>
      store.setState(({ answering }) => (answering?.job === job ? { answering: { ...answering, ...part } } : {}));
    const prefill = latestPerFrame<Answering['prefill']>((value) => change({ prefill: value }));
    const words = latestPerFrame<string>((value) => change({ shown: wholeWords(value), prefill: null }));

    const request = { messages: prompt(systemPrompt, messages), sampling: settings.sampling(), maxTokens, stop: [] };
    const result = await api.chat(job, request, (event: ChatEvent) => {
      if (event.kind === 'prefill') return prefill.put({ done: event.done, total: event.total });
      prefill.end();
      text += event.text;
      words.put(text);
      if (performance.now() - savedAt < SAVE_EVERY_MS) return;
      savedAt = performance.now();
      void keep([...messages, answerOf(id, text, null)]);
    });
    prefill.end();
    words.end();

    const stopped = store.getState().answering?.stopping === true;
    store.setState({ answering: null });
    if (result.ok || text !== '') setMessages([...messages, answerOf(id, text, result, stopped)]);
    if (!result.ok && !stopped) alerts.raise(result.failure, modelTitle());
  }

  function begin(messages: readonly Message[]): void {
    setMessages(messages);
    answer = speak();
  }

  function send(): void {
    const { draft, answering, messages } = store.getState();
    const content = draft.trim();
    if (content === '' || answering) return;
    store.setState({ draft: '' });
    begin([...messages, questionOf(content)]);
  }

  /** Asks again from the user's message before this answer. */
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
    setMessages([]);
  }

  return {
    store,
    restore,
    send,
    regenerate,
    rewrite,
    stop,
    settle,
    clear,
    setDraft: (draft: string): void => store.setState({ draft }),
    edit: (editing: string | null): void => store.setState({ editing }),
  };
}

export type Chat = ReturnType<typeof createChat>;

function questionOf(content: string): Message {
  return { id: newId('question'), role: 'user', content, figures: null, end: null, droppedMessages: 0 };
}

/** `result` is null for an answer kept while it is still being spoken. */
function answerOf(id: string, content: string, result: Result<ChatResult> | null, stopped = true): Message {
  const base = { id, role: 'assistant', content } as const;
  if (!result?.ok) return { ...base, figures: null, end: stopped ? 'aborted' : 'failed', droppedMessages: 0 };
  const { finish, tokens, tokensPerSecond, timeToFirstTokenMs, droppedMessages } = result.value;
  return { ...base, figures: { tokens, tokensPerSecond, timeToFirstTokenMs }, end: finish, droppedMessages };
}

/** Answers with no words in them are not shown to the model. */
function prompt(system: string, messages: readonly Message[]): readonly ChatMessage[] {
  const said = messages.filter(({ content }) => content !== '').map(({ role, content }) => ({ role, content }));
  return system.trim() === '' ? said : [{ role: 'system', content: system.trim() }, ...said];
}
