import type { Activation, GqaSpec, MoeFfnSpec, RouterSpec } from '../spec.ts';
import type { ExpertNames, TensorNames } from './names.ts';

/**
 * A family as data: how it differs from the shared decoder, and what its files
 * call the tensors. GGUF and safetensors differ in more than names, so what holds
 * for one of them says so.
 */
export interface Family {
  readonly name: string;
  /** `general.architecture` of its GGUF files; none where they go by another family's. */
  readonly architectures: readonly string[];
  /** `model_type` of its config.json. */
  readonly modelTypes: readonly string[];
  readonly attention: 'gqa' | 'mla';
  readonly activation: Activation;
  /** 'unit' holds for the layers that rotate. */
  readonly qkNorm: GqaSpec['qkNorm'];
  readonly sinks: boolean;
  readonly postNorms: boolean;
  /** The embedding row is multiplied by sqrt(hidden). */
  readonly scaledEmbedding: boolean;
  readonly window: WindowRule;
  /** null where the family has no experts. */
  readonly moe: MoeRules | null;
  readonly gguf: FileRules & {
    /** What llama.cpp knows by a model's sizes alone; both in config.json's words. */
    readonly inferred?: (told: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
  };
  readonly safetensors: FileRules & {
    /** Added to every norm weight: 1 where the model computes (1 + w). */
    readonly normOffset: number;
  };
}

export interface FileRules {
  readonly names: TensorNames;
  /** Ways in which files hold experts; the first is what a missing one is called by. */
  readonly experts: readonly ExpertNames[];
  /**
   * What holds where the file is silent, in config.json's words: of transformers'
   * configuration class, or of llama.cpp's code. `rope_interleave` says that rotary
   * pairs are neighbours: llama.cpp permutes q and k of the llama family so.
   */
  readonly defaults: Readonly<Record<string, unknown>>;
}

/** What of a mixture of experts no file tells. */
export interface MoeRules {
  readonly score: RouterSpec['score'] | 'asTold';
  /** The router and the experts are linear with a bias. */
  readonly bias: boolean;
  readonly selectBias: boolean | 'asTold';
  /** 'byScore': DeepSeek-V2 takes the largest of softmax scores, V3 two of sigmoids. */
  readonly groupScore: 'max' | 'topTwo' | 'byScore';
  /** Added to the sum where weights are renormalised. */
  readonly renormaliseEps: number;
  readonly weigh: MoeFfnSpec['weigh'];
  /** The shared expert has a gate of its own. */
  readonly gatedShared: boolean;
}

/** Which layers see less than all tokens, unless the file lists them itself. */
export type WindowRule =
  /** No windows; llama.cpp ignores one in a GGUF file of such a family, and so do we. */
  | { readonly kind: 'never' }
  /** config.json's `sliding_window` holds for every layer. */
  | { readonly kind: 'all' }
  /** With `use_sliding_window`, layers from `max_window_layers` on. */
  | { readonly kind: 'upper' }
  /** With `use_sliding_window`, every other layer below `max_window_layers`, from the first. */
  | { readonly kind: 'evenBelow' }
  /** With `use_sliding_window`, layers without rotary embedding. */
  | { readonly kind: 'unrotated' }
  /** All but each n-th layer, which alone uses the global rotary table where there are two. */
  | { readonly kind: 'pattern'; readonly period: number; readonly localTheta: number | null }
  /** Layers with rotary embedding see their own chunk of `attention_chunk_size` tokens. */
  | { readonly kind: 'chunks' }
  /** The file must list its layers, which may be convolutions. */
  | { readonly kind: 'listed' };

/** Of families with experts: softmax, then the largest, nothing more. */
export const PLAIN_MOE: MoeRules = {
  score: 'softmax',
  bias: false,
  selectBias: false,
  groupScore: 'max',
  renormaliseEps: 0,
  weigh: 'output',
  gatedShared: false,
};
