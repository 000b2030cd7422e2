/** Random matrices in the weight layouts and what they hold. Kernel cases are held to it. */
import { f32ToF16 } from '../../base/floats.ts';
import { padCols, quantBytes, scaleBytes, type WeightLayout } from '../../formats/layouts.ts';
import type { HostArray, KernelCase } from '../card.ts';
import { hasScales } from './layouts.ts';
import { weightAt } from './plainWeight.ts';

export interface PlainMatrix {
  readonly rows: number;
  /** Columns a row holds, a multiple of 32. */
  readonly padded: number;
  /** The planes, under the names kernels bind them by. */
  readonly planes: Readonly<Record<string, HostArray>>;
  /** [rows, padded] */
  readonly weights: Float64Array;
}

/** Uniform in [0, 1), the same for the same seed: a kernel case must be repeatable. Mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `length` values in [-size, size), then zeros up to `padded`. */
export function randomRow(
  length: number,
  padded: number,
  random: () => number,
  size = 1,
): Float32Array<ArrayBuffer> {
  const row = new Float32Array(padded);
  for (let i = 0; i < length; i++) row[i] = (random() * 2 - 1) * size;
  return row;
}

/**
 * Scales: 'usual' give weights near 1 (the f16 levels of the 'k' kinds and q8h are
 * then often subnormal, as in real files); 'extreme' run over all halves below 2^6.
 */
export type ScaleRange = 'usual' | 'extreme';

export interface MatrixShape {
  readonly layout: WeightLayout;
  readonly rows: number;
  readonly cols: number;
  readonly scales?: ScaleRange;
}

/** Random bytes in a layout, and the weights they stand for. */
export function randomMatrix(shape: MatrixShape, random: () => number): PlainMatrix {
  const { layout, rows, cols } = shape;
  const padded = padCols(cols);
  const quants = randomQuants(layout, rows, cols, random);
  const scales = randomScales(layout, rows, cols, shape.scales ?? 'usual', random);
  const weights = new Float64Array(rows * padded);
  const read = weightAt(layout, padded, quants, scales);
  for (let i = 0; i < weights.length; i++) weights[i] = read(i);
  const planes = hasScales(layout) ? { quants, scales } : { quants };
  return { rows, padded, planes, weights };
}

type Words = Uint32Array<ArrayBuffer>;

/** f16 bits with an exponent field from `lowest` up, below `end`; 0 is the subnormals. */
function randomHalf(lowest: number, end: number, random: () => number): number {
  const sign = random() < 0.5 ? 0x8000 : 0;
  const exponent = lowest + Math.floor(random() * (end - lowest));
  return sign | (exponent << 10) | Math.floor(random() * 1024);
}

/** bf16 bits with this exponent field. */
function randomBrain(exponent: number, random: () => number): number {
  return (random() < 0.5 ? 0x8000 : 0) | (exponent << 7) | Math.floor(random() * 128);
}

function randomQuants(layout: WeightLayout, rows: number, cols: number, random: () => number): Words {
  const words = new Uint32Array(quantBytes(layout, rows, cols) / 4);
  const padded = padCols(cols);
  const real = (element: number) => element % padded < cols;
  switch (layout) {
    case 'f32': {
      const values = new Float32Array(words.buffer);
      for (let i = 0; i < values.length; i++) values[i] = real(i) ? random() * 2 - 1 : 0;
      return words;
    }
    case 'f16':
    case 'bf16': {
      const halves = new Uint16Array(words.buffer);
      for (let i = 0; i < halves.length; i++) {
        // bf16 with the exponent of 2^-3..2^0; f16 anything down to a subnormal.
        const bits =
          layout === 'f16' ? randomHalf(0, 15, random) : randomBrain(124 + Math.floor(random() * 4), random);
        halves[i] = real(i) ? bits : 0;
      }
      return words;
    }
    case 'f8b':
      // Any byte but the two that are no number.
      new Uint8Array(words.buffer).forEach((_, i, bytes) => {
        const byte = Math.floor(random() * 256);
        bytes[i] = (byte & 0x7f) === 0x7f ? byte - 1 : byte;
      });
      return words;
    case 'q4s':
    case 'q4m':
    case 'q4b':
    case 'q4z':
    case 'q4t':
    case 'q4k':
    case 'q4x':
    case 'q4p':
    case 'q4h':
    case 'f4e':
    case 'q8s':
    case 'q8m':
    case 'q8k':
    case 'q8h':
      return words.map(() => Math.floor(random() * 2 ** 32));
    default:
      return layout satisfies never;
  }
}

function randomScales(
  layout: WeightLayout,
  rows: number,
  cols: number,
  range: ScaleRange,
  random: () => number,
): Words {
  const words = new Uint32Array(Math.ceil(scaleBytes(layout, rows, cols) / 4));
  const halves = new Uint16Array(words.buffer);
  const extreme = range === 'extreme';
  const between = (low: number, end: number) => low + Math.floor(random() * (end - low));
  const half = (lowest: number, end: number) =>
    extreme ? randomHalf(0, 21, random) : randomHalf(lowest, end, random);
  // Of 32-bit floats, or of their high halves: from the smallest normal to 2^6, or 2^-8 to 2^-4.
  const exponent = () => (extreme ? between(1, 134) : between(119, 124));
  switch (layout) {
    case 'q4k':
    case 'q8k':
    case 'q8h':
    case 'q4x':
    case 'q4p':
    case 'q4h': {
      const block = scaleBytes(layout, 1, 256) / 2;
      for (let i = 0; i < words.length; i++) words[i] = between(0, 2 ** 32);
      for (let i = 0; i < halves.length; i += block) {
        halves[i] = half(0, 3);
        halves[i + 1] = layout === 'q4k' || layout === 'q8k' || layout === 'q4p' ? half(0, 3) : 0;
      }
      return words;
    }
    case 'f4e': {
      const bytes = new Uint8Array(words.buffer);
      for (let i = 0; i < bytes.length; i++) bytes[i] = extreme ? between(0, 134) : between(121, 128);
      return words;
    }
    case 'f8b':
      return words.map(() => ((exponent() << 23) | between(0, 2 ** 23)) >>> 0);
    case 'q4b':
      return words.map(
        () => (randomBrain(exponent(), random) | (randomBrain(exponent(), random) << 16)) >>> 0,
      );
    case 'q4z':
      for (let i = 0; i < halves.length; i += 2) {
        halves[i] = half(7, 11);
        halves[i + 1] = f32ToF16(between(-8, 17));
      }
      return words;
    default:
      for (let i = 0; i < halves.length; i++) halves[i] = half(7, 11);
      return words;
  }
}

/** What f32 sums of well-scaled products keep to, whatever their order. */
export function f32Tolerance(expected: Readonly<Record<string, HostArray>>): KernelCase['tolerance'] {
  let largest = 0;
  for (const array of Object.values(expected))
    for (const value of array) largest = Math.max(largest, Math.abs(value));
  return { nmse: 1e-11, maxAbs: largest * 1e-5 };
}
