/**
 * Published models as the GGUF files llama.cpp makes of them: tensors by name, shape and
 * type, and the metadata that says what they are. Shapes follow from config.json; types
 * from llama-quant.cpp's rules for Q4_K_M, Q8_0 and MXFP4_MOE.
 */
import type { DiskType, FileTensor, GgufValue } from '../formats/index.ts';
import { fileTensor } from './recordedModels.ts';

export interface GgufForm {
  readonly architecture: string;
  readonly type: 'Q4_K_M' | 'Q8_0' | 'MXFP4';
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Of dense layers. */
  readonly inner: number;
  readonly vocab: number;
  readonly context: number;
  readonly tied: boolean;
  readonly qkNorm?: 'head' | 'whole';
  /** gpt-oss: attention sinks, biases, its own names of norms. */
  readonly biased?: boolean;
  readonly moe?: {
    readonly experts: number;
    readonly topK: number;
    readonly inner: number;
    readonly dense?: number;
    readonly shared?: number;
  };
  readonly mla?: {
    readonly qRank: number;
    readonly kvRank: number;
    readonly nope: number;
    readonly rope: number;
    readonly value: number;
  };
  readonly metadata?: Readonly<Record<string, GgufValue>>;
}

type Shapes = Record<string, readonly number[]>;

export function ggufTensors(form: GgufForm): readonly FileTensor[] {
  const { hidden, vocab, layers, tied } = form;
  const shapes: Shapes = {
    'token_embd.weight': [vocab, hidden],
    'output_norm.weight': [hidden],
    ...(!tied && { 'output.weight': [vocab, hidden] }),
  };
  for (let layer = 0; layer < layers; layer++) {
    const own = { ...attentionShapes(form), ...feedForwardShapes(form, layer) };
    for (const [name, shape] of Object.entries(own)) shapes[`blk.${layer}.${name}`] = shape;
  }
  return Object.entries(shapes).map(([name, shape]) => fileTensor(name, shape, typeOf(form, name, shape)));
}

function attentionShapes(form: GgufForm): Shapes {
  const { hidden, heads, kvHeads, headDim, qkNorm, biased = false, mla } = form;
  const norm: Shapes = { 'attn_norm.weight': [hidden] };
  if (mla) {
    const { qRank, kvRank, nope, rope, value } = mla;
    return {
      ...norm,
      'attn_q_a.weight': [qRank, hidden],
      'attn_q_a_norm.weight': [qRank],
      'attn_q_b.weight': [heads * (nope + rope), qRank],
      'attn_kv_a_mqa.weight': [kvRank + rope, hidden],
      'attn_kv_a_norm.weight': [kvRank],
      'attn_k_b.weight': [heads, kvRank, nope],
      'attn_v_b.weight': [heads, value, kvRank],
      'attn_output.weight': [hidden, heads * value],
    };
  }
  const [q, kv] = [heads * headDim, kvHeads * headDim];
  return {
    ...norm,
    'attn_q.weight': [q, hidden],
    'attn_k.weight': [kv, hidden],
    'attn_v.weight': [kv, hidden],
    'attn_output.weight': [hidden, q],
    ...(qkNorm === 'head' && { 'attn_q_norm.weight': [headDim], 'attn_k_norm.weight': [headDim] }),
    ...(qkNorm === 'whole' && { 'attn_q_norm.weight': [q], 'attn_k_norm.weight': [kv] }),
    ...(biased && {
      'attn_q.bias': [q],
      'attn_k.bias': [kv],
      'attn_v.bias': [kv],
      'attn_output.bias': [hidden],
      'attn_sinks.weight': [heads],
    }),
  };
}

