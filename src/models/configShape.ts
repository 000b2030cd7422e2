import * as v from 'valibot';
import { badDimension } from './bounds.ts';

const number = v.nullish(v.number());
const flag = v.nullish(v.boolean());

const RopeShape = v.looseObject({
  rope_type: v.nullish(v.string()),
  type: v.nullish(v.string()),
  rope_theta: number,
  partial_rotary_factor: number,
  factor: number,
  original_max_position_embeddings: number,
  low_freq_factor: number,
  high_freq_factor: number,
  beta_fast: number,
  beta_slow: number,
  attention_factor: number,
  mscale: number,
  mscale_all_dim: number,
  truncate: flag,
  llama_4_scaling_beta: number,
});
export type RopeConfig = v.InferOutput<typeof RopeShape>;

const ConfigShape = v.looseObject({
  model_type: v.string(),
  vocab_size: number,
  hidden_size: number,
  intermediate_size: number,
  num_hidden_layers: number,
  num_attention_heads: number,
  num_key_value_heads: number,
  head_dim: number,
  max_position_embeddings: number,
  original_max_position_embeddings: number,
  rms_norm_eps: number,
  norm_eps: number,
  hidden_act: v.nullish(v.string()),
  hidden_activation: v.nullish(v.string()),
  tie_word_embeddings: flag,
  tie_embedding: flag,
  query_pre_attn_scalar: number,
  attn_logit_softcapping: number,
  final_logit_softcapping: number,
  sliding_window: number,
  sliding_window_pattern: number,
  use_sliding_window: flag,
  use_bidirectional_attention: v.nullish(v.union([v.boolean(), v.string()])),
  max_window_layers: number,
  layer_types: v.nullish(v.array(v.string())),
  rope_theta: number,
  rope_local_base_freq: number,
  partial_rotary_factor: number,
  rope_scaling: v.nullish(RopeShape),
  rope_parameters: v.nullish(
    v.looseObject({
      ...RopeShape.entries,
      full_attention: v.nullish(RopeShape),
      sliding_attention: v.nullish(RopeShape),
    }),
  ),
});
export type ModelConfig = v.InferOutput<typeof ConfigShape>;

/** The part of a config.json that describes the text model; BAD_DIMENSIONS names what is malformed. */
export function parseConfig(config: unknown): ModelConfig {
  const whole = v.safeParse(v.looseObject({ text_config: v.nullish(v.looseObject({})) }), config);
  const text = whole.success ? (whole.output.text_config ?? config) : config;
  const parsed = v.safeParse(ConfigShape, text);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw badDimension(
    `config.json ${v.getDotPath(issue) ?? ''}`.trim(),
    issue.received,
    `${issue.expected} is needed`,
  );
}
