/** A bare completion, as `npm run infer` asks for it. */
import { AppError } from '../base/failure.ts';
import type { ModelSpec } from '../models/index.ts';
import { createStreamDecoder, encodeChat, encodePrompt } from '../text/index.ts';
import type { LoadedModel } from './loadModel.ts';
import type { SamplingSettings } from './sampling.ts';
import type { Finish } from './session.ts';
import { trace, type Trace, type TraceOptions } from './trace.ts';

export type CompletionPrompt =
  | { readonly text: string; readonly chat: boolean }
  | { readonly ids: readonly number[] };

export interface CompletionOptions {
  readonly prompt: CompletionPrompt;
  readonly sampling: SamplingSettings;
  readonly maxTokens: number;
  readonly signal: AbortSignal;
  /** Where given: the logits of every position, rows of `vocab` floats in order. */
  readonly onLogits?: (rows: Float32Array<ArrayBuffer>) => Promise<void>;
  /** With onLogits: the experts chosen at the same positions. */
  readonly onRoutes?: TraceOptions['onRoutes'];
}

export interface Completion {
  readonly promptTokens: number;
  readonly tokens: readonly number[];
  readonly text: string;
  readonly finishReason: Finish;
  readonly timings: {
    readonly prefillMs: number;
    readonly decodeMs: number;
    readonly prefillTokensPerSecond: number;
    readonly decodeTokensPerSecond: number;
  };
  /** The routed experts chosen for those tokens: all of a model's are on the GPU. */
  readonly experts: { readonly hits: number; readonly misses: number; readonly bytesRead: number };
}

export async function complete(model: LoadedModel, options: CompletionOptions): Promise<Completion> {
  const prompt = promptIds(model, options.prompt);
  const foreign = prompt.find((id) => !Number.isInteger(id) || id < 0 || id >= model.manifest.spec.vocab);
  if (foreign !== undefined)
    throw new AppError('BAD_REQUEST', `token ${foreign} is not in the vocabulary`, { token: foreign });
  const stopIds = new Set(model.manifest.text.stopIds);
  await model.prefillReady; // what is timed is the kernels, not their compilation
  let made: Trace;
  if (options.onLogits) {
    model.session.reset();
    made = await trace(model.runner, prompt, { ...options, stopIds, onLogits: options.onLogits });
  } else {
    made = await generate(model, prompt, stopIds, options);
  }
  const decoder = createStreamDecoder(model.tokenizer);
  const text = made.tokens.map((id) => decoder.push(id)).join('') + decoder.flush();
  const { prefillMs, decodeMs } = made;
  return {
    promptTokens: prompt.length,
    tokens: made.tokens,
    text,
    finishReason: made.finish,
    timings: {
      prefillMs,
      decodeMs,
      prefillTokensPerSecond: prefillMs > 0 ? ((prompt.length - 1) * 1000) / prefillMs : 0,
      decodeTokensPerSecond: decodeMs > 0 ? (made.tokens.length * 1000) / decodeMs : 0,
    },
    experts: { hits: made.tokens.length * expertsChosen(model.manifest.spec), misses: 0, bytesRead: 0 },
  };
}

/** For one token, in all layers. */
function expertsChosen({ layers }: ModelSpec): number {
  return layers.reduce((sum, { ffn }) => sum + (ffn.kind === 'moe' ? ffn.topK : 0), 0);
}

async function generate(
  model: LoadedModel,
  prompt: readonly number[],
  stopIds: ReadonlySet<number>,
  options: CompletionOptions,
): Promise<Trace> {
  const started = performance.now();
  await model.session.sync(prompt, options.signal, () => undefined);
  const prefilled = performance.now();
  const tokens: number[] = [];
  const ids = model.session.generate({ ...options, stopIds });
  for (let next = await ids.next(); ; next = await ids.next()) {
    if (next.done) {
      return {
        tokens,
        finish: next.value,
        prefillMs: prefilled - started,
        decodeMs: performance.now() - prefilled,
      };
    }
    tokens.push(next.value);
  }
}

function promptIds(model: LoadedModel, prompt: CompletionPrompt): readonly number[] {
  if ('ids' in prompt) {
    if (prompt.ids.length === 0) throw new AppError('BAD_REQUEST', 'the prompt has no tokens');
    return prompt.ids;
  }
  const { text } = model.manifest;
  if (prompt.chat) return encodeChat(model.tokenizer, text, [{ role: 'user', content: prompt.text }]);
  return encodePrompt(model.tokenizer, text, prompt.text);
}
