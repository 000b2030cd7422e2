/** Hugging Face's config.json → ModelFacts, with the defaults of transformers' configuration classes. */
import { countOf, LIMITS, positiveOf } from './bounds.ts';
import { parseConfig } from './configShape.ts';
import type { ModelConfig, RopeConfig } from './configShape.ts';
import type { ModelFacts } from './facts.ts';
import { familyOfModelType, unsupported } from './families/all.ts';
import type { Family } from './families/family.ts';
import { reader } from './reader.ts';
import type { RopeFacts, RopeScaling } from './rope.ts';
import { yarnMagnitude } from './rope.ts';
import { sharedFacts } from './sharedFacts.ts';
import type { RopeReading } from './sharedFacts.ts';
import type { TemperatureSpec } from './spec.ts';

const ACTIVATIONS: Readonly<Record<string, readonly string[]>> = {
  silu: ['silu', 'swigluOai'],
  gelu_pytorch_tanh: ['geluTanh'],
};

export function configFacts(config: unknown): ModelFacts {
  const given = parseConfig(config);
  const family = familyOfModelType(given.model_type);
  const merged = withDefaults(given, family);
  const activation = merged.hidden_activation ?? merged.hidden_act;
  if (activation != null && !(ACTIVATIONS[activation] ?? []).includes(family.activation)) {
    throw unsupported(family.name, `with the activation ${activation}`);
  }
  if (merged.use_bidirectional_attention) throw unsupported(family.name, 'that attend in both directions');
  return sharedFacts({
    read: reader({ ...merged, rms_norm_eps: merged.norm_eps ?? merged.rms_norm_eps }),
    family,
    vocab: countOf('vocab_size', merged.vocab_size, LIMITS.vocab),
    tiedHead: merged.tie_embedding ?? merged.tie_word_embeddings ?? false,
    ropes: (channels) => ropeReading(merged, family, channels),
  });
}

/** What the file says wins, a null too: it may switch off what silence would leave on. */
function withDefaults(config: ModelConfig, family: Family): ModelConfig {
  return { ...(family.safetensors.defaults as Partial<ModelConfig>), ...config };
}

function ropeReading(config: ModelConfig, family: Family, channels: number): RopeReading {
  const parameters = config.rope_parameters;
  const global = parameters?.full_attention ?? parameters ?? config.rope_scaling ?? {};
  const theta = positiveOf('rope_theta', global.rope_theta ?? config.rope_theta);
  const rope = ropeOf(global, config, family, channels, theta);
  return {
    rope,
    localRope: localRope(config, family, channels),
    latentScale: latentScale(global, rope.scaling),
    temperature: temperatureOf(global, config),
  };
}

function localRope(config: ModelConfig, family: Family, channels: number): RopeFacts | null {
  const { window } = family;
  if (window.kind !== 'pattern' || window.localTheta === null) return null;
  const local = config.rope_parameters?.sliding_attention ?? {};
  const theta = local.rope_theta ?? config.rope_local_base_freq ?? window.localTheta;
  return ropeOf(local, config, family, channels, positiveOf('rope_local_base_freq', theta));
}

function ropeOf(
  rope: RopeConfig,
  config: ModelConfig,
  family: Family,
  channels: number,
  theta: number,
): RopeFacts {
  // Latent attention names the rotated channels; its partial_rotary_factor only repeats that.
  const told =
    family.attention === 'mla' ? 1 : (rope.partial_rotary_factor ?? config.partial_rotary_factor ?? 1);
  const share = positiveOf('partial_rotary_factor', told);
  const dims = countOf('partial_rotary_factor x head_dim', Math.trunc(channels * share), channels);
  return { theta, dims, scaling: scalingOf(rope, config) };
}

/** As transformers' yarn_apply_mscale, whatever the kind of scaling. */
function latentScale({ mscale_all_dim: mscale, factor }: RopeConfig, scaling: RopeScaling): number {
  if (scaling.kind === 'none' || !mscale) return 1;
  return yarnMagnitude(positiveOf('rope factor', factor), mscale) ** 2;
}

function temperatureOf(rope: RopeConfig, config: ModelConfig): TemperatureSpec | null {
  const scale = rope.llama_4_scaling_beta;
  return scale
    ? { scale: positiveOf('llama_4_scaling_beta', scale), span: originalContext(rope, config), offset: 0 }
    : null;
}

function originalContext(rope: RopeConfig, config: ModelConfig): number {
  return countOf(
    'original_max_position_embeddings',
    config.original_max_position_embeddings ??
      rope.original_max_position_embeddings ??
      config.max_position_embeddings,
    LIMITS.context,
  );
}

function scalingOf(rope: RopeConfig, config: ModelConfig): RopeScaling {
  const type = rope.rope_type ?? rope.type ?? 'default';
  const factor = (): number => positiveOf('rope factor', rope.factor);
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
        originalContext: originalContext(rope, config),
      };
    case 'yarn':
      return {
        kind: 'yarn',
        factor: factor(),
        originalContext: originalContext(rope, config),
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
