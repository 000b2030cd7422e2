/**
 * What turns positions of a timeline into the tokens behind them. Sessions, chats and
 * completions speak to this alone, and so run alike on the GPU (runner.ts) and, for
 * small models, on the CPU (plainRunner.ts).
 */
import type { ChosenExperts, TokenRoutes } from '../graph/index.ts';
import type { SamplingSettings } from './sampling.ts';

/** What one step gave. */
export interface Decoded {
  /** The token chosen for the next position. */
  readonly id: number;
  /** Where they were asked for, the experts on the way to it; null for dense models. */
  readonly routes: TokenRoutes | null;
}

export interface TokenRunner {
  readonly contextLength: number;
  /** Tokens to prefill at a time, between two looks at whether to go on. */
  readonly chunk: number;
  /** Tokens whose logits are given at a time. */
  readonly logitRows: number;
  /** Steps to have on the way at once. */
  readonly depth: number;
  /** 0 where nothing is dispatched. */
  readonly dispatchesPerToken: number;
  /** Bytes of weights one decoded token reads. */
  readonly weightBytesPerToken: number;
  /** How much of a prefix that was computed before can be gone on from. */
  keepable(prefix: number): number;
  /** Makes room for `positions`, keeping the first `keep`. */
  reserve(positions: number, keep: number): Promise<void>;
  writeTokens(position: number, ids: readonly number[]): void;
  /** `timeline`: what penalties count. */
  beginSampling(settings: SamplingSettings, timeline: readonly number[]): void;
  prefill(position: number, tokens: number): Promise<void>;
  /** Logits of every token of a chunk. [tokens, vocab] */
  prefillLogits(position: number, tokens: number): Promise<Float32Array<ArrayBuffer>>;
  /** One token at `position`. KERNEL_CHECK_FAILED where the logits are no numbers. */
  decode(position: number, routes?: boolean): Promise<Decoded>;
  /** The logits the last decode left. [1, vocab] */
  readLogits(): Promise<Float32Array<ArrayBuffer>>;
  /** The experts the last step chose: after a chunk of `tokens`, or (1) after a decoded token. */
  readRoutes(tokens: number, decoded: boolean): Promise<ChosenExperts>;
  dispose(): void;
}
