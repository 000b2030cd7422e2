import { GGUF_NAMES, HF_NAMES } from './family.ts';
import type { Family } from './family.ts';

/** Qwen2 and 2.5: llama with biases on q, k and v, rotary halves. */
export const qwen2: Family = {
  name: 'qwen2',
  architectures: ['qwen2'],
  modelTypes: ['qwen2'],
  activation: 'silu',
  qkNorm: false,
  postNorms: false,
  scaledEmbedding: false,
  window: { kind: 'upper' },
  gguf: { pairing: 'half', names: GGUF_NAMES },
  safetensors: {
    names: HF_NAMES,
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
  qkNorm: true,
  safetensors: { ...qwen2.safetensors, defaults: { ...qwen2.safetensors.defaults, head_dim: 128 } },
};
