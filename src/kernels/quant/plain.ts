/**
 * The plain reading of the weight layouts, in f64 loops, from the comment in
 * formats/layouts.ts, and random matrices to read. Kernel cases are held to it.
 */
import { f16ToF32 } from '../../base/floats.ts';
import { padCols, quantBytes, scaleBytes, type WeightLayout } from '../../formats/layouts.ts';
import type { HostArray, KernelCase } from '../card.ts';
import { hasScales } from './layouts.ts';

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
  const read = weightAt(layout, quants, scales);
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
          layout === 'f16'
            ? randomHalf(0, 15, random)
            : (random() < 0.5 ? 0x8000 : 0) |
              ((124 + Math.floor(random() * 4)) << 7) |
              Math.floor(random() * 128);
        halves[i] = real(i) ? bits : 0;
      }
      return words;
    }
    case 'q4s':
    case 'q4m':
    case 'q4k':
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
  const half = (lowest: number, end: number) =>
    range === 'extreme' ? randomHalf(0, 21, random) : randomHalf(lowest, end, random);
  if (layout === 'q4k' || layout === 'q8k' || layout === 'q8h') {
    for (let i = 0; i < words.length; i++) words[i] = Math.floor(random() * 2 ** 32);
    for (let block = 0; block < words.length / 5; block++) {
      halves[block * 10] = half(0, 3);
      halves[block * 10 + 1] = layout === 'q8h' ? 0 : half(0, 3);
    }
  } else {
    for (let i = 0; i < halves.length; i++) halves[i] = half(7, 11);
  }
  return words;
}

/** The weight of element i, counted over rows of a multiple of 32 columns. */
function weightAt(layout: WeightLayout, quants: Words, scales: Words): (i: number) => number {
  const bytes = new Uint8Array(quants.buffer);
  const signed = new Int8Array(quants.buffer);
  const halves = new Uint16Array(quants.buffer);
  const floats = new Float32Array(quants.buffer);
  const scaleHalves = new Uint16Array(scales.buffer);
  const scaleBytesOf = new Uint8Array(scales.buffer);
  const scaleSigned = new Int8Array(scales.buffer);
  const half = (index: number) => f16ToF32(scaleHalves[index]!);
  const nibble = (i: number) => {
    const column = i % 32;
    const byte = bytes[((i - column) / 32) * 16 + (column % 16)]!;
    return column < 16 ? byte & 15 : byte >> 4;
  };
  const group = (i: number) => Math.floor(i / 32);
  const block = (i: number) => Math.floor(i / 256);
  const scale = (i: number) => half(block(i) * 10) * scaleBytesOf[block(i) * 20 + 4 + (group(i) % 8)]!;
  const minimum = (i: number) => half(block(i) * 10 + 1) * scaleBytesOf[block(i) * 20 + 12 + (group(i) % 8)]!;
  switch (layout) {
    case 'f32':
      return (i) => floats[i]!;
    case 'f16':
      return (i) => f16ToF32(halves[i]!);
    case 'bf16':
      return (i) => new Float32Array(new Uint32Array([halves[i]! << 16]).buffer)[0]!;
    case 'q4s':
      return (i) => half(group(i)) * (nibble(i) - 8);
    case 'q4m':
      return (i) => half(group(i) * 2) * nibble(i) + half(group(i) * 2 + 1);
    case 'q4k':
      return (i) => scale(i) * nibble(i) - minimum(i);
    case 'q8s':
      return (i) => half(group(i)) * signed[i]!;
    case 'q8m':
      return (i) => half(group(i) * 2) * bytes[i]! + half(group(i) * 2 + 1);
    case 'q8k':
      return (i) => scale(i) * bytes[i]! - minimum(i);
    case 'q8h':
      return (i) =>
        half(block(i) * 10) * scaleSigned[block(i) * 20 + 4 + Math.floor((i % 256) / 16)]! * signed[i]!;
    default:
      return layout satisfies never;
  }
}

/** What f32 sums of well-scaled products keep to, whatever their order. */
export function f32Tolerance(expected: Readonly<Record<string, HostArray>>): KernelCase['tolerance'] {
  let largest = 0;
  for (const array of Object.values(expected))
    for (const value of array) largest = Math.max(largest, Math.abs(value));
  return { nmse: 1e-11, maxAbs: largest * 1e-5 };
}
