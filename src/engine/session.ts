/**
 * One timeline of token ids and the KV cache behind it. `sync` brings the cache
 * to a prompt, computing only what differs; `generate` goes on from there.
 * Callers always pass the whole timeline: edits and regenerations are nothing
 * but a shorter common prefix.
 */
import { AppError } from '../base/failure.ts';
import type { TokenRoutes } from '../graph/index.ts';
import type { SamplingSettings } from './sampling.ts';
import type { Decoded, TokenRunner } from './tokenRunner.ts';

export interface GenerateOptions {
  readonly sampling: SamplingSettings;
  readonly maxTokens: number;
  readonly stopIds: ReadonlySet<number>;
  readonly signal: AbortSignal;
  /** Where given, told of each token right before it is yielded: the experts of the step that made it. */
  readonly onTokenRoutes?: ((routes: TokenRoutes) => void) | undefined;
}

export type Finish = 'stop' | 'length' | 'context' | 'aborted';

export class Session {
  readonly #runner: TokenRunner;
  /** Everything said so far: prompt and answers. */
  #tokens: number[] = [];
  /** Positions of #tokens whose keys and values are in the cache. */
  #cached = 0;
  #busy = false;

  constructor(runner: TokenRunner) {
    this.#runner = runner;
  }

  get tokens(): readonly number[] {
    return this.#tokens;
  }

  /**
   * Prefills all of `prompt` but its last token, chunk by chunk; the last one's
   * logits start the generation. Returns how many positions were already there.
   */
  async sync(
    prompt: readonly number[],
    signal: AbortSignal,
    onProgress: (done: number) => void,
  ): Promise<number> {
    if (prompt.length === 0) throw new AppError('BAD_REQUEST', 'the prompt has no tokens');
    if (prompt.length > this.#runner.contextLength) {
      throw new AppError('CONTEXT_FULL', 'the prompt is longer than the context', {
        tokens: prompt.length,
        context: this.#runner.contextLength,
      });
    }
    return this.#exclusive(async () => {
      const known = Math.min(commonPrefix(this.#tokens, prompt), this.#cached, prompt.length - 1);
      const reused = this.#runner.keepable(known);
      this.#tokens = [...prompt];
      this.#cached = reused;
      await this.#runner.reserve(prompt.length, reused);
      this.#runner.writeTokens(0, prompt);
      while (this.#cached < prompt.length - 1) {
        signal.throwIfAborted();
        const count = Math.min(this.#runner.chunk, prompt.length - 1 - this.#cached);
        await this.#runner.prefill(this.#cached, count);
        this.#cached += count;
        onProgress(this.#cached);
      }
      return reused;
    });
  }

  /** Yields token ids, a stop id not among them; returns why it ended. */
  async *generate(options: GenerateOptions): AsyncGenerator<number, Finish> {
    if (this.#busy) throw new AppError('BAD_REQUEST', 'the session is already speaking');
    this.#busy = true;
    const first = this.#tokens.length;
    const room = this.#runner.contextLength - first;
    const most = Math.min(options.maxTokens, room);
    const flight: Promise<Decoded>[] = [];
    const wantsRoutes = options.onTokenRoutes !== undefined;
    let submitted = 0;
    try {
      this.#runner.beginSampling(options.sampling, this.#tokens);
      for (let made = 0; made < most; made++) {
        while (flight.length < this.#runner.depth && submitted < most) {
          await this.#runner.reserve(first + submitted, first + submitted - 1);
          const step = this.#runner.decode(first - 1 + submitted++, wantsRoutes);
          step.catch(() => undefined); // heard when its turn comes, or dropped with the rest
          flight.push(step);
        }
        const { id, routes } = await flight.shift()!;
        this.#cached = this.#tokens.length;
        if (options.signal.aborted) return 'aborted';
        if (options.stopIds.has(id)) return 'stop';
        this.#tokens.push(id);
        if (routes) options.onTokenRoutes?.(routes);
        yield id;
      }
      return options.maxTokens > room ? 'context' : 'length';
    } finally {
      await Promise.allSettled(flight);
      this.#busy = false;
    }
  }

  /** Forgets the timeline; the next sync computes everything. */
  reset(): void {
    this.#tokens = [];
    this.#cached = 0;
  }

  async #exclusive<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy) throw new AppError('BAD_REQUEST', 'the session is already speaking');
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
    }
  }
}

function commonPrefix(a: readonly number[], b: readonly number[]): number {
  const most = Math.min(a.length, b.length);
  let i = 0;
  while (i < most && a[i] === b[i]) i++;
  return i;
}
