import { GGUF_NAMES, HF_NAMES } from './family.ts';
import type { Family } from './family.ts';

/** Llama 2 and 3, Mistral, SmolLM2 and the many that share their graph. */
export const llama: Family = {
  name: 'llama',
  architectures: ['llama'],
  modelTypes: ['llama'],
  activation: 'silu',
  qkNorm: false,
  postNorms: false,
  scaledEmbedding: false,
  window: { kind: 'never' },
  gguf: { pairing: 'interleaved', names: GGUF_NAMES },
  safetensors: {
    names: HF_NAMES,
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
