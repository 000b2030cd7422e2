/** One answer, from the request to the finished message. */
import type { ChatEvent, ChatResult, Failure, WorkerApi } from '../protocol/api.ts';
import type { Figures, Head, Message } from './conversation.ts';
import type { ExpertListen } from './experts.ts';
import { latestPerFrame, wholeWords } from './frames.ts';
import { promptOf } from './prompt.ts';
import { createReasoningClock, splitReasoning } from './reasoning.ts';
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
  readonly modelId: () => string | undefined;
  readonly listen: ExpertListen;
  readonly ready: (signal: AbortSignal) => Promise<boolean>;
}

/** What is spoken, and who follows it. */
export interface Utterance {
  readonly head: Head;
  /** To the question, which is its last. */
  readonly path: readonly Message[];
  /** The answer that is gone on with; null for a new one. */
  readonly begun: Message | null;
  readonly answering: Answering;
  readonly onChange: (part: Partial<Answering>) => void;
  /** Once a second: what there is of the answer, to be kept. */
  readonly onGrowth: (soFar: Message) => void;
  readonly signal: AbortSignal;
}

export interface Spoken {
  /** null where nothing was said before it failed: the question, or what was there of the answer, stands as it was. */
  readonly answer: Message | null;
  readonly failure: Failure | null;
}

export async function speak(deps: SpeakDeps, utterance: Utterance): Promise<Spoken> {
  const { api, settings, modelTitle, modelId, listen, ready } = deps;
  const { head, path, begun, answering, onChange, onGrowth, signal } = utterance;
  // Stopped while it waited, for a model or for another answer to end.
  if (!(await ready(signal)) || signal.aborted) return { answer: null, failure: null };
  onChange({ waiting: false });
  const { systemPrompt, maxTokens } = settings.store.getState();
  const prefill = latestPerFrame<Answering['prefill']>((value) => onChange({ prefill: value }));
  const words = latestPerFrame<string>((value) => onChange({ shown: wholeWords(value) }));
  const reasoning = createReasoningTime(begun);
  const before = begun?.content ?? '';
  const hearRoutes = listen(head.id, answering.id, before);
  const speaker = { model: modelTitle(), modelId: modelId() };
  const unfinished = (content: string): Message => ({
    id: answering.id,
    parent: answering.parent,
    role: 'assistant',
    content,
    createdAt: begun?.createdAt ?? Date.now(),
    figures: null,
    end: 'aborted',
    droppedMessages: begun?.droppedMessages ?? 0,
    reasoningMs: reasoning.ms(content),
    attachments: [],
  });

  let text = before;
  let keptAt = performance.now();
  function heard(event: ChatEvent): void {
    hearRoutes?.(event);
    if (event.kind === 'prefill') prefill.put({ done: event.done, total: event.total });
    if (event.kind !== 'text' || event.text === '') return;
    text += event.text;
    if (reasoning.ended(text, event.text.length)) onChange({ reasoningMs: reasoning.ms(text) });
    words.put(text);
    if (performance.now() - keptAt < KEEP_EVERY_MS) return;
    keptAt = performance.now();
    onGrowth(unfinished(text));
  }

  const request = {
    messages: promptOf(head.systemPrompt ?? systemPrompt, path),
    ...(before !== '' && { begun: before }),
    sampling: settings.sampling(),
    maxTokens,
    stop: [],
    routes: hearRoutes !== null,
  };
  const result = await api.chat(answering.job, request, heard);
  prefill.end();
  words.end();

  if (result.ok) return { answer: finished(unfinished(text), result.value, speaker, begun), failure: null };
  const stopped = signal.aborted;
  const answer: Message = { ...unfinished(text), end: stopped ? 'aborted' : 'failed' };
  return { answer: text === before && !stopped ? null : answer, failure: stopped ? null : result.failure };
}

/** How long one answer reasons: what is measured now, after what was measured before it broke off. */
function createReasoningTime(begun: Message | null) {
  const clock = createReasoningClock(() => performance.now());
  // Reasoning that had ended was measured whole.
  const over = begun !== null && !splitReasoning(begun.content).open;
  const earlier = begun?.reasoningMs ?? null;
  let told = over;
  return {
    ms(text: string): number | null {
      const now = over ? null : clock.measured(text);
      return now === null ? earlier : now + (earlier ?? 0);
    },
    /** Whether it has ended with this: `text` is all there is, of which `added` characters are new. */
    ended(text: string, added: number): boolean {
      if (told) return false;
      clock.heard(text, added);
      told = clock.ended();
      return told;
    },
  };
}

type Speaker = Pick<Figures, 'model' | 'modelId'>;

function finished(answer: Message, result: ChatResult, speaker: Speaker, begun: Message | null): Message {
  const { finish, droppedMessages, tokens, tokensPerSecond, timeToFirstTokenMs } = result;
  const now = { tokens, tokensPerSecond, timeToFirstTokenMs, ...speaker };
  return {
    ...answer,
    figures: begun ? together(begun.figures, now) : now,
    end: finish,
    droppedMessages: Math.max(answer.droppedMessages, droppedMessages),
  };
}

/** Of an answer spoken in two goes; null where the first was not measured. */
function together(before: Figures | null, now: Figures): Figures | null {
  if (!before) return null;
  const measured = [before, now].filter(({ tokensPerSecond }) => tokensPerSecond > 0);
  const tokens = measured.reduce((sum, part) => sum + part.tokens, 0);
  const seconds = measured.reduce((sum, part) => sum + part.tokens / part.tokensPerSecond, 0);
  return {
    tokens: before.tokens + now.tokens,
    tokensPerSecond: seconds > 0 ? tokens / seconds : 0,
    timeToFirstTokenMs: before.timeToFirstTokenMs,
    ...speakerOf(before, now),
  };
}

/** Of what two models spoke, both titles; no id names them. */
function speakerOf(before: Speaker, { model, modelId }: Speaker): Speaker {
  const same = before.model === model && (before.modelId ?? modelId) === modelId;
  return same ? { model, modelId } : { model: `${before.model}, ${model}` };
}