function feedForwardShapes({ hidden, inner, moe, biased = false }: GgufForm, layer: number): Shapes {
  const norm: Shapes = { [biased ? 'post_attention_norm.weight' : 'ffn_norm.weight']: [hidden] };
  if (!moe || layer < (moe.dense ?? 0)) {
    return {
      ...norm,
      'ffn_gate.weight': [inner, hidden],
      'ffn_up.weight': [inner, hidden],
      'ffn_down.weight': [hidden, inner],
    };
  }
  const { experts, inner: width, shared = 0, dense } = moe;
  return {
    ...norm,
    'ffn_gate_inp.weight': [experts, hidden],
    'ffn_gate_exps.weight': [experts, width, hidden],
    'ffn_up_exps.weight': [experts, width, hidden],
    'ffn_down_exps.weight': [experts, hidden, width],
    ...(dense !== undefined && { 'exp_probs_b.bias': [experts] }),
    ...(shared > 0 && {
      'ffn_gate_shexp.weight': [shared * width, hidden],
      'ffn_up_shexp.weight': [shared * width, hidden],
      'ffn_down_shexp.weight': [hidden, shared * width],
    }),
    ...(biased && {
      'ffn_gate_inp.bias': [experts],
      'ffn_gate_exps.bias': [experts, width],
      'ffn_up_exps.bias': [experts, width],
      'ffn_down_exps.bias': [experts, hidden],
    }),
  };
}

function typeOf(form: GgufForm, name: string, shape: readonly number[]): DiskType {
  if (shape.length === 1 || /bias|ffn_gate_inp/.test(name)) return 'F32';
  if (form.type === 'Q8_0') return 'Q8_0';
  if (form.type === 'MXFP4') return name.includes('_exps') ? 'MXFP4' : 'Q8_0';
  const layer = Number(/^blk\.(\d+)\./.exec(name)?.[1] ?? -1);
  const outer = name === 'output.weight' || (form.tied && name === 'token_embd.weight');
  const more = /attn_v\.weight|ffn_down/.test(name) && moreBits(layer, form.layers);
  // Rows that are no whole blocks of 256 fall back to blocks of 32.
  const whole = shape.at(-1)! % 256 === 0;
  if (outer || more) return whole ? 'Q6_K' : 'Q8_0';
  return whole ? 'Q4_K' : 'Q5_0';
}

/** llama-quant.cpp's use_more_bits: the first and the last eighth, and every third between. */
function moreBits(layer: number, layers: number): boolean {
  const eighth = Math.floor(layers / 8);
  return layer < eighth || layer >= Math.floor((7 * layers) / 8) || (layer - eighth) % 3 === 2;
}

export function ggufFormMetadata(form: GgufForm): Record<string, GgufValue> {
  const { architecture, moe, mla } = form;
  const keys: Record<string, GgufValue | undefined> = {
    block_count: form.layers,
    context_length: form.context,
    embedding_length: form.hidden,
    feed_forward_length: form.inner,
    'attention.head_count': form.heads,
    'attention.head_count_kv': mla ? 1 : form.kvHeads,
    'attention.layer_norm_rms_epsilon': 1e-6,
    'rope.freq_base': 10_000,
    ...(mla
      ? {
          'attention.q_lora_rank': mla.qRank,
          'attention.kv_lora_rank': mla.kvRank,
          'attention.key_length': mla.kvRank + mla.rope,
          'attention.value_length': mla.kvRank,
          'attention.key_length_mla': mla.nope + mla.rope,
          'attention.value_length_mla': mla.value,
          'rope.dimension_count': mla.rope,
        }
      : { 'attention.key_length': form.headDim, 'attention.value_length': form.headDim }),
    ...(moe && {
      expert_count: moe.experts,
      expert_used_count: moe.topK,
      expert_feed_forward_length: moe.inner,
      expert_shared_count: moe.shared,
      leading_dense_block_count: moe.dense,
    }),
    ...form.metadata,
  };
  const named = Object.entries(keys).filter(([, value]) => value !== undefined);
  return {
    'general.architecture': architecture,
    ...(Object.fromEntries(named.map(([key, value]) => [`${architecture}.${key}`, value])) as Record<
      string,
      GgufValue
    >),
  };
}

/** Bytes and values of a block, as ggml-common.h has them. */
const BLOCKS: Readonly<Record<string, readonly [number, number]>> = {
  F32: [4, 1],
  Q4_K: [144, 256],
  Q6_K: [210, 256],
  Q5_0: [22, 32],
  Q8_0: [34, 32],
  MXFP4: [17, 32],
};

/** Of the tensors alone, each aligned to 32 bytes: a file's table and vocabulary come on top. */
export function tensorFileBytes(tensors: readonly FileTensor[]): number {
  return tensors.reduce((sum, { type, rows, cols }) => {
    const [bytes, values] = BLOCKS[type]!;
    return sum + Math.ceil((rows * cols * bytes) / values / 32) * 32;
  }, 0);
}
