/** Facts that both kinds of file tell in the same terms. */
import { badDimension, KERNEL_LIMITS, LIMITS } from './bounds.ts';
import type { GqaFacts, LayerFacts, MlaFacts, ModelFacts } from './facts.ts';
import { unsupported } from './families/all.ts';
import type { Family } from './families/family.ts';
import { layerFacts } from './layerFacts.ts';
import { moeFacts } from './moeFacts.ts';
import type { Reader } from './reader.ts';
import type { TemperatureSpec } from './spec.ts';

/** A model's file, and what each kind tells in its own way. */
export interface Source {
  readonly read: Reader;
  readonly family: Family;
  readonly vocab: number | null;
  readonly tiedHead: boolean | null;
  /** `channels` are those of a head, or of its rotated part where that is a size of its own. */
  ropes(channels: number): RopeReading;
}

export interface RopeReading extends Pick<ModelFacts, 'rope' | 'localRope'> {
  /** Multiplies the softmax scale of latent attention (YaRN). */
  readonly latentScale: number;
  /** Of all layers' queries. */
  readonly temperature: TemperatureSpec | null;
}

export function sharedFacts(source: Source): ModelFacts {
  const { read, family } = source;
  refuseOddities(read, family);
  const hidden = read.count('hidden_size', LIMITS.hidden);
  const count = read.count('num_hidden_layers', LIMITS.layers);
  const heads = read.count('num_attention_heads', LIMITS.heads);
  const layers = layerFacts(read, family, count);
  const moe = moeFacts(read, family);
  const latent = family.attention === 'mla';
  const channels = latent
    ? read.count('qk_rope_head_dim', LIMITS.headDim)
    : read.count('head_dim', LIMITS.headDim, hidden / heads);
  const { rope, localRope, latentScale, temperature } = source.ropes(channels);
  const normEps = read.positive('rms_norm_eps');
  return {
    family,
    vocab: source.vocab,
    hidden,
    contextLength: read.count('max_position_embeddings', LIMITS.context),
    normEps,
    embedScale: read.positive('embedding_multiplier', 1),
    residualScale: read.positive('residual_multiplier', 1),
    logitScale: 1 / read.positive('logits_scaling', 1),
    logitSoftCap: softCap(read, 'final_logit_softcapping'),
    tiedHead: source.tiedHead,
    layers,
    layersAhead: read.countOrNone('num_nextn_predict_layers', LIMITS.layers),
    heads,
    gqa: latent ? null : gqaFacts(read, heads, channels, layers),
    mla: latent ? mlaFacts(read, channels, latentScale) : null,
    convWidth: layers.some(({ mixes }) => mixes === 'conv')
      ? read.count('conv_L_cache', LIMITS.convWidth)
      : 0,
    inner: moe !== null && layers.every(({ sparse }) => sparse) ? 0 : denseInner(read),
    moe,
    rope,
    localRope,
    pairing: read.flag('rope_interleave', false) ? 'interleaved' : 'half',
    temperature: temperature === null ? unrotatedTemperature(read) : { of: 'all', spec: temperature },
  };
}

/** Llama 4 calls the dense layers' width by another name, and the experts' by this one. */
function denseInner(read: Reader): number {
  const own = read.get('intermediate_size_mlp') !== undefined;
  return read.count(own ? 'intermediate_size_mlp' : 'intermediate_size', LIMITS.inner);
}

function gqaFacts(read: Reader, heads: number, headDim: number, layers: readonly LayerFacts[]): GqaFacts {
  const kvHeads = read.count('num_key_value_heads', LIMITS.heads, heads);
  if (heads % kvHeads !== 0)
    throw badDimension('key-value heads', kvHeads, `the ${heads} heads must be a multiple of it`);
  if (headDim % 4 !== 0) throw badDimension('head size', headDim, 'a multiple of 4 is needed');
  if (headDim > KERNEL_LIMITS.headDim)
    throw badDimension('head size', headDim, `at most ${KERNEL_LIMITS.headDim} are read here`);
  const valueDim = read.count('value_head_dim', LIMITS.headDim, headDim);
  if (valueDim !== headDim)
    throw badDimension(read.name('value_head_dim'), valueDim, 'it must equal the key length');
  const span = read.positive('query_pre_attn_scalar', headDim);
  const mixes = new Set(layers.map((layer) => layer.mixes));
  return {
    kvHeads,
    headDim,
    scale: read.positive('attention_multiplier', span ** -0.5),
    softCap: softCap(read, 'attn_logit_softcapping'),
    window: mixes.has('window') ? read.count('sliding_window', LIMITS.context) : 0,
    chunk: mixes.has('chunk') ? read.count('attention_chunk_size', LIMITS.context) : 0,
    unitNorm: read.flag('use_qk_norm', true),
  };
}

/**
 * The families' own code builds the norms of the latents with its default, whatever the
 * model's; llama.cpp takes the model's, which for most is the same.
 */
const LATENT_EPS = 1e-6;

function mlaFacts(read: Reader, ropeDim: number, latentScale: number): MlaFacts {
  const split = read.get('qk_nope_head_dim') !== undefined;
  const nopeDim = split
    ? read.count('qk_nope_head_dim', LIMITS.headDim)
    : read.count('qk_head_dim', LIMITS.headDim) - ropeDim;
  const kvRank = read.count('kv_lora_rank', LIMITS.hidden);
  const valueDim = read.count('v_head_dim', LIMITS.headDim);
  for (const [what, size] of Object.entries({
    'latent channels': kvRank,
    'head size without rope': nopeDim,
    'head size with rope': ropeDim,
    'value size': valueDim,
  })) {
    if (size < 4 || size % 4 !== 0) throw badDimension(what, size, 'a multiple of 4 is needed');
    if (size > KERNEL_LIMITS.latent)
      throw badDimension(what, size, `at most ${KERNEL_LIMITS.latent} are read here`);
  }
  const qRank = read.countOrNone('q_lora_rank', LIMITS.hidden);
  if (qRank % 4 !== 0) throw badDimension("queries' latent channels", qRank, 'a multiple of 4 is needed');
  return {
    qRank,
    kvRank,
    nopeDim,
    ropeDim,
    valueDim,
    scale: (nopeDim + ropeDim) ** -0.5 * latentScale,
    latentEps: LATENT_EPS,
  };
}

/** Llama 4's, of the layers without rotary embedding; some configs say 4 for true. */
function unrotatedTemperature(read: Reader): ModelFacts['temperature'] {
  if (!read.get('attn_temperature_tuning')) return null;
  const scale = read.positive('attn_scale');
  return { of: 'unrotated', spec: { scale, span: read.positive('floor_scale'), offset: 1 } };
}

/** What a family's own code can be told and ours can not. */
function refuseOddities(read: Reader, family: Family): void {
  if (read.get('clip_qkv')) throw unsupported(family.name, 'that clip queries, keys and values');
  if (family.activation !== 'swigluOai') return;
  for (const [key, fixed] of [
    ['swiglu_limit', 7],
    ['swiglu_alpha', 1.702],
  ] as const) {
    const value = read.get(key) ?? fixed;
    if (value !== fixed) throw unsupported(family.name, `with a ${key} of ${JSON.stringify(value)}`);
  }
}

function softCap(read: Reader, key: string): number {
  return read.get(key) === undefined ? 0 : read.positive(key);
}
