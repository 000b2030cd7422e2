/** What files call the tensors. */

/** '{L}' stands for the layer; of several spellings the file's is taken, the first where it has none. */
export type Spelling = string | readonly string[];

export interface TensorNames {
  readonly embed: Spelling;
  readonly head: Spelling;
  readonly norm: Spelling;

  readonly attnNorm: Spelling;
  readonly q: Spelling;
  readonly k: Spelling;
  readonly v: Spelling;
  readonly qBias: Spelling;
  readonly kBias: Spelling;
  readonly vBias: Spelling;
  readonly qNorm: Spelling;
  readonly kNorm: Spelling;
  readonly sinks: Spelling;
  readonly out: Spelling;
  readonly outBias: Spelling;
  readonly attnPostNorm: Spelling;

  /** Latent attention; where q has no latent its names are those above. */
  readonly qA: Spelling;
  readonly qANorm: Spelling;
  readonly qB: Spelling;
  readonly kvA: Spelling;
  readonly kvANorm: Spelling;
  /** [heads*(nopeDim+valueDim), kvRank], each head's keys, then its values. */
  readonly kvB: Spelling;
  /** Or cut: [heads, kvRank, nopeDim] and [heads, valueDim, kvRank]. */
  readonly kB: Spelling;
  readonly vB: Spelling;

  readonly convIn: Spelling;
  readonly convWeight: Spelling;
  readonly convBias: Spelling;
  readonly convOut: Spelling;

  readonly ffnNorm: Spelling;
  readonly gate: Spelling;
  readonly up: Spelling;
  readonly down: Spelling;
  readonly ffnPostNorm: Spelling;

  readonly router: Spelling;
  readonly routerBias: Spelling;
  readonly selectBias: Spelling;
  readonly sharedGate: Spelling;
  readonly sharedUp: Spelling;
  readonly sharedDown: Spelling;
  /** The gate of the shared expert as a whole. [1, hidden] */
  readonly sharedScale: Spelling;
}
export type TensorRole = keyof TensorNames;

/** Where each expert's three matrices lie. */
export interface ExpertNames {
  readonly gate: ExpertPlace;
  readonly up: ExpertPlace;
  readonly down: ExpertPlace;
  readonly biases?: { readonly gate: ExpertPlace; readonly up: ExpertPlace; readonly down: ExpertPlace };
}

export interface ExpertPlace {
  /** With '{E}' a tensor for each expert, else one in which they are stacked. */
  readonly name: string;
  /** Which of its rows, where gate and up share it. */
  readonly half?: 'first' | 'second' | 'even' | 'odd';
  /** Stored [inputs, outputs]; packed forms of such a tensor are not. */
  readonly turned?: true;
}

/** gguf-py's constants.py, TENSOR_NAMES. */
export const GGUF_NAMES: TensorNames = {
  embed: 'token_embd.weight',
  head: 'output.weight',
  norm: 'output_norm.weight',
  attnNorm: 'blk.{L}.attn_norm.weight',
  q: 'blk.{L}.attn_q.weight',
  k: 'blk.{L}.attn_k.weight',
  v: 'blk.{L}.attn_v.weight',
  qBias: 'blk.{L}.attn_q.bias',
  kBias: 'blk.{L}.attn_k.bias',
  vBias: 'blk.{L}.attn_v.bias',
  qNorm: 'blk.{L}.attn_q_norm.weight',
  kNorm: 'blk.{L}.attn_k_norm.weight',
  sinks: 'blk.{L}.attn_sinks.weight',
  out: 'blk.{L}.attn_output.weight',
  outBias: 'blk.{L}.attn_output.bias',
  attnPostNorm: 'blk.{L}.post_attention_norm.weight',
  qA: 'blk.{L}.attn_q_a.weight',
  qANorm: 'blk.{L}.attn_q_a_norm.weight',
  qB: 'blk.{L}.attn_q_b.weight',
  kvA: 'blk.{L}.attn_kv_a_mqa.weight',
  kvANorm: 'blk.{L}.attn_kv_a_norm.weight',
  kvB: 'blk.{L}.attn_kv_b.weight',
  kB: 'blk.{L}.attn_k_b.weight',
  vB: 'blk.{L}.attn_v_b.weight',
  convIn: 'blk.{L}.shortconv.in_proj.weight',
  convWeight: 'blk.{L}.shortconv.conv.weight',
  convBias: 'blk.{L}.shortconv.conv.bias',
  convOut: 'blk.{L}.shortconv.out_proj.weight',
  ffnNorm: 'blk.{L}.ffn_norm.weight',
  gate: 'blk.{L}.ffn_gate.weight',
  up: 'blk.{L}.ffn_up.weight',
  down: 'blk.{L}.ffn_down.weight',
  ffnPostNorm: 'blk.{L}.post_ffw_norm.weight',
  router: 'blk.{L}.ffn_gate_inp.weight',
  routerBias: 'blk.{L}.ffn_gate_inp.bias',
  selectBias: 'blk.{L}.exp_probs_b.bias',
  sharedGate: 'blk.{L}.ffn_gate_shexp.weight',
  sharedUp: 'blk.{L}.ffn_up_shexp.weight',
  sharedDown: 'blk.{L}.ffn_down_shexp.weight',
  sharedScale: 'blk.{L}.ffn_gate_inp_shexp.weight',
};

