import type { Family } from './family.ts';
import { PLAIN_MOE } from './family.ts';
import { eachExpert, fusedExperts, GGUF_EXPERTS, GGUF_NAMES, HF_NAMES, switchExperts } from './names.ts';

/** LFM2 with experts: gated short convolutions, and attention in some layers. */
export const lfm2Moe: Family = {
  name: 'lfm2_moe',
  architectures: ['lfm2moe'],
  modelTypes: ['lfm2_moe'],
  attention: 'gqa',
  activation: 'silu',
  qkNorm: 'head',
  sinks: false,
  postNorms: false,
  scaledEmbedding: false,
  window: { kind: 'listed' },
  moe: { ...PLAIN_MOE, score: 'sigmoid', selectBias: true, renormaliseEps: 1e-6 },
  gguf: {
    // llama.cpp names the last norm as if it were the embedding's.
    names: { ...GGUF_NAMES, norm: ['token_embd_norm.weight', 'output_norm.weight'] },
    experts: GGUF_EXPERTS,
    defaults: { norm_topk_prob: true },
  },
  safetensors: {
    names: {
      ...HF_NAMES,
      norm: 'embedding_norm.weight',
      attnNorm: 'layers.{L}.operator_norm.weight',
      qNorm: 'layers.{L}.self_attn.q_layernorm.weight',
      kNorm: 'layers.{L}.self_attn.k_layernorm.weight',
      out: 'layers.{L}.self_attn.out_proj.weight',
      outBias: 'layers.{L}.self_attn.out_proj.bias',
      ffnNorm: 'layers.{L}.ffn_norm.weight',
      gate: ['layers.{L}.feed_forward.w1.weight', 'layers.{L}.feed_forward.gate_proj.weight'],
      up: ['layers.{L}.feed_forward.w3.weight', 'layers.{L}.feed_forward.up_proj.weight'],
      down: ['layers.{L}.feed_forward.w2.weight', 'layers.{L}.feed_forward.down_proj.weight'],
      router: 'layers.{L}.feed_forward.gate.weight',
      selectBias: 'layers.{L}.feed_forward.expert_bias',
    },
    experts: [
      eachExpert('feed_forward', 'w1', 'w3', 'w2'),
      fusedExperts('feed_forward.experts.gate_up_proj', 'feed_forward.experts.down_proj'),
      switchExperts('feed_forward'),
    ],
    normOffset: 0,
    defaults: {
      norm_eps: 1e-5,
      rope_theta: 1_000_000,
      tie_word_embeddings: true,
      max_position_embeddings: 128_000,
      num_key_value_heads: 8,
      num_dense_layers: 2,
      moe_intermediate_size: 1_792,
      num_experts: 32,
      num_experts_per_tok: 4,
      norm_topk_prob: true,
      conv_L_cache: 3,
    },
  },
};
