/** What the 4-bit forms share: nibbles into GPU order, and an entry of the scales plane. */
import { AppError } from '../base/failure.ts';
import { bf16ToF32, e2m1ToF32, e8m0ToF32, f16ToF32, f32ToBf16, f32ToF16 } from '../base/floats.ts';
import type { PackedTensor, StoredTensor } from './directory.ts';
import type { ByteRange, Form, Window } from './form.ts';
import { GROUP, padCols, quantBytes, scaleBytes, type WeightLayout } from './layouts.ts';
import { wordsOf } from './groupTables.ts';
import type { Planes } from './repack.ts';

/** Four nibbles of the low half word as the low nibbles of four bytes. */
function spread(half: number): number {
  const pairs = (half | (half << 8)) & 0x00ff00ff;
  return (pairs | (pairs << 4)) & 0x0f0f0f0f;
}

/** 32 nibbles in a row, 8 a word from the lowest bits on, in the order of layouts.ts. */
export function writeGroup(a: number, b: number, c: number, d: number, out: Uint32Array, at: number): void {
  out[at] = spread(a & 0xffff) | (spread(c & 0xffff) << 4);
  out[at + 1] = spread(a >>> 16) | (spread(c >>> 16) << 4);
  out[at + 2] = spread(b & 0xffff) | (spread(d & 0xffff) << 4);
  out[at + 3] = spread(b >>> 16) | (spread(d >>> 16) << 4);
}

/** Writes entry `index` of the scales plane from a scale's bits, and a zero point 0..15 or a bias's bits. */
export type ScaleWriter = (index: number, scale: number, zero: number) => void;

export function scaleWriter(file: PackedTensor, { scales }: Planes): ScaleWriter {
  const { buffer, byteOffset, length } = scales;
  const halves = new Uint16Array(buffer, byteOffset, length >> 1);
  const symmetric = file.packing.zeros === null;
  switch (file.layout) {
    case 'f4e':
      return (index, scale) => {
        scales[index] = scale;
      };
    case 'q4s':
      return (index, scale) => {
        halves[index] = scale;
      };
    case 'q4m':
    case 'q4b':
      return (index, scale, bias) => {
        halves[2 * index] = scale;
        // -8 s, which no bfloat16 rounds.
        halves[2 * index + 1] = symmetric ? f32ToBf16(bf16ToF32(scale) * -8) : bias;
      };
    case 'q4z':
      return (index, scale, zero) => {
        halves[2 * index] = exactHalf(file, scale);
        halves[2 * index + 1] = WHOLE_HALVES[zero]!;
      };
    default:
      throw new Error(`${file.type} is not kept as ${file.layout}`);
  }
}

const WHOLE_HALVES = Uint16Array.from({ length: 16 }, (_, whole) => f32ToF16(whole));

function exactHalf({ name, packing: { scales } }: PackedTensor, bits: number): number {
  if (scales.dtype === 'F16') return bits;
  const value = bf16ToF32(bits);
  const half = f32ToF16(value);
  if (f16ToF32(half) === value) return half;
  throw new AppError(
    'UNSUPPORTED_TYPE',
    `tensor ${name} has zero points and a bfloat16 scale of ${value}, which no half holds`,
    { tensor: name, type: 'BF16 scales with zero points' },
  );
}

/** Decoding by way of the layout, which keeps each operation of the definition. */
export function decodeByRepacking(
  file: PackedTensor,
  window: Window,
  bytes: readonly Uint8Array[],
  repack: Form['repack'],
): Float32Array<ArrayBuffer> {
  const { layout } = file;
  const { rows, cols } = window;
  const quants = new Uint8Array(quantBytes(layout, rows, cols));
  const scales = new Uint8Array(scaleBytes(layout, rows, cols));
  repack(window, bytes, { quants, scales });
  const out = new Float32Array(rows * cols);
  const meanings = meaningsOf(layout, scales);
  const groups = padCols(cols) / GROUP;
  for (let r = 0; r < rows; r += 1) {
    for (let g = 0; g < groups; g += 1) {
      const group = r * groups + g;
      const meaning = meanings(group);
      const to = r * cols + g * GROUP;
      const width = Math.min(GROUP, cols - g * GROUP);
      for (let i = 0; i < width; i += 1) {
        const byte = quants[group * (GROUP / 2) + (i & 15)]!;
        out[to + i] = meaning[i < 16 ? byte & 15 : byte >> 4]!;
      }
    }
  }
  return out;
}

/** What the sixteen nibbles of a group mean; the array is the same for all. */
function meaningsOf(layout: WeightLayout, scales: Uint8Array): (group: number) => Float32Array {
  const halves = new Uint16Array(scales.buffer, scales.byteOffset, scales.length >> 1);
  const meaning = new Float32Array(16);
  const fill = (of: (q: number) => number): Float32Array => {
    for (let q = 0; q < 16; q += 1) meaning[q] = of(q);
    return meaning;
  };
  const read = layout === 'q4b' ? bf16ToF32 : f16ToF32;
  return (group) => {
    if (layout === 'f4e') {
      const scale = e8m0ToF32(scales[group]!);
      return fill((q) => scale * e2m1ToF32(q));
    }
    if (layout === 'q4s') {
      const scale = read(halves[group]!);
      return fill((q) => scale * (q - 8));
    }
    const scale = read(halves[2 * group]!);
    const second = read(halves[2 * group + 1]!);
    return layout === 'q4z'
      ? fill((q) => scale * (q - second))
      : fill((q) => Math.fround(scale * q) + second);
  };
}

export function groupIndexRange(groupIndex: StoredTensor, { firstCol, cols }: Window): ByteRange {
  return { source: groupIndex.source, offset: groupIndex.offset + firstCol * 4, length: cols * 4 };
}

/** UNSUPPORTED_TYPE { tensor, type } where inputs from firstCol on are not grouped in their order. */
export function checkGroupIndex(file: PackedTensor, firstCol: number, bytes: Uint8Array): void {
  const { groupIndex, groupCols } = file.packing;
  if (groupIndex === null) return;
  const groups = wordsOf(bytes);
  for (let i = 0; i < groups.length; i += 1) {
    if (groups[i] === Math.floor((firstCol + i) / groupCols)) continue;
    throw new AppError(
      'UNSUPPORTED_TYPE',
      `tensor ${file.name} was quantised with its inputs reordered (desc_act), which is not read here`,
      { tensor: file.name, type: `${file.type} with desc_act` },
    );
  }
}
