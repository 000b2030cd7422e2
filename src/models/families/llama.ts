import type { Family } from './family.ts';
import { PLAIN_MOE } from './family.ts';
import { eachExpert, fusedExperts, GGUF_EXPERTS, GGUF_NAMES, HF_NAMES, switchExperts } from './names.ts';

/** Llama 2 and 3, Mistral, SmolLM2 and the many that share their graph. */
export const llama: Family = {
  name: 'llama',
  architectures: ['llama'],
  modelTypes: ['llama'],
  attention: 'gqa',
  activation: 'silu',
  qkNorm: 'none',
  sinks: false,
  postNorms: false,
  scaledEmbedding: false,
  window: { kind: 'never' },
  moe: null,
  gguf: { names: GGUF_NAMES, experts: GGUF_EXPERTS, defaults: { rope_interleave: true } },
  safetensors: {
    names: HF_NAMES,
    experts: [],
    normOffset: 0,
    defaults: {
      rms_norm_eps: 1e-6,
      rope_theta: 10_000,
      tie_word_embeddings: false,
      max_position_embeddings: 2_048,
    },
  },
};

/** Llama with a window over every layer; its GGUF files call themselves llama. */
export const mistral: Family = {
  ...llama,
  name: 'mistral',
  architectures: [],
  modelTypes: ['mistral'],
  window: { kind: 'all' },
  safetensors: {
    ...llama.safetensors,
    defaults: {
      ...llama.safetensors.defaults,
      max_position_embeddings: 131_072,
      num_key_value_heads: 8,
      sliding_window: 4_096,
    },
  },
};

/** Mistral with experts in every layer; in GGUF, llama with experts. */
export const mixtral: Family = {
  ...mistral,
  name: 'mixtral',
  architectures: ['llama'],
  modelTypes: ['mixtral'],
  moe: PLAIN_MOE,
  gguf: { ...llama.gguf, defaults: { ...llama.gguf.defaults, norm_topk_prob: true } },
  safetensors: {
    names: { ...HF_NAMES, router: ['layers.{L}.block_sparse_moe.gate.weight', 'layers.{L}.mlp.gate.weight'] },
    experts: [
      eachExpert('block_sparse_moe', 'w1', 'w3', 'w2'),
      fusedExperts('mlp.experts.gate_up_proj', 'mlp.experts.down_proj'),
      switchExperts('block_sparse_moe'),
    ],
    normOffset: 0,
    defaults: {
      rms_norm_eps: 1e-5,
      rope_theta: 1_000_000,
      tie_word_embeddings: false,
      max_position_embeddings: 131_072,
      num_key_value_heads: 8,
      num_local_experts: 8,
      num_experts_per_tok: 2,
      norm_topk_prob: true,
    },
  },
};

/** Llama whose every fourth layer has no rotary embedding. */
export const smollm3: Family = {
  ...llama,
  name: 'smollm3',
  architectures: ['smollm3'],
  modelTypes: ['smollm3'],
  window: { kind: 'unrotated' },
  gguf: {
    ...llama.gguf,
    defaults: { ...llama.gguf.defaults, no_rope_layer_interval: 4, use_sliding_window: false },
  },
  safetensors: {
    ...llama.safetensors,
    defaults: {
      rms_norm_eps: 1e-6,
      rope_theta: 2_000_000,
      tie_word_embeddings: true,
      max_position_embeddings: 32_768,
      num_key_value_heads: 4,
      no_rope_layer_interval: 4,
      use_sliding_window: false,
    },
  },
};

/** Attention in runs of tokens, every fourth layer without rotary embedding over all of them; experts weigh their input. */
export const llama4: Family = {
  ...llama,
  name: 'llama4',
  architectures: ['llama4'],
  modelTypes: ['llama4_text'],
  qkNorm: 'unit',
  window: { kind: 'chunks' },
  moe: { ...PLAIN_MOE, score: 'sigmoid', weigh: 'input' },
  gguf: {
    names: GGUF_NAMES,
    experts: GGUF_EXPERTS,
    // Of the published sizes only the one of 128 experts has no norms of q and k.
    inferred: ({ num_local_experts: experts }) => ({ use_qk_norm: experts !== 128 }),
    defaults: {
      rope_interleave: true,
      no_rope_layer_interval: 4,
      attention_chunk_size: 8_192,
      attn_temperature_tuning: true,
      attn_scale: 0.1,
      floor_scale: 8_192,
      n_shared_experts: 1,
    },
  },
  safetensors: {
    names: {
      ...HF_NAMES,
      gate: 'layers.{L}.feed_forward.gate_proj.weight',
      up: 'layers.{L}.feed_forward.up_proj.weight',
      down: 'layers.{L}.feed_forward.down_proj.weight',
      router: 'layers.{L}.feed_forward.router.weight',
      sharedGate: 'layers.{L}.feed_forward.shared_expert.gate_proj.weight',
      sharedUp: 'layers.{L}.feed_forward.shared_expert.up_proj.weight',
      sharedDown: 'layers.{L}.feed_forward.shared_expert.down_proj.weight',
    },
    experts: [
      {
        gate: { name: 'layers.{L}.feed_forward.experts.gate_up_proj', half: 'first', turned: true },
        up: { name: 'layers.{L}.feed_forward.experts.gate_up_proj', half: 'second', turned: true },
        down: { name: 'layers.{L}.feed_forward.experts.down_proj', turned: true },
      },
      eachExpert('feed_forward', 'gate_proj', 'up_proj', 'down_proj'),
      switchExperts('feed_forward'),
    ],
    normOffset: 0,
    defaults: {
      rms_norm_eps: 1e-5,
      rope_theta: 500_000,
      rope_interleave: true,
      tie_word_embeddings: false,
      max_position_embeddings: 131_072,
      num_key_value_heads: 8,
      head_dim: 128,
      intermediate_size: 8_192,
      intermediate_size_mlp: 16_384,
      num_local_experts: 16,
      num_experts_per_tok: 1,
      n_shared_experts: 1,
      no_rope_layer_interval: 4,
      attention_chunk_size: 8_192,
      attn_temperature_tuning: true,
      attn_scale: 0.1,
      floor_scale: 8_192,
    },
  },
};
