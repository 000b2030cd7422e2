/** One answer, from the request to the finished message. */
import type { ChatEvent, ChatResult, Failure, WorkerApi } from '../protocol/api.ts';
import type { Head, Message } from './conversation.ts';
import type { ExpertListen } from './experts.ts';
import { latestPerFrame, wholeWords } from './frames.ts';
import { promptOf } from './prompt.ts';
import { createReasoningClock } from './reasoning.ts';
import type { SettingsRoom } from './settings.ts';

export interface Answering {
  readonly job: string;
  /** Id the finished message will have. */
  readonly id: string;
  /** The question. */
  readonly parent: string;
  /** Whole words only; what has arrived of the next one waits. */
  readonly shown: string;
  readonly prefill: { readonly done: number; readonly total: number } | null;
  /** When the reasoning began that goes on now (performance.now), or null. */
  readonly reasoningSince: number | null;
  /** How long it reasoned, once it has ended. */
  readonly reasoningMs: number | null;
  /** For a model: one is loading. */
  readonly waiting: boolean;
  readonly stopping: boolean;
}

/** A reload in the middle of an answer loses at most this much of it. */
const KEEP_EVERY_MS = 1000;

export interface SpeakDeps {
  readonly api: WorkerApi;
  readonly settings: SettingsRoom;
  readonly modelTitle: () => string;
  readonly listen: ExpertListen;
  readonly ready: (signal: AbortSignal) => Promise<boolean>;
}

/** What is spoken, and who follows it. */
export interface Utterance {
  readonly head: Head;
  /** To the question, which is its last. */
  readonly path: readonly Message[];
  readonly answering: Answering;
  readonly onChange: (part: Partial<Answering>) => void;
  /** Once a second: what there is of the answer, to be kept. */
  readonly onGrowth: (soFar: Message) => void;
  readonly signal: AbortSignal;
}

export interface Spoken {
  /** null where nothing at all was said before it failed: the question stands alone, and can be asked again. */
  readonly answer: Message | null;
  readonly failure: Failure | null;
}

export async function speak(deps: SpeakDeps, utterance: Utterance): Promise<Spoken> {
  const { api, settings, modelTitle, listen, ready } = deps;
  const { head, path, answering, onChange, onGrowth, signal } = utterance;
  if (!(await ready(signal))) return { answer: null, failure: null };
  onChange({ waiting: false });
  const { systemPrompt, maxTokens } = settings.store.getState();
  const prefill = latestPerFrame<Answering['prefill']>((value) => onChange({ prefill: value }));
  const words = latestPerFrame<string>((value) => onChange({ shown: wholeWords(value) }));
  const clock = createReasoningClock(() => performance.now());
  const hearRoutes = listen(head.id, answering.id);
  const model = modelTitle();
  const unfinished = (content: string): Message => ({
    id: answering.id,
    parent: answering.parent,
    role: 'assistant',
    content,
    createdAt: Date.now(),
    figures: null,
    end: 'aborted',
    droppedMessages: 0,
    reasoningMs: clock.measured(content),
    attachments: [],
  });

  let text = '';
  let keptAt = performance.now();
  function heard(event: ChatEvent): void {
    hearRoutes?.(event);
    if (event.kind === 'prefill') prefill.put({ done: event.done, total: event.total });
    if (event.kind !== 'text' || event.text === '') return;
    text += event.text;
    const before = clock.since();
    clock.heard(text, event.text.length);
    if (clock.since() !== before)
      onChange({
        reasoningSince: clock.since(),
        reasoningMs: clock.since() === null ? clock.measured(text) : null,
      });
    words.put(text);
    if (performance.now() - keptAt < KEEP_EVERY_MS) return;
    keptAt = performance.now();
    onGrowth(unfinished(text));
  }

  const request = {
    messages: promptOf(head.systemPrompt ?? systemPrompt, path),
    sampling: settings.sampling(),
    maxTokens,
    stop: [],
    routes: hearRoutes !== null,
  };
  const result = await api.chat(answering.job, request, heard);
  prefill.end();
  words.end();

  if (result.ok) return { answer: finished(unfinished(text), result.value, model), failure: null };
  const stopped = signal.aborted;
  const answer: Message = { ...unfinished(text), end: stopped ? 'aborted' : 'failed' };
  return { answer: text === '' && !stopped ? null : answer, failure: stopped ? null : result.failure };
}

function finished(answer: Message, result: ChatResult, model: string): Message {
  const { finish, tokens, tokensPerSecond, timeToFirstTokenMs, droppedMessages } = result;
  return {
    ...answer,
    figures: { tokens, tokensPerSecond, timeToFirstTokenMs, model },
    end: finish,
    droppedMessages,
  };
}
