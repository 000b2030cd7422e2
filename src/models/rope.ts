/**
 * Rotary frequencies with every scaling rule in use, in f64. Formulas as in
 * transformers' modeling_rope_utils.py, which the fixtures were recorded from.
 */
import { badDimension, positiveOf } from './bounds.ts';
import type { RopeSpec } from './spec.ts';

export type RopeScaling =
  | { readonly kind: 'none' }
  | { readonly kind: 'linear'; readonly factor: number }
  | {
      readonly kind: 'llama3';
      readonly factor: number;
      readonly lowFactor: number;
      readonly highFactor: number;
      readonly originalContext: number;
    }
  | {
      readonly kind: 'yarn';
      readonly factor: number;
      readonly originalContext: number;
      readonly betaFast: number;
      readonly betaSlow: number;
      /** Whether the ramp begins and ends at whole channels. */
      readonly truncate: boolean;
      readonly amplitude: number;
    }
  /** One divisor per pair: the form in which GGUF files carry llama3 scaling. */
  | { readonly kind: 'divisors'; readonly divisors: readonly number[] };

export interface RopeFacts {
  readonly theta: number;
  /** Channels rotated. */
  readonly dims: number;
  readonly scaling: RopeScaling;
}

/** BAD_DIMENSIONS where the channels are odd or the numbers make no frequencies. */
export function ropeSpec({ theta, dims, scaling }: RopeFacts, pairing: RopeSpec['pairing']): RopeSpec {
  if (dims % 2 !== 0) throw badDimension('rope dimensions', dims, 'an even number is needed');
  positiveOf('rope theta', theta);
  const plain = Array.from({ length: dims / 2 }, (_, i) => theta ** ((-2 * i) / dims));
  const inverseFrequencies = scaled(plain, theta, dims, scaling);
  for (const frequency of inverseFrequencies) positiveOf('rope frequency', frequency);
  const amplitude = scaling.kind === 'yarn' ? positiveOf('rope attention factor', scaling.amplitude) : 1;
  return { dims, pairing, inverseFrequencies, amplitude };
}

/** YaRN's recommended factor on cos and sin, eq. 22 of arXiv 2309.00071. */
export function yarnMagnitude(factor: number, multiplier = 1): number {
  return factor <= 1 ? 1 : 0.1 * multiplier * Math.log(factor) + 1;
}

function scaled(
  plain: readonly number[],
  theta: number,
  dims: number,
  scaling: RopeScaling,
): readonly number[] {
  switch (scaling.kind) {
    case 'none':
      return plain;
    case 'linear':
      return plain.map((frequency) => frequency / scaling.factor);
    case 'llama3':
      return plain.map((frequency) => llama3(frequency, scaling));
    case 'yarn':
      return yarn(plain, theta, dims, scaling);
    case 'divisors': {
      if (scaling.divisors.length !== plain.length) {
        throw badDimension('rope frequency divisors', scaling.divisors.length, `${plain.length} are needed`);
      }
      return plain.map((frequency, i) => frequency / scaling.divisors[i]!);
    }
    default:
      return scaling satisfies never;
  }
}

/** Long wavelengths are stretched, short ones kept, those between interpolated. */
function llama3(frequency: number, scaling: RopeScaling & { kind: 'llama3' }): number {
  const { factor, lowFactor, highFactor, originalContext } = scaling;
  const wavelength = (2 * Math.PI) / frequency;
  if (wavelength < originalContext / highFactor) return frequency;
  if (wavelength > originalContext / lowFactor) return frequency / factor;
  const smooth = (originalContext / wavelength - lowFactor) / (highFactor - lowFactor);
  return ((1 - smooth) * frequency) / factor + smooth * frequency;
}

/** Channels that turn often keep their frequency, those that turn seldom are stretched. */
function yarn(
  plain: readonly number[],
  theta: number,
  dims: number,
  scaling: RopeScaling & { kind: 'yarn' },
): readonly number[] {
  const channelTurning = (turns: number): number =>
    (dims * Math.log(scaling.originalContext / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
  const first = channelTurning(scaling.betaFast);
  const last = channelTurning(scaling.betaSlow);
  const low = Math.max(scaling.truncate ? Math.floor(first) : first, 0);
  const high = Math.min(scaling.truncate ? Math.ceil(last) : last, dims - 1);
  const span = high === low ? 0.001 : high - low;
  return plain.map((frequency, i) => {
    const stretched = Math.min(Math.max((i - low) / span, 0), 1);
    return (frequency / scaling.factor) * stretched + frequency * (1 - stretched);
  });
}
