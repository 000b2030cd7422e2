/** Latent attention in plain f64 loops, and content for its cases. */
import { noise, type Temperature } from '../attend/plain.ts';

export interface MlaShape {
  readonly heads: number;
  readonly kvRank: number;
  readonly nopeDim: number;
  readonly ropeDim: number;
  readonly valueDim: number;
}

/** The proportions of DeepSeek's models, a sixteenth to an eighth of their size. */
export const SMALL: MlaShape = { heads: 4, kvRank: 64, nopeDim: 16, ropeDim: 8, valueDim: 16 };
/** No dimension a multiple of 32, heads no multiple of 4. */
export const ODD: MlaShape = { heads: 3, kvRank: 36, nopeDim: 12, ropeDim: 8, valueDim: 20 };
/** The real latent, fewer heads. */
export const REAL: MlaShape = { heads: 5, kvRank: 512, nopeDim: 128, ropeDim: 64, valueDim: 128 };

export const padded = (width: number): number => Math.ceil(width / 32) * 32;

export type Pairing = 'half' | 'interleaved';

/** A vector rotated for one position, by that position's (cos, sin) pairs. */
export function plainRotate(row: ArrayLike<number>, turns: ArrayLike<number>, pairing: Pairing): number[] {
  const x = Array.from(row);
  const pairs = x.length / 2;
  for (let i = 0; i < pairs; i++) {
    const [a, b] = pairing === 'half' ? [i, i + pairs] : [2 * i, 2 * i + 1];
    const cos = turns[2 * i]!;
    const sin = turns[2 * i + 1]!;
    [x[a], x[b]] = [x[a]! * cos - x[b]! * sin, x[b]! * cos + x[a]! * sin];
  }
  return x;
}

export function plainTemperature({ tempScale, tempSpan, tempOffset }: Temperature, position: number): number {
  return 1 + tempScale * Math.log(1 + Math.floor((position + tempOffset) / tempSpan));
}

/** Latents [positions, kvRank + ropeDim]: the first part normed, as the cache holds them. */
export function latents(seed: number, positions: number, shape: MlaShape): Float32Array<ArrayBuffer> {
  return noise(seed, positions * (shape.kvRank + shape.ropeDim), 1.5);
}
