/** Attention in plain f64 loops, and what the attention suites share to build cases. */
import { f16ToF32, f32ToF16 } from '../../base/floats.ts';
import type { HostArray } from '../card.ts';
import type { KvType } from '../kv/kv.ts';
import type { HeadRowOptions } from './headRows.ts';

export interface HeadShape {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
}

export interface Masking {
  readonly scale: number;
  readonly window: number;
  readonly chunk: number;
  readonly softCap: number;
}

/** Numbers in [-1, 1), the same for the same seed. */
export function noise(seed: number, length: number, amplitude = 1): Float32Array<ArrayBuffer> {
  let state = (seed * 2654435761 + 97) >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state >>> 8) / 2 ** 23 - 1) * amplitude;
  });
}

export function storeKv(type: KvType, values: ArrayLike<number>): HostArray {
  if (type === 'f32') return Float32Array.from(values);
  return Uint32Array.from({ length: values.length / 2 }, (_, i) => {
    return (f32ToF16(values[2 * i]!) | (f32ToF16(values[2 * i + 1]!) << 16)) >>> 0;
  });
}

/** The value the cache gives back. */
export function throughKv(type: KvType, value: number): number {
  return type === 'f32' ? Math.fround(value) : f16ToF32(f32ToF16(value));
}

/** (cos, sin) of position · 10000^(-2i/dims). [positions, dims/2, 2] */
export function plainRopeTable(positions: number, dims: number): Float32Array<ArrayBuffer> {
  const table = new Float32Array(positions * dims);
  for (let p = 0; p < positions; p++) {
    for (let i = 0; i < dims / 2; i++) {
      const angle = p * 10000 ** ((-2 * i) / dims);
      table[p * dims + 2 * i] = Math.cos(angle);
      table[p * dims + 2 * i + 1] = Math.sin(angle);
    }
  }
  return table;
}

export interface RowContext extends HeadRowOptions {
  readonly ropeDims: number;
  readonly eps: number;
  readonly rope: Float32Array<ArrayBuffer>;
  readonly qNorm: Float32Array<ArrayBuffer>;
  readonly kNorm: Float32Array<ArrayBuffer>;
  readonly temperature: Temperature;
}

export interface Temperature {
  readonly tempScale: number;
  readonly tempSpan: number;
  readonly tempOffset: number;
}

export const NO_TEMPERATURE: Temperature = { tempScale: 0, tempSpan: 1, tempOffset: 0 };

/** One head of q or k, normed and rotated for `position`. [headDim] */
export function plainHead(
  row: ArrayLike<number>,
  position: number,
  isKey: boolean,
  context: RowContext,
): number[] {
  let x = Array.from(row);
  if (context.qkNorm !== 'none') {
    const meanSquare = x.reduce((sum, v) => sum + v * v, 0) / x.length;
    const weight = isKey ? context.kNorm : context.qNorm;
    const weightOf = (c: number): number => (context.qkNorm === 'unit' ? 1 : weight[c]!);
    x = x.map((v, c) => (v / Math.sqrt(meanSquare + context.eps)) * weightOf(c));
  }
  const { tempScale, tempSpan, tempOffset } = context.temperature;
  const grown = isKey ? 1 : 1 + tempScale * Math.log(1 + Math.floor((position + tempOffset) / tempSpan));
  x = x.map((v) => v * grown);
  if (context.pairing === 'none') return x;
  const { ropeDims, rope, pairing } = context;
  for (let i = 0; i < ropeDims / 2; i++) {
    const [a, b] = pairing === 'half' ? [i, i + ropeDims / 2] : [2 * i, 2 * i + 1];
    const cos = rope[position * ropeDims + 2 * i]!;
    const sin = rope[position * ropeDims + 2 * i + 1]!;
    [x[a], x[b]] = [x[a]! * cos - x[b]! * sin, x[b]! * cos + x[a]! * sin];
  }
  return x;
}

/** Keys or values of one kv head: [headDim] at each position. */
export type Rows = (position: number) => ArrayLike<number>;

export interface PlainAttention {
  /** The highest score, and the sum of exp(score - highest). */
  readonly highest: number;
  readonly total: number;
  /** Σ exp(score - highest) · v. [headDim] */
  readonly sum: readonly number[];
}

/** Attention of one rotated query over positions [begin, end). */
export function plainAttend(
  query: readonly number[],
  keys: Rows,
  values: Rows,
  begin: number,
  end: number,
  { scale, softCap }: Masking,
): PlainAttention {
  const scores: number[] = [];
  for (let p = begin; p < end; p++) {
    const key = keys(p);
    const score = scale * query.reduce((sum, q, c) => sum + q * key[c]!, 0);
    scores.push(softCap > 0 ? softCap * Math.tanh(score / softCap) : score);
  }
  const highest = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - highest));
  const sum = query.map((_, c) => weights.reduce((part, w, i) => part + w * values(begin + i)[c]!, 0));
  return { highest, total: weights.reduce((part, w) => part + w, 0), sum };
}

export function firstSeen(position: number, { window, chunk }: Pick<Masking, 'window' | 'chunk'>): number {
  const ofWindow = window > 0 ? Math.max(0, position + 1 - window) : 0;
  return chunk > 0 ? Math.max(ofWindow, position - (position % chunk)) : ofWindow;
}

/** [positions, kvHeads, headDim] as rows of one head. */
export function rowsOf(values: ArrayLike<number>, kvHead: number, { kvHeads, headDim }: HeadShape): Rows {
  return (position) => {
    const at = (position * kvHeads + kvHead) * headDim;
    return Array.from({ length: headDim }, (_, c) => values[at + c]!);
  };
}
