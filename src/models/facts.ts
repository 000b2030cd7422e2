import type { Family } from './families/family.ts';
import type { RopeFacts } from './rope.ts';

/**
 * What a model's file says of it, whichever kind of file it was; every number has
 * passed its bounds.
 */
export interface ModelFacts {
  readonly family: Family;
  /** null where the embedding's rows say it. */
  readonly vocab: number | null;
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly inner: number;
  readonly contextLength: number;
  readonly normEps: number;
  /** Multiplies q·k. */
  readonly attentionScale: number;
  readonly attentionSoftCap: number;
  readonly logitSoftCap: number;
  /** null: tied where there is no head among the tensors. */
  readonly tiedHead: boolean | null;
  /** Tokens a windowed layer sees. */
  readonly window: number;
  readonly isWindowed: (layer: number) => boolean;
  readonly rope: RopeFacts;
  /** Of the windowed layers, where it differs. */
  readonly localRope: RopeFacts | null;
}
