import type { Family } from './family.ts';
import { PLAIN_MOE } from './family.ts';
import { llama } from './llama.ts';
import { fusedExperts, GGUF_EXPERTS, GGUF_NAMES, HF_NAMES, switchExperts } from './names.ts';

/** Granite 3 with experts: multipliers everywhere, softmax over the chosen alone. */
export const graniteMoe: Family = {
  ...llama,
  name: 'granitemoe',
  architectures: ['granitemoe'],
  modelTypes: ['granitemoe'],
  moe: { ...PLAIN_MOE, score: 'topkSoftmax' },
  gguf: { names: GGUF_NAMES, experts: GGUF_EXPERTS, defaults: { rope_interleave: true } },
  safetensors: {
    names: {
      ...HF_NAMES,
      router: [
        'layers.{L}.block_sparse_moe.router.layer.weight',
        'layers.{L}.block_sparse_moe.router.weight',
      ],
    },
    experts: [
      fusedExperts('block_sparse_moe.input_linear.weight', 'block_sparse_moe.output_linear.weight'),
      fusedExperts('block_sparse_moe.experts.gate_up_proj', 'block_sparse_moe.experts.down_proj'),
      switchExperts('block_sparse_moe'),
    ],
    normOffset: 0,
    defaults: {
      rms_norm_eps: 1e-6,
      rope_theta: 10_000,
      tie_word_embeddings: false,
      max_position_embeddings: 2_048,
      attention_multiplier: 1,
      num_local_experts: 8,
      num_experts_per_tok: 2,
    },
  },
};
