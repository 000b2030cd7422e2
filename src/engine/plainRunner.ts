/**
 * A model on the CPU: the plain forward pass, and the sample kernel's reference, which
 * draws by the same random numbers. Slow, so for small models alone; between steps the
 * event loop runs, so that a cancel is heard.
 */
import { AppError } from '../base/failure.ts';
import { nextTask } from '../base/nextTask.ts';
import {
  type ChosenExperts,
  createPlainSession,
  NO_EXPERT,
  type PlainLogits,
  type PlainResult,
  type PlainSession,
  type PlainWeights,
  type TokenRoutes,
} from '../graph/index.ts';
import { sampleReference } from '../kernels/index.ts';
import type { ModelSpec } from '../models/index.ts';
import { GREEDY, type SamplingSettings } from './sampling.ts';
import type { Decoded, TokenRunner } from './tokenRunner.ts';

/** Tokens computed before a cancel is heard: about a tenth of a second of a small model. */
const CHUNK = 16;

export interface PlainRunnerOptions {
  readonly spec: ModelSpec;
  readonly weights: PlainWeights;
  readonly contextLength: number;
  readonly weightBytesPerToken: number;
}

export class PlainRunner implements TokenRunner {
  readonly contextLength: number;
  readonly chunk = CHUNK;
  readonly logitRows = CHUNK;
  /** There is nothing to wait for, so nothing is computed ahead. */
  readonly depth = 1;
  readonly dispatchesPerToken = 0;
  readonly weightBytesPerToken: number;
  readonly #session: PlainSession;
  readonly #timeline: number[] = [];
  #settings: SamplingSettings = GREEDY;
  /** How often each id was seen. [vocab] */
  readonly #counts: Uint32Array;
  /** What the last step gave. */
  #last: PlainResult = { logits: new Float32Array(0), taps: [], routes: [], routeWeights: [] };

  constructor(options: PlainRunnerOptions) {
    this.#session = createPlainSession(options.spec, options.weights);
    this.#counts = new Uint32Array(options.spec.vocab);
    this.contextLength = options.contextLength;
    this.weightBytesPerToken = options.weightBytesPerToken;
  }

  keepable(prefix: number): number {
    return Math.min(prefix, this.#session.length);
  }

  reserve(): Promise<void> {
    return Promise.resolve();
  }

  writeTokens(position: number, ids: readonly number[]): void {
    this.#timeline.splice(position, ids.length, ...ids);
  }

  beginSampling(settings: SamplingSettings, timeline: readonly number[]): void {
    this.#settings = settings;
    this.#counts.fill(0);
    for (const id of timeline) this.#counts[id]! += 1;
  }

  async prefill(position: number, tokens: number): Promise<void> {
    await this.#step(position, tokens, 'none');
  }

  async prefillLogits(position: number, tokens: number): Promise<Float32Array<ArrayBuffer>> {
    return (await this.#step(position, tokens, 'all')).logits;
  }

  async decode(position: number, routes = false): Promise<Decoded> {
    const result = await this.#step(position, 1, 'all');
    const { seed } = this.#settings;
    const id = sampleReference(result.logits, this.#counts, this.#settings, seed, position);
    if (id < 0)
      throw new AppError('KERNEL_CHECK_FAILED', 'the model produced numbers that are not numbers', {
        what: 'logits',
      });
    this.#counts[id]! += 1;
    this.#timeline[position + 1] = id;
    return { id, routes: routes ? tokenRoutes(result) : null };
  }

  async readLogits(): Promise<Float32Array<ArrayBuffer>> {
    return this.#last.logits;
  }

  async readRoutes(): Promise<ChosenExperts> {
    return this.#last.routes;
  }

  /** Finds weights that give no numbers. */
  async warmUp(): Promise<void> {
    this.writeTokens(0, [0]);
    this.beginSampling(GREEDY, []);
    await this.decode(0);
  }

  dispose(): void {
    this.#session.truncate(0);
  }

  /** The positions' tokens over what is kept of those before. */
  async #step(position: number, tokens: number, wanted: PlainLogits): Promise<PlainResult> {
    await nextTask();
    this.#session.truncate(position);
    this.#last = this.#session.forward(this.#timeline.slice(position, position + tokens), wanted);
    return this.#last;
  }
}

/** null for dense models. */
function tokenRoutes({ routes, routeWeights }: PlainResult): TokenRoutes | null {
  if (routes.length === 0) return null;
  const chosen = routes.map(([first = []]) => first);
  const width = Math.max(...chosen.map(({ length }) => length));
  const ids = new Uint16Array(routes.length * width).fill(NO_EXPERT);
  const weights = new Float32Array(ids.length);
  chosen.forEach((layer, at) => {
    ids.set(layer, at * width);
    weights.set(routeWeights[at]?.[0] ?? [], at * width);
  });
  return { ids, weights };
}
