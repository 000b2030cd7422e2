/** Hugging Face's config.json → ModelFacts, with the defaults of transformers' configuration classes. */
import { badDimension, countOf, LIMITS, positiveOf } from './bounds.ts';
import { parseConfig } from './configShape.ts';
import type { ModelConfig, RopeConfig } from './configShape.ts';
import type { ModelFacts } from './facts.ts';
import { familyOfModelType, unsupported } from './families/all.ts';
import type { Family } from './families/family.ts';
import type { RopeFacts, RopeScaling } from './rope.ts';
import { yarnMagnitude } from './rope.ts';

const ACTIVATIONS: Readonly<Record<string, string>> = { silu: 'silu', gelu_pytorch_tanh: 'geluTanh' };

export function configFacts(config: unknown): ModelFacts {
  const given = parseConfig(config);
  const family = familyOfModelType(given.model_type);
  const merged = withDefaults(given, family);
  const activation = merged.hidden_activation ?? merged.hidden_act;
  if (activation != null && ACTIVATIONS[activation] !== family.activation) {
    throw unsupported(family.name, `with the activation ${activation}`);
  }
  if (merged.use_bidirectional_attention) throw unsupported(family.name, 'that attend in both directions');

  const hidden = countOf('hidden_size', merged.hidden_size, LIMITS.hidden);
  const layers = countOf('num_hidden_layers', merged.num_hidden_layers, LIMITS.layers);
  const heads = countOf('num_attention_heads', merged.num_attention_heads, LIMITS.heads);
  const headDim = countOf('head_dim', merged.head_dim ?? hidden / heads, LIMITS.headDim);
  const span = positiveOf('query_pre_attn_scalar', merged.query_pre_attn_scalar ?? headDim);
  return {
    family,
    hidden,
    layers,
    heads,
    headDim,
    vocab: countOf('vocab_size', merged.vocab_size, LIMITS.vocab),
    kvHeads: countOf('num_key_value_heads', merged.num_key_value_heads ?? heads, LIMITS.heads),
    inner: countOf('intermediate_size', merged.intermediate_size, LIMITS.inner),
    contextLength: countOf('max_position_embeddings', merged.max_position_embeddings, LIMITS.context),
    normEps: positiveOf('rms_norm_eps', merged.rms_norm_eps),
    attentionScale: span ** -0.5,
    attentionSoftCap: softCap('attn_logit_softcapping', merged.attn_logit_softcapping),
    logitSoftCap: softCap('final_logit_softcapping', merged.final_logit_softcapping),
    tiedHead: merged.tie_word_embeddings ?? false,
    ...windowFacts(merged, family, layers),
    ...ropeFacts(merged, family, headDim),
  };
}

/** What the file says wins, a null too: it may switch off what silence would leave on. */
function withDefaults(config: ModelConfig, family: Family): ModelConfig {
  return { ...(family.safetensors.defaults as Partial<ModelConfig>), ...config };
}

function softCap(key: string, value: number | null | undefined): number {
  return value == null ? 0 : positiveOf(key, value);
}

function windowFacts(
  config: ModelConfig,
  family: Family,
  layers: number,
): Pick<ModelFacts, 'window' | 'isWindowed'> {
  const isWindowed = windowedLayers(config, family, layers);
  const any = Array.from({ length: layers }, (_, layer) => isWindowed(layer)).includes(true);
  return { isWindowed, window: any ? countOf('sliding_window', config.sliding_window, LIMITS.context) : 0 };
}

function windowedLayers(config: ModelConfig, { window }: Family, layers: number): (layer: number) => boolean {
  const types = config.layer_types;
  if (window.kind !== 'never' && window.kind !== 'all' && types != null) {
    if (types.length < layers)
      throw badDimension('layer_types', `${types.length} long`, `${layers} are needed`);
    const strange = types.find((type) => type !== 'sliding_attention' && type !== 'full_attention');
    if (strange !== undefined) throw unsupported(config.model_type, `with layers of ${strange}`);
    return (layer) => types[layer] === 'sliding_attention';
  }
  switch (window.kind) {
    case 'never':
      return () => false;
    case 'all':
      return () => config.sliding_window != null;
    case 'upper': {
      const first = config.max_window_layers ?? 0;
      return (layer) => config.use_sliding_window === true && config.sliding_window != null && layer >= first;
    }
    case 'pattern': {
      const period = countOf(
        'sliding_window_pattern',
        config.sliding_window_pattern ?? window.period,
        LIMITS.layers,
      );
      return (layer) => (layer + 1) % period !== 0;
    }
    default:
      return window satisfies never;
  }
}

function ropeFacts(
  config: ModelConfig,
  { window }: Family,
  headDim: number,
): Pick<ModelFacts, 'rope' | 'localRope'> {
  const parameters = config.rope_parameters;
  const global = parameters?.full_attention ?? parameters ?? config.rope_scaling ?? {};
  const rope = ropeOf(
    global,
    config,
    headDim,
    positiveOf('rope_theta', global.rope_theta ?? config.rope_theta),
  );
  if (window.kind !== 'pattern') return { rope, localRope: null };
  const local = parameters?.sliding_attention ?? {};
  const theta = local.rope_theta ?? config.rope_local_base_freq ?? window.localTheta;
  return { rope, localRope: ropeOf(local, config, headDim, positiveOf('rope_local_base_freq', theta)) };
}

function ropeOf(rope: RopeConfig, config: ModelConfig, headDim: number, theta: number): RopeFacts {
  const share = positiveOf(
    'partial_rotary_factor',
    rope.partial_rotary_factor ?? config.partial_rotary_factor ?? 1,
  );
  const dims = countOf('partial_rotary_factor x head_dim', Math.trunc(headDim * share), headDim);
  return { theta, dims, scaling: scalingOf(rope, config) };
}

function scalingOf(rope: RopeConfig, config: ModelConfig): RopeScaling {
  const type = rope.rope_type ?? rope.type ?? 'default';
  const factor = (): number => positiveOf('rope factor', rope.factor);
  const originalContext = (): number =>
    countOf(
      'original_max_position_embeddings',
      config.original_max_position_embeddings ??
        rope.original_max_position_embeddings ??
        config.max_position_embeddings,
      LIMITS.context,
    );
  switch (type) {
    case 'default':
      return { kind: 'none' };
    case 'linear':
      return { kind: 'linear', factor: factor() };
    case 'llama3':
      return {
        kind: 'llama3',
        factor: factor(),
        lowFactor: positiveOf('low_freq_factor', rope.low_freq_factor),
        highFactor: positiveOf('high_freq_factor', rope.high_freq_factor),
        originalContext: originalContext(),
      };
    case 'yarn':
      return {
        kind: 'yarn',
        factor: factor(),
        originalContext: originalContext(),
        betaFast: positiveOf('beta_fast', rope.beta_fast || 32),
        betaSlow: positiveOf('beta_slow', rope.beta_slow || 1),
        truncate: rope.truncate ?? true,
        amplitude: yarnAmplitude(rope, factor()),
      };
    default:
      throw unsupported(config.model_type, `with rope scaling '${type}'`);
  }
}

function yarnAmplitude(rope: RopeConfig, factor: number): number {
  if (rope.attention_factor != null) return positiveOf('attention_factor', rope.attention_factor);
  if (rope.mscale && rope.mscale_all_dim) {
    return yarnMagnitude(factor, rope.mscale) / yarnMagnitude(factor, rope.mscale_all_dim);
  }
  return yarnMagnitude(factor);
}
