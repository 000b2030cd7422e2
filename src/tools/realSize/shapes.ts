/**
 * Published mixtures of experts by their numbers alone: config.json and the names and
 * shapes of the tensors, as the repositories on the hub have them.
 */
export interface Shape {
  readonly name: string;
  readonly vocab: number;
  readonly layers: number;
  /** config.json for so many layers. */
  readonly config: (layers: number) => Readonly<Record<string, unknown>>;
  /** In the order they lie in the files. */
  readonly tensors: (layers: number) => readonly ShapedTensor[];
}

export interface ShapedTensor {
  readonly name: string;
  readonly shape: readonly number[];
}

/** ibm-granite/granite-3.1-1b-a400m-instruct: 1.3 billion weights, experts stacked. */
const granite: Shape = {
  name: 'granite-3.1-1b-a400m',
  vocab: 49_155,
  layers: 24,
  config: (layers) => ({
    architectures: ['GraniteMoeForCausalLM'],
    attention_bias: false,
    attention_dropout: 0,
    attention_multiplier: 0.015625,
    bos_token_id: 0,
    embedding_multiplier: 12,
    eos_token_id: 0,
    hidden_act: 'silu',
    hidden_size: 1024,
    initializer_range: 0.02,
    intermediate_size: 512,
    logits_scaling: 6,
    max_position_embeddings: 131_072,
    model_type: 'granitemoe',
    num_attention_heads: 16,
    num_experts_per_tok: 8,
    num_hidden_layers: layers,
    num_key_value_heads: 8,
    num_local_experts: 32,
    output_router_logits: false,
    pad_token_id: 0,
    residual_multiplier: 0.22,
    rms_norm_eps: 1e-6,
    rope_scaling: null,
    rope_theta: 1_500_000,
    router_aux_loss_coef: 0,
    tie_word_embeddings: true,
    torch_dtype: 'bfloat16',
    use_cache: true,
    vocab_size: 49_155,
  }),
  tensors: (layers) => [
    { name: 'model.embed_tokens.weight', shape: [49_155, 1024] },
    ...ofLayers(layers, {
      'block_sparse_moe.input_linear.weight': [32, 1024, 1024],
      'block_sparse_moe.output_linear.weight': [32, 1024, 512],
      'block_sparse_moe.router.layer.weight': [32, 1024],
      'input_layernorm.weight': [1024],
      'post_attention_layernorm.weight': [1024],
      'self_attn.k_proj.weight': [512, 1024],
      'self_attn.o_proj.weight': [1024, 1024],
      'self_attn.q_proj.weight': [1024, 1024],
      'self_attn.v_proj.weight': [512, 1024],
    }),
    { name: 'model.norm.weight', shape: [1024] },
  ],
};

/** allenai/OLMoE-1B-7B-0924: 6.9 billion weights, every expert's tensors its own. */
const olmoe: Shape = {
  name: 'olmoe-1b-7b',
  vocab: 50_304,
  layers: 16,
  config: (layers) => ({
    architectures: ['OlmoeForCausalLM'],
    attention_bias: false,
    attention_dropout: 0,
    clip_qkv: null,
    eos_token_id: 50_279,
    hidden_act: 'silu',
    hidden_size: 2048,
    initializer_range: 0.02,
    intermediate_size: 1024,
    max_position_embeddings: 4096,
    model_type: 'olmoe',
    norm_topk_prob: false,
    num_attention_heads: 16,
    num_experts: 64,
    num_experts_per_tok: 8,
    num_hidden_layers: layers,
    num_key_value_heads: 16,
    output_router_logits: false,
    pad_token_id: 1,
    rms_norm_eps: 1e-5,
    rope_scaling: null,
    rope_theta: 10_000,
    router_aux_loss_coef: 0.01,
    tie_word_embeddings: false,
    torch_dtype: 'bfloat16',
    use_cache: true,
    vocab_size: 50_304,
  }),
  tensors: (layers) => [
    { name: 'lm_head.weight', shape: [50_304, 2048] },
    { name: 'model.embed_tokens.weight', shape: [50_304, 2048] },
    ...ofLayers(layers, {
      'input_layernorm.weight': [2048],
      ...separateExperts(64, 2048, 1024),
      'mlp.gate.weight': [64, 2048],
      'post_attention_layernorm.weight': [2048],
      'self_attn.k_norm.weight': [2048],
      'self_attn.k_proj.weight': [2048, 2048],
      'self_attn.o_proj.weight': [2048, 2048],
      'self_attn.q_norm.weight': [2048],
      'self_attn.q_proj.weight': [2048, 2048],
      'self_attn.v_proj.weight': [2048, 2048],
    }),
    { name: 'model.norm.weight', shape: [2048] },
  ],
};

export const SHAPE_NAMES = ['granite', 'olmoe'] as const;
export type ShapeName = (typeof SHAPE_NAMES)[number];
export const SHAPES: Readonly<Record<ShapeName, Shape>> = { granite, olmoe };

function separateExperts(experts: number, hidden: number, inner: number): Record<string, readonly number[]> {
  const of = (expert: number): [string, readonly number[]][] => [
    [`mlp.experts.${expert}.down_proj.weight`, [hidden, inner]],
    [`mlp.experts.${expert}.gate_proj.weight`, [inner, hidden]],
    [`mlp.experts.${expert}.up_proj.weight`, [inner, hidden]],
  ];
  return Object.fromEntries(Array.from({ length: experts }, (_, expert) => of(expert)).flat());
}

function ofLayers(
  layers: number,
  tensors: Readonly<Record<string, readonly number[]>>,
): readonly ShapedTensor[] {
  return Array.from({ length: layers }, (_, layer) =>
    Object.entries(tensors).map(([name, shape]) => ({ name: `model.layers.${layer}.${name}`, shape })),
  ).flat();
}
