/** GGUF's words for what config.json says: the metadata key of each, and the values that differ in form. */
import type { GgufMetadata } from '../formats/index.ts';

/** config.json's key → the key behind the architecture's name. */
const WORDS: Readonly<Record<string, string>> = {
  hidden_size: 'embedding_length',
  num_hidden_layers: 'block_count',
  num_nextn_predict_layers: 'nextn_predict_layers',
  max_position_embeddings: 'context_length',
  intermediate_size: 'feed_forward_length',
  num_attention_heads: 'attention.head_count',
  num_key_value_heads: 'attention.head_count_kv',
  head_dim: 'attention.key_length',
  value_head_dim: 'attention.value_length',
  rms_norm_eps: 'attention.layer_norm_rms_epsilon',
  attention_multiplier: 'attention.scale',
  clip_qkv: 'attention.clamp_kqv',
  attn_logit_softcapping: 'attn_logit_softcapping',
  final_logit_softcapping: 'final_logit_softcapping',
  embedding_multiplier: 'embedding_scale',
  residual_multiplier: 'residual_scale',
  logits_scaling: 'logit_scale',
  sliding_window: 'attention.sliding_window',
  sliding_window_pattern: 'attention.sliding_window_pattern',
  llama_4_scaling_beta: 'attention.temperature_scale',
  temperature_length: 'attention.temperature_length',
  q_lora_rank: 'attention.q_lora_rank',
  kv_lora_rank: 'attention.kv_lora_rank',
  qk_head_dim: 'attention.key_length_mla',
  v_head_dim: 'attention.value_length_mla',
  qk_rope_head_dim: 'rope.dimension_count',
  conv_L_cache: 'shortconv.l_cache',
  num_local_experts: 'expert_count',
  num_experts_per_tok: 'expert_used_count',
  moe_intermediate_size: 'expert_feed_forward_length',
  shared_expert_intermediate_size: 'expert_shared_feed_forward_length',
  n_shared_experts: 'expert_shared_count',
  n_group: 'expert_group_count',
  topk_group: 'expert_group_used_count',
  routed_scaling_factor: 'expert_weights_scale',
  norm_topk_prob: 'expert_weights_norm',
  scoring_func: 'expert_gating_func',
  first_k_dense_replace: 'leading_dense_block_count',
  interleave_moe_layer_step: 'interleave_moe_layer_step',
  rope_dims: 'rope.dimension_count',
  rope_theta: 'rope.freq_base',
  rope_local_base_freq: 'rope.freq_base_swa',
  rope_type: 'rope.scaling.type',
  rope_factor: 'rope.scaling.factor',
  rope_attn_factor: 'rope.scaling.attn_factor',
  original_max_position_embeddings: 'rope.scaling.original_context_length',
  beta_fast: 'rope.scaling.yarn_beta_fast',
  beta_slow: 'rope.scaling.yarn_beta_slow',
  yarn_log_multiplier: 'rope.scaling.yarn_log_multiplier',
};

/** LLAMA_EXPERT_GATING_FUNC_TYPE. */
const GATING: Readonly<Record<number, string>> = { 1: 'softmax', 2: 'sigmoid' };

/** Where 0 stands for no factor at all. */
const NO_FACTOR = [
  'routed_scaling_factor',
  'embedding_multiplier',
  'residual_multiplier',
  'logits_scaling',
  'attention_multiplier',
  'llama_4_scaling_beta',
  'yarn_log_multiplier',
] as const;

export function ggufWord(key: string): string {
  return WORDS[key] ?? key;
}

/** The file's values under config.json's keys. */
export function ggufValues(metadata: GgufMetadata, architecture: string): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [key, word] of Object.entries(WORDS)) {
    const value = metadata[`${architecture}.${word}`];
    if (value !== undefined) values[key] = key === 'sliding_window_pattern' ? value : forAllLayers(value);
  }
  for (const key of NO_FACTOR) if (values[key] === 0) delete values[key];
  const gating = values['scoring_func'];
  if (gating === 0) delete values['scoring_func'];
  else if (gating !== undefined)
    values['scoring_func'] = GATING[Number(gating)] ?? `rule ${JSON.stringify(gating)}`;

  // Files from before latent attention was absorbed give the sizes of a whole head.
  if (values['qk_head_dim'] === undefined) {
    values['qk_head_dim'] = values['head_dim'];
    values['v_head_dim'] = values['value_head_dim'];
  }
  const ahead = values['num_nextn_predict_layers'];
  const layers = values['num_hidden_layers'];
  if (typeof ahead === 'number' && typeof layers === 'number') values['num_hidden_layers'] = layers - ahead;
  return { ...values, ...convolving(metadata[`${architecture}.attention.head_count_kv`]) };
}

/** A list of equal values counts as one. */
function forAllLayers(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.every((one) => one === value[0]) ? value[0] : 'a list of different values';
}

/** LFM2's layers without key-value heads are convolutions. */
function convolving(kvHeads: unknown): Record<string, unknown> {
  if (!Array.isArray(kvHeads) || !kvHeads.includes(0)) return {};
  return {
    layer_types: kvHeads.map((heads) => (heads === 0 ? 'conv' : 'full_attention')),
    num_key_value_heads: forAllLayers(kvHeads.filter((heads) => heads !== 0)),
  };
}
