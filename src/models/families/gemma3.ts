import type { Family } from './family.ts';
import { GGUF_NAMES, HF_NAMES } from './names.ts';

/**
 * Gemma 3, text. GGUF files carry the norms with the 1 of (1 + w) already added.
 * Five windowed layers with a rotary table of their own, then a global one.
 */
export const gemma3: Family = {
  name: 'gemma3',
  architectures: ['gemma3'],
  modelTypes: ['gemma3_text', 'gemma3'],
  attention: 'gqa',
  activation: 'geluTanh',
  qkNorm: 'head',
  sinks: false,
  postNorms: true,
  scaledEmbedding: true,
  window: { kind: 'pattern', period: 6, localTheta: 10_000 },
  moe: null,
  gguf: {
    names: GGUF_NAMES,
    experts: [],
    // The 27B model alone, of 62 layers, divides by the root of hidden / heads; GGUF has no key for it.
    inferred: ({ num_hidden_layers: layers, hidden_size: hidden, num_attention_heads: heads }) =>
      layers === 62 ? { query_pre_attn_scalar: Number(hidden) / Number(heads) } : {},
    defaults: {},
  },
  safetensors: {
    names: {
      ...HF_NAMES,
      ffnNorm: 'layers.{L}.pre_feedforward_layernorm.weight',
    },
    experts: [],
    normOffset: 1,
    defaults: {
      vocab_size: 262_208,
      num_attention_heads: 8,
      num_key_value_heads: 4,
      head_dim: 256,
      rms_norm_eps: 1e-6,
      max_position_embeddings: 131_072,
      rope_theta: 1_000_000,
      sliding_window: 4_096,
      query_pre_attn_scalar: 256,
      tie_word_embeddings: true,
    },
  },
};
