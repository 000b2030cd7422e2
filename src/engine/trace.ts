/**
 * Generation with the logits of every position: the prompt's rows from chunks,
 * the others from single steps, through the same programs that a chat uses. One
 * step at a time, since each row is read back.
 */
import type { ChosenExperts } from '../graph/index.ts';
import type { SamplingSettings } from './sampling.ts';
import type { Finish } from './session.ts';
import type { TokenRunner } from './tokenRunner.ts';

export interface TraceOptions {
  readonly sampling: SamplingSettings;
  readonly maxTokens: number;
  readonly stopIds: ReadonlySet<number>;
  readonly signal: AbortSignal;
  /** Rows of `vocab` floats in order of position; prompt + tokens rows in all. */
  readonly onLogits: (rows: Float32Array<ArrayBuffer>) => Promise<void>;
  /** The experts chosen at the same positions, where asked for. */
  readonly onRoutes?: ((routes: ChosenExperts) => void) | undefined;
}

export interface Trace {
  readonly tokens: readonly number[];
  readonly finish: Finish;
  readonly prefillMs: number;
  readonly decodeMs: number;
}

export async function trace(
  runner: TokenRunner,
  prompt: readonly number[],
  options: TraceOptions,
): Promise<Trace> {
  const started = performance.now();
  const most = Math.min(options.maxTokens, runner.contextLength - prompt.length);
  await runner.reserve(prompt.length + most, 0);
  runner.writeTokens(0, prompt);
  runner.beginSampling(options.sampling, prompt);
  const last = prompt.length - 1;
  for (let at = 0; at < last; at += runner.logitRows) {
    options.signal.throwIfAborted();
    const count = Math.min(runner.logitRows, last - at);
    await options.onLogits(await runner.prefillLogits(at, count));
    options.onRoutes?.(await runner.readRoutes(count, false));
  }
  const prefilled = performance.now();
  const tokens: number[] = [];
  let finish: Finish = most < options.maxTokens ? 'context' : 'length';
  for (let position = last; ; position++) {
    const { id } = await runner.decode(position);
    await options.onLogits(await runner.readLogits());
    options.onRoutes?.(await runner.readRoutes(1, true));
    if (tokens.length === most) break;
    if (options.signal.aborted || options.stopIds.has(id)) {
      finish = options.signal.aborted ? 'aborted' : 'stop';
      break;
    }
    tokens.push(id);
  }
  return { tokens, finish, prefillMs: prefilled - started, decodeMs: performance.now() - prefilled };
}
