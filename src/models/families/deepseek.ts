import type { Family } from './family.ts';
import { PLAIN_MOE } from './family.ts';
import { GGUF_EXPERTS, GGUF_NAMES, HF_EXPERTS, HF_NAMES } from './names.ts';

const DEFAULTS = {
  rms_norm_eps: 1e-6,
  rope_theta: 10_000,
  rope_interleave: true,
  tie_word_embeddings: false,
  kv_lora_rank: 512,
  q_lora_rank: 1_536,
  qk_nope_head_dim: 128,
  qk_rope_head_dim: 64,
  v_head_dim: 128,
} as const;

/** DeepSeek-V2 and V2-Lite: latent attention, shared experts, groups judged by their best expert. */
export const deepseekV2: Family = {
  name: 'deepseek_v2',
  architectures: [],
  modelTypes: ['deepseek_v2'],
  attention: 'mla',
  activation: 'silu',
  qkNorm: 'none',
  sinks: false,
  postNorms: false,
  scaledEmbedding: false,
  window: { kind: 'never' },
  moe: { ...PLAIN_MOE, renormaliseEps: 1e-20 },
  gguf: { names: GGUF_NAMES, experts: GGUF_EXPERTS, defaults: { rope_interleave: true } },
  safetensors: {
    names: HF_NAMES,
    experts: HF_EXPERTS,
    normOffset: 0,
    defaults: {
      ...DEFAULTS,
      max_position_embeddings: 2_048,
      first_k_dense_replace: 0,
      moe_intermediate_size: 1_407,
      n_routed_experts: 64,
      n_shared_experts: 2,
      topk_method: 'greedy',
    },
  },
};

/** V3, R1, Moonlight: sigmoid scores, a bias for the choice, groups judged by their two best. */
export const deepseekV3: Family = {
  ...deepseekV2,
  name: 'deepseek_v3',
  modelTypes: ['deepseek_v3'],
  moe: { ...PLAIN_MOE, score: 'sigmoid', selectBias: true, groupScore: 'topTwo', renormaliseEps: 1e-20 },
  safetensors: {
    ...deepseekV2.safetensors,
    defaults: {
      ...DEFAULTS,
      max_position_embeddings: 4_096,
      first_k_dense_replace: 3,
      moe_intermediate_size: 2_048,
      n_routed_experts: 256,
      n_shared_experts: 1,
      num_experts_per_tok: 8,
      n_group: 8,
      topk_group: 4,
      norm_topk_prob: true,
      routed_scaling_factor: 2.5,
      num_nextn_predict_layers: 1,
    },
  },
};

/** GLM-4.7-Flash: V3 in other sizes. */
export const glm4MoeLite: Family = {
  ...deepseekV3,
  name: 'glm4_moe_lite',
  modelTypes: ['glm4_moe_lite'],
  safetensors: {
    ...deepseekV3.safetensors,
    defaults: {
      ...DEFAULTS,
      rms_norm_eps: 1e-5,
      q_lora_rank: 768,
      qk_nope_head_dim: 192,
      v_head_dim: 256,
      max_position_embeddings: 202_752,
      first_k_dense_replace: 1,
      moe_intermediate_size: 1_536,
      n_routed_experts: 64,
      n_shared_experts: 1,
      num_experts_per_tok: 4,
      norm_topk_prob: true,
      routed_scaling_factor: 1.8,
      num_nextn_predict_layers: 1,
    },
  },
};

/** Mistral Large 3, text: V3 that scores by softmax, without a bias, its queries growing with position. */
export const mistral4: Family = {
  ...deepseekV2,
  name: 'mistral4',
  architectures: ['mistral4'],
  modelTypes: ['mistral4'],
  moe: { ...PLAIN_MOE, groupScore: 'topTwo', renormaliseEps: 1e-20 },
  safetensors: {
    ...deepseekV2.safetensors,
    defaults: {
      ...DEFAULTS,
      kv_lora_rank: 256,
      q_lora_rank: 1_024,
      qk_nope_head_dim: 64,
      max_position_embeddings: 1_048_576,
      moe_intermediate_size: 2_048,
      n_routed_experts: 128,
      n_shared_experts: 1,
      num_experts_per_tok: 4,
      norm_topk_prob: true,
      rope_scaling: {
        type: 'yarn',
        rope_theta: 10_000,
        factor: 128,
        original_max_position_embeddings: 8_192,
        beta_fast: 32,
        beta_slow: 1,
        mscale: 1,
        mscale_all_dim: 1,
        llama_4_scaling_beta: 0.1,
      },
    },
  },
};

/** All of these in GGUF, and Mistral Large 3 in its makers' form: the metadata tell how the router scores. */
export const deepseek2: Family = {
  ...deepseekV2,
  name: 'deepseek2',
  architectures: ['deepseek2'],
  modelTypes: [],
  moe: {
    ...PLAIN_MOE,
    score: 'asTold',
    selectBias: 'asTold',
    groupScore: 'byScore',
    renormaliseEps: 1e-20,
  },
};
