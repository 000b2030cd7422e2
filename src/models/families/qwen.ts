import type { Family } from './family.ts';
import { PLAIN_MOE } from './family.ts';
import { GGUF_EXPERTS, GGUF_NAMES, HF_EXPERTS, HF_NAMES } from './names.ts';

/** Qwen2 and 2.5: llama with biases on q, k and v, rotary halves. */
export const qwen2: Family = {
  name: 'qwen2',
  architectures: ['qwen2'],
  modelTypes: ['qwen2'],
  attention: 'gqa',
  activation: 'silu',
  qkNorm: 'none',
  sinks: false,
  postNorms: false,
  scaledEmbedding: false,
  window: { kind: 'upper' },
  moe: null,
  gguf: { names: GGUF_NAMES, experts: GGUF_EXPERTS, defaults: { use_sliding_window: false } },
  safetensors: {
    names: HF_NAMES,
    experts: HF_EXPERTS,
    normOffset: 0,
    defaults: {
      rms_norm_eps: 1e-6,
      rope_theta: 10_000,
      tie_word_embeddings: false,
      max_position_embeddings: 32_768,
      use_sliding_window: false,
      sliding_window: 4_096,
      max_window_layers: 28,
    },
  },
};

/** Qwen3: a norm over each head of q and k in place of the biases. */
export const qwen3: Family = {
  ...qwen2,
  name: 'qwen3',
  architectures: ['qwen3'],
  modelTypes: ['qwen3'],
  qkNorm: 'head',
  safetensors: { ...qwen2.safetensors, defaults: { ...qwen2.safetensors.defaults, head_dim: 128 } },
};

/** Qwen1.5-MoE and Qwen2-MoE: a large shared expert with a gate of its own. */
export const qwen2Moe: Family = {
  ...qwen2,
  name: 'qwen2_moe',
  architectures: ['qwen2moe'],
  modelTypes: ['qwen2_moe'],
  window: { kind: 'evenBelow' },
  moe: { ...PLAIN_MOE, gatedShared: true },
  safetensors: {
    names: {
      ...HF_NAMES,
      sharedGate: 'layers.{L}.mlp.shared_expert.gate_proj.weight',
      sharedUp: 'layers.{L}.mlp.shared_expert.up_proj.weight',
      sharedDown: 'layers.{L}.mlp.shared_expert.down_proj.weight',
    },
    experts: HF_EXPERTS,
    normOffset: 0,
    defaults: {
      ...qwen2.safetensors.defaults,
      num_key_value_heads: 16,
      intermediate_size: 5_632,
      moe_intermediate_size: 1_408,
      shared_expert_intermediate_size: 5_632,
      num_experts: 60,
      num_experts_per_tok: 4,
    },
  },
};

export const qwen3Moe: Family = {
  ...qwen3,
  name: 'qwen3_moe',
  architectures: ['qwen3moe'],
  modelTypes: ['qwen3_moe'],
  window: { kind: 'all' },
  moe: PLAIN_MOE,
  gguf: { ...qwen3.gguf, defaults: { ...qwen3.gguf.defaults, norm_topk_prob: true } },
  safetensors: {
    ...qwen2.safetensors,
    defaults: {
      ...qwen2.safetensors.defaults,
      num_key_value_heads: 4,
      intermediate_size: 6_144,
      moe_intermediate_size: 768,
      num_experts: 128,
      num_experts_per_tok: 8,
    },
  },
};

/** OLMoE: norms of q and k as wholes. */
export const olmoe: Family = {
  ...qwen2,
  name: 'olmoe',
  architectures: ['olmoe'],
  modelTypes: ['olmoe'],
  qkNorm: 'row',
  window: { kind: 'never' },
  moe: PLAIN_MOE,
  gguf: { ...qwen2.gguf, defaults: {} },
  safetensors: {
    ...qwen2.safetensors,
    defaults: {
      rms_norm_eps: 1e-5,
      rope_theta: 10_000,
      tie_word_embeddings: false,
      max_position_embeddings: 4_096,
      intermediate_size: 2_048,
      num_experts: 64,
      num_experts_per_tok: 8,
    },
  },
};