const GGUF_DOWN: ExpertPlace = { name: 'blk.{L}.ffn_down_exps.weight' };
const GGUF_DOWN_BIAS: ExpertPlace = { name: 'blk.{L}.ffn_down_exps.bias' };

export const GGUF_EXPERTS: readonly ExpertNames[] = [
  {
    gate: { name: 'blk.{L}.ffn_gate_exps.weight' },
    up: { name: 'blk.{L}.ffn_up_exps.weight' },
    down: GGUF_DOWN,
    biases: {
      gate: { name: 'blk.{L}.ffn_gate_exps.bias' },
      up: { name: 'blk.{L}.ffn_up_exps.bias' },
      down: GGUF_DOWN_BIAS,
    },
  },
  {
    gate: { name: 'blk.{L}.ffn_gate_up_exps.weight', half: 'first' },
    up: { name: 'blk.{L}.ffn_gate_up_exps.weight', half: 'second' },
    down: GGUF_DOWN,
    biases: {
      gate: { name: 'blk.{L}.ffn_gate_up_exps.bias', half: 'first' },
      up: { name: 'blk.{L}.ffn_gate_up_exps.bias', half: 'second' },
      down: GGUF_DOWN_BIAS,
    },
  },
];

/** transformers' LlamaModel and its kin, without the 'model.' before them. */
export const HF_NAMES: TensorNames = {
  embed: 'embed_tokens.weight',
  head: 'lm_head.weight',
  norm: 'norm.weight',
  attnNorm: 'layers.{L}.input_layernorm.weight',
  q: 'layers.{L}.self_attn.q_proj.weight',
  k: 'layers.{L}.self_attn.k_proj.weight',
  v: 'layers.{L}.self_attn.v_proj.weight',
  qBias: 'layers.{L}.self_attn.q_proj.bias',
  kBias: 'layers.{L}.self_attn.k_proj.bias',
  vBias: 'layers.{L}.self_attn.v_proj.bias',
  qNorm: 'layers.{L}.self_attn.q_norm.weight',
  kNorm: 'layers.{L}.self_attn.k_norm.weight',
  sinks: 'layers.{L}.self_attn.sinks',
  out: 'layers.{L}.self_attn.o_proj.weight',
  outBias: 'layers.{L}.self_attn.o_proj.bias',
  attnPostNorm: 'layers.{L}.post_attention_layernorm.weight',
  qA: 'layers.{L}.self_attn.q_a_proj.weight',
  qANorm: 'layers.{L}.self_attn.q_a_layernorm.weight',
  qB: 'layers.{L}.self_attn.q_b_proj.weight',
  kvA: 'layers.{L}.self_attn.kv_a_proj_with_mqa.weight',
  kvANorm: 'layers.{L}.self_attn.kv_a_layernorm.weight',
  kvB: 'layers.{L}.self_attn.kv_b_proj.weight',
  // MLX's names: it cuts kv_b as llama.cpp does.
  kB: 'layers.{L}.self_attn.embed_q.weight',
  vB: 'layers.{L}.self_attn.unembed_out.weight',
  convIn: 'layers.{L}.conv.in_proj.weight',
  convWeight: 'layers.{L}.conv.conv.weight',
  convBias: 'layers.{L}.conv.conv.bias',
  convOut: 'layers.{L}.conv.out_proj.weight',
  ffnNorm: 'layers.{L}.post_attention_layernorm.weight',
  gate: 'layers.{L}.mlp.gate_proj.weight',
  up: 'layers.{L}.mlp.up_proj.weight',
  down: 'layers.{L}.mlp.down_proj.weight',
  ffnPostNorm: 'layers.{L}.post_feedforward_layernorm.weight',
  router: 'layers.{L}.mlp.gate.weight',
  routerBias: 'layers.{L}.mlp.gate.bias',
  selectBias: 'layers.{L}.mlp.gate.e_score_correction_bias',
  sharedGate: 'layers.{L}.mlp.shared_experts.gate_proj.weight',
  sharedUp: 'layers.{L}.mlp.shared_experts.up_proj.weight',
  sharedDown: 'layers.{L}.mlp.shared_experts.down_proj.weight',
  sharedScale: 'layers.{L}.mlp.shared_expert_gate.weight',
};

/** A tensor for each expert, as most files on the hub have them. */
export function eachExpert(block: string, gate: string, up: string, down: string): ExpertNames {
  const place = (name: string): ExpertPlace => ({ name: `layers.{L}.${block}.experts.{E}.${name}.weight` });
  return { gate: place(gate), up: place(up), down: place(down) };
}

/** Stacked as transformers 5 holds them, gate rows first. */
export function fusedExperts(gateUp: string, down: string): ExpertNames {
  return {
    gate: { name: `layers.{L}.${gateUp}`, half: 'first' },
    up: { name: `layers.{L}.${gateUp}`, half: 'second' },
    down: { name: `layers.{L}.${down}` },
  };
}

/** Stacked one by one, as MLX does. */
export function switchExperts(block: string): ExpertNames {
  const place = (name: string): ExpertPlace => ({
    name: `layers.{L}.${block}.switch_mlp.${name}_proj.weight`,
  });
  return { gate: place('gate'), up: place('up'), down: place('down') };
}

export const HF_EXPERTS: readonly ExpertNames[] = [
  eachExpert('mlp', 'gate_proj', 'up_proj', 'down_proj'),
  fusedExperts('mlp.experts.gate_up_proj', 'mlp.experts.down_proj'),
  switchExperts('mlp'),
];
