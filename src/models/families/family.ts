import type { DenseFfnSpec, RopeSpec } from '../spec.ts';

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
  readonly activation: DenseFfnSpec['activation'];
  readonly qkNorm: boolean;
  readonly postNorms: boolean;
  /** The embedding row is multiplied by sqrt(hidden). */
  readonly scaledEmbedding: boolean;
  readonly window: WindowRule;
  readonly gguf: {
    /** llama.cpp permutes q and k of the llama family to neighbouring pairs. */
    readonly pairing: RopeSpec['pairing'];
    readonly names: TensorNames;
    /** q·k is multiplied by n^-1/2; headDim where null. `layers` tells sizes of a family apart. */
    readonly attentionSpan?: (facts: {
      readonly layers: number;
      readonly hidden: number;
      readonly heads: number;
    }) => number | null;
  };
  readonly safetensors: {
    readonly names: TensorNames;
    /** Added to every norm weight: 1 where the model computes (1 + w). */
    readonly normOffset: number;
    /** What transformers' configuration class assumes where config.json is silent. */
    readonly defaults: Readonly<Record<string, number | boolean>>;
  };
}

/** Which layers see a sliding window, unless the file lists them itself. */
export type WindowRule =
  /** No windows; llama.cpp ignores one in a GGUF file of such a family, and so do we. */
  | { readonly kind: 'never' }
  /** config.json's `sliding_window` holds for every layer. */
  | { readonly kind: 'all' }
  /** With `use_sliding_window`, layers from `max_window_layers` on. */
  | { readonly kind: 'upper' }
  /** All but each n-th layer, which alone uses the global rotary table. */
  | { readonly kind: 'pattern'; readonly period: number; readonly localTheta: number };

/** File names of tensors; '{L}' stands for the layer. */
export interface TensorNames {
  readonly embed: string;
  readonly head: string;
  readonly norm: string;
  readonly attnNorm: string;
  readonly q: string;
  readonly k: string;
  readonly v: string;
  readonly qBias: string;
  readonly kBias: string;
  readonly vBias: string;
  readonly qNorm: string;
  readonly kNorm: string;
  readonly out: string;
  readonly outBias: string;
  readonly attnPostNorm: string;
  readonly ffnNorm: string;
  readonly gate: string;
  readonly up: string;
  readonly down: string;
  readonly ffnPostNorm: string;
}
export type TensorRole = keyof TensorNames;

/** gguf-py's constants.py, TENSOR_NAMES. */
export const GGUF_NAMES: TensorNames = {
  embed: 'token_embd.weight',
  head: 'output.weight',
  norm: 'output_norm.weight',
  attnNorm: 'blk.{L}.attn_norm.weight',
  q: 'blk.{L}.attn_q.weight',
  k: 'blk.{L}.attn_k.weight',
  v: 'blk.{L}.attn_v.weight',
  qBias: 'blk.{L}.attn_q.bias',
  kBias: 'blk.{L}.attn_k.bias',
  vBias: 'blk.{L}.attn_v.bias',
  qNorm: 'blk.{L}.attn_q_norm.weight',
  kNorm: 'blk.{L}.attn_k_norm.weight',
  out: 'blk.{L}.attn_output.weight',
  outBias: 'blk.{L}.attn_output.bias',
  attnPostNorm: 'blk.{L}.post_attention_norm.weight',
  ffnNorm: 'blk.{L}.ffn_norm.weight',
  gate: 'blk.{L}.ffn_gate.weight',
  up: 'blk.{L}.ffn_up.weight',
  down: 'blk.{L}.ffn_down.weight',
  ffnPostNorm: 'blk.{L}.post_ffw_norm.weight',
};

/** transformers' LlamaModel and its kin, without the 'model.' before them. */
export const HF_NAMES: TensorNames = {
  embed: 'embed_tokens.weight',
  head: 'lm_head.weight',
  norm: 'norm.weight',
  attnNorm: 'layers.{L}.input_layernorm.weight',
  q: 'layers.{L}.self_attn.q_proj.weight',
  k: 'layers.{L}.self_attn.k_proj.weight',
  v: 'layers.{L}.self_attn.v_proj.weight',
  qBias: 'layers.{L}.self_attn.q_proj.bias',
  kBias: 'layers.{L}.self_attn.k_proj.bias',
  vBias: 'layers.{L}.self_attn.v_proj.bias',
  qNorm: 'layers.{L}.self_attn.q_norm.weight',
  kNorm: 'layers.{L}.self_attn.k_norm.weight',
  out: 'layers.{L}.self_attn.o_proj.weight',
  outBias: 'layers.{L}.self_attn.o_proj.bias',
  attnPostNorm: 'layers.{L}.post_attention_layernorm.weight',
  ffnNorm: 'layers.{L}.post_attention_layernorm.weight',
  gate: 'layers.{L}.mlp.gate_proj.weight',
  up: 'layers.{L}.mlp.up_proj.weight',
  down: 'layers.{L}.mlp.down_proj.weight',
  ffnPostNorm: 'layers.{L}.post_feedforward_layernorm.weight',
};
