import type { Family } from './families/family.ts';
import type { RopeFacts } from './rope.ts';
import type { RopeSpec, RouterSpec, TemperatureSpec } from './spec.ts';

/**
 * What a model's file says of it, whichever kind of file it was; every number has
 * passed its bounds.
 */
export interface ModelFacts {
  readonly family: Family;
  /** null where the embedding's rows say it. */
  readonly vocab: number | null;
  readonly hidden: number;
  readonly contextLength: number;
  readonly normEps: number;
  readonly embedScale: number;
  readonly residualScale: number;
  readonly logitScale: number;
  readonly logitSoftCap: number;
  /** null: tied where there is no head among the tensors. */
  readonly tiedHead: boolean | null;
  readonly layers: readonly LayerFacts[];
  /** Layers behind these that guess tokens ahead; the files have their tensors too. */
  readonly layersAhead: number;
  readonly heads: number;
  /** Of the layers that attend; null in a family whose attention is the other. */
  readonly gqa: GqaFacts | null;
  readonly mla: MlaFacts | null;
  /** Taps of the layers that convolve; 0 where none does. */
  readonly convWidth: number;
  /** Inner width of the dense layers; 0 where none is. */
  readonly inner: number;
  readonly moe: MoeFacts | null;
  readonly rope: RopeFacts;
  /** Of the windowed layers, where it differs. */
  readonly localRope: RopeFacts | null;
  readonly pairing: RopeSpec['pairing'];
  /** Of the queries of all layers, or of those without rotary embedding. */
  readonly temperature: { readonly of: 'all' | 'unrotated'; readonly spec: TemperatureSpec } | null;
}

/** How a layer differs from its neighbours. */
export interface LayerFacts {
  readonly mixes: 'full' | 'window' | 'chunk' | 'conv';
  readonly rotates: boolean;
  /** Its feed-forward network is a mixture of experts. */
  readonly sparse: boolean;
}

export interface GqaFacts {
  readonly kvHeads: number;
  readonly headDim: number;
  /** Multiplies q·k. */
  readonly scale: number;
  readonly softCap: number;
  /** Tokens a windowed layer sees, and those of a chunk; 0 where no layer does so. */
  readonly window: number;
  readonly chunk: number;
  /** Whether a norm without weights, where the family has one, is used. */
  readonly unitNorm: boolean;
}

export interface MlaFacts {
  readonly qRank: number;
  readonly kvRank: number;
  readonly nopeDim: number;
  readonly ropeDim: number;
  readonly valueDim: number;
  readonly scale: number;
  readonly latentEps: number;
}

export interface MoeFacts extends Pick<RouterSpec, 'renormalise' | 'scale'> {
  readonly groups: { readonly count: number; readonly kept: number } | null;
  readonly experts: number;
  readonly topK: number;
  readonly inner: number;
  /** Of the expert every token takes; 0 for none. */
  readonly sharedInner: number;
  /** null: 'sigmoid' where the tensors have a bias for the choice, else 'softmax'. */
  readonly score: RouterSpec['score'] | null;
  /** null: as the tensors say. */
  readonly selectBias: boolean | null;
}
