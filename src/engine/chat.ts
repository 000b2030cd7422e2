/**
 * A conversation's next answer: the template, as much history as fits, the
 * session, and text that is never half a character.
 */
import {
  createStopWatcher,
  createStreamDecoder,
  openedReasoning,
  stopStringsOf,
  type Message,
} from '../text/index.ts';
import type { TokenRoutes } from '../graph/index.ts';
import { fitPrompt } from './fitPrompt.ts';
import type { LoadedModel } from './loadModel.ts';
import type { SamplingSettings } from './sampling.ts';
import type { Finish } from './session.ts';

export interface ChatOptions {
  readonly messages: readonly Message[];
  /** An answer to them that was cut, as `onText` told it: it is gone on with, and only what comes is told. */
  readonly begun?: string;
  readonly sampling: SamplingSettings;
  readonly maxTokens: number;
  readonly stop: readonly string[];
  readonly signal: AbortSignal;
  readonly onPrefill: (done: number, total: number) => void;
  readonly onText: (text: string, tokens: number) => void;
  /** Where given, told the experts of each token of the answer, from 0, before its text. */
  readonly onRoutes?: ((token: number, routes: TokenRoutes) => void) | undefined;
}

export interface ChatOutcome {
  readonly finish: Finish;
  readonly promptTokens: number;
  readonly reusedTokens: number;
  readonly tokens: number;
  readonly droppedMessages: number;
  readonly timeToFirstTokenMs: number;
  readonly tokensPerSecond: number;
}

export async function chat(model: LoadedModel, options: ChatOptions): Promise<ChatOutcome> {
  const start = performance.now();
  const { prompt, begun, dropped } = fitPrompt(model, options.messages, options.begun, options.maxTokens);
  const { session, tokenizer } = model;
  const { onRoutes } = options;
  const outcome = {
    finish: 'aborted' as Finish,
    promptTokens: prompt.length + begun.length,
    reusedTokens: 0,
    tokens: 0,
    droppedMessages: dropped,
  };
  let firstAt = 0;
  let lastAt = 0;
  const done = () => ({
    ...outcome,
    timeToFirstTokenMs: firstAt === 0 ? 0 : firstAt - start,
    tokensPerSecond: lastAt > firstAt ? ((outcome.tokens - 1) * 1000) / (lastAt - firstAt) : 0,
  });
  try {
    outcome.reusedTokens = await session.sync([...prompt, ...begun], options.signal, (n) =>
      options.onPrefill(n, outcome.promptTokens),
    );
  } catch (error) {
    if (options.signal.aborted) return done();
    throw error;
  }
  const opened = options.begun === undefined ? openedReasoning(tokenizer, prompt) : '';
  if (opened !== '') options.onText(`${opened}\n`, 0);
  const decoder = createStreamDecoder(tokenizer, { marks: true });
  // It may have been cut within a character.
  for (const id of begun) decoder.push(id);
  const watcher = createStopWatcher([...options.stop, ...stopStringsOf(model.manifest.text)]);
  const ids = session.generate({
    sampling: options.sampling,
    maxTokens: options.maxTokens,
    stopIds: new Set(model.manifest.text.stopIds),
    signal: options.signal,
    onTokenRoutes: onRoutes && ((routes) => onRoutes(outcome.tokens, routes)),
  });
  for (let next = await ids.next(); ; next = await ids.next()) {
    if (next.done) {
      outcome.finish = next.value;
      break;
    }
    lastAt = performance.now();
    if (outcome.tokens++ === 0) firstAt = lastAt;
    const { text, stopped } = watcher.push(decoder.push(next.value));
    options.onText(text, outcome.tokens);
    if (stopped) {
      outcome.finish = 'stop';
      await ids.return('stop');
      return done();
    }
  }
  const rest = watcher.push(decoder.flush()).text + watcher.flush();
  if (rest) options.onText(rest, outcome.tokens);
  return done();
}
