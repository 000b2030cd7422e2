import type { Family } from './family.ts';
import { PLAIN_MOE } from './family.ts';
import { GGUF_EXPERTS, GGUF_NAMES, HF_NAMES } from './names.ts';

const EXPERTS = 'layers.{L}.mlp.experts';
const GATE_UP = `${EXPERTS}.gate_up_proj`;
const DOWN = `${EXPERTS}.down_proj`;

/** gpt-oss: biases everywhere, sinks, every other layer windowed, gate and up rows by turns. */
export const gptOss: Family = {
  name: 'gpt_oss',
  architectures: ['gpt-oss'],
  modelTypes: ['gpt_oss'],
  attention: 'gqa',
  activation: 'swigluOai',
  qkNorm: 'none',
  sinks: true,
  postNorms: false,
  scaledEmbedding: false,
  window: { kind: 'pattern', period: 2, localTheta: null },
  moe: { ...PLAIN_MOE, score: 'topkSoftmax', bias: true },
  gguf: {
    names: { ...GGUF_NAMES, ffnNorm: 'blk.{L}.post_attention_norm.weight' },
    experts: GGUF_EXPERTS,
    // As the model was made; llama.cpp rounds the ramp to whole channels for want of a key.
    defaults: { truncate: false },
  },
  safetensors: {
    names: {
      ...HF_NAMES,
      router: 'layers.{L}.mlp.router.weight',
      routerBias: 'layers.{L}.mlp.router.bias',
    },
    experts: [
      {
        gate: { name: GATE_UP, half: 'even', turned: true },
        up: { name: GATE_UP, half: 'odd', turned: true },
        down: { name: DOWN, turned: true },
        biases: {
          gate: { name: `${GATE_UP}_bias`, half: 'even' },
          up: { name: `${GATE_UP}_bias`, half: 'odd' },
          down: { name: `${DOWN}_bias` },
        },
      },
      // MLX's.
      {
        gate: { name: `${EXPERTS}.gate_proj.weight` },
        up: { name: `${EXPERTS}.up_proj.weight` },
        down: { name: `${EXPERTS}.down_proj.weight` },
        biases: {
          gate: { name: `${EXPERTS}.gate_proj.bias` },
          up: { name: `${EXPERTS}.up_proj.bias` },
          down: { name: `${EXPERTS}.down_proj.bias` },
        },
      },
    ],
    normOffset: 0,
    defaults: {
      rms_norm_eps: 1e-5,
      rope_theta: 150_000,
      rope_scaling: {
        rope_type: 'yarn',
        factor: 32,
        beta_fast: 32,
        beta_slow: 1,
        truncate: false,
        original_max_position_embeddings: 4_096,
      },
      tie_word_embeddings: false,
      max_position_embeddings: 131_072,
      head_dim: 64,
      num_key_value_heads: 8,
      sliding_window: 128,
      num_local_experts: 128,
      num_experts_per_tok: 4,
    },
  },
};
