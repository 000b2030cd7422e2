import { GGUF_NAMES, HF_NAMES } from './family.ts';
import type { Family } from './family.ts';

/**
 * Gemma 3, text. GGUF files carry the norms with the 1 of (1 + w) already added.
 * Five windowed layers with a rotary table of their own, then a global one.
 */
export const gemma3: Family = {
  name: 'gemma3',
  architectures: ['gemma3'],
  modelTypes: ['gemma3_text', 'gemma3'],
  activation: 'geluTanh',
  qkNorm: true,
  postNorms: true,
  scaledEmbedding: true,
  window: { kind: 'pattern', period: 6, localTheta: 10_000 },
  gguf: {
    pairing: 'half',
    names: GGUF_NAMES,
    // The 27B model alone, of 62 layers, divides by hidden / heads; GGUF has no key for it.
    attentionSpan: ({ layers, hidden, heads }) => (layers === 62 ? hidden / heads : null),
  },
  safetensors: {
    names: {
      ...HF_NAMES,
      ffnNorm: 'layers.{L}.pre_feedforward_layernorm.weight',
    },
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
