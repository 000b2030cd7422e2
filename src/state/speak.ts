/** One answer, from the request to the finished message. */
import type { ChatEvent, ChatMessage, ChatResult, WorkerApi } from '../protocol/api.ts';
import type { Alerts } from './alerts.ts';
import type { ChatStore } from './chat.ts';
import { latestPerFrame, wholeWords } from './frames.ts';
import { newId } from './ids.ts';
import type { Message } from './saved.ts';
import type { SettingsRoom } from './settings.ts';

export interface Answering {
  readonly job: string;
  /** Id the finished message will have. */
  readonly id: string;
  /** Whole words only; what has arrived of the next one waits. */
  readonly shown: string;
  readonly prefill: { readonly done: number; readonly total: number } | null;
  readonly stopping: boolean;
}

/** A reload in the middle of an answer loses at most this much of it. */
const SAVE_EVERY_MS = 1000;

interface Neighbours {
  readonly api: WorkerApi;
  readonly alerts: Alerts;
  readonly settings: SettingsRoom;
  readonly modelTitle: () => string;
  readonly store: ChatStore;
  readonly keep: (messages: readonly Message[]) => Promise<void>;
}

export async function speak({ api, alerts, settings, modelTitle, store, keep }: Neighbours): Promise<void> {
  const { messages } = store.getState();
  const { systemPrompt, maxTokens } = settings.store.getState();
  const job = newId('chat');
  const id = newId('answer');
  store.setState({ answering: { job, id, shown: '', prefill: null, stopping: false } });

  const change = (part: Partial<Answering>): void =>
    store.setState(({ answering }) => (answering ? { answering: { ...answering, ...part } } : {}));
  const prefill = latestPerFrame<Answering['prefill']>((value) => change({ prefill: value }));
  const words = latestPerFrame<string>((value) => change({ shown: wholeWords(value) }));

  let text = '';
  let savedAt = performance.now();
  function heard(event: ChatEvent): void {
    if (event.kind === 'prefill') {
      prefill.put({ done: event.done, total: event.total });
      return;
    }
    text += event.text;
    words.put(text);
    if (performance.now() - savedAt < SAVE_EVERY_MS) return;
    savedAt = performance.now();
    void keep([...messages, { ...unfinished(id, text), end: 'aborted' }]);
  }

  const request = {
    messages: prompt(systemPrompt, messages),
    sampling: settings.sampling(),
    maxTokens,
    stop: [],
  };
  const result = await api.chat(job, request, heard);
  prefill.end();
  words.end();

  const stopped = store.getState().answering?.stopping === true;
  const answer = result.ok ? finished(id, text, result.value) : broken(id, text, stopped);
  // Nothing at all was said before it failed: the question stands alone, and can be asked again.
  const told = answer.end === 'failed' && text === '' ? messages : [...messages, answer];
  store.setState({ answering: null, messages: told });
  if (!result.ok && !stopped) alerts.raise(result.failure, modelTitle());
  await keep(told);
}

function unfinished(id: string, content: string) {
  return { id, role: 'assistant', content, figures: null, droppedMessages: 0 } as const;
}

function broken(id: string, content: string, stopped: boolean): Message {
  return { ...unfinished(id, content), end: stopped ? 'aborted' : 'failed' };
}

function finished(id: string, content: string, result: ChatResult): Message {
  const { finish, tokens, tokensPerSecond, timeToFirstTokenMs, droppedMessages } = result;
  return {
    ...unfinished(id, content),
    figures: { tokens, tokensPerSecond, timeToFirstTokenMs },
    end: finish,
    droppedMessages,
  };
}

/** Answers with no words in them are not shown to the model. */
function prompt(system: string, messages: readonly Message[]): readonly ChatMessage[] {
  const said = messages
    .filter(({ content }) => content !== '')
    .map(({ role, content }) => ({ role, content }));
  return system.trim() === '' ? said : [{ role: 'system', content: system.trim() }, ...said];
}
