/**
 * Plain reference of the GPU layouts: the f32 each weight stands for, rounding
 * once per operation written in layouts.ts.
 */
import { bf16ToF32, e2m1ToF32, e4m3ToF32, e8m0ToF32, f16ToF32 } from '../base/floats.ts';
import { IQ4_TABLE, padCols, scaleSpan } from './layouts.ts';
import type { WeightLayout } from './layouts.ts';

/** Values of whole rows, without the padding columns. [rows, cols] */
export function dequantiseRows(
  layout: WeightLayout,
  quants: Uint8Array,
  scales: Uint8Array,
  rows: number,
  cols: number,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(rows * cols);
  const width = padCols(cols);
  const span = scaleSpan(layout);
  const spans = Math.ceil(width / span);
  const plane = { quants: dataView(quants), scales: dataView(scales) };
  for (let r = 0; r < rows; r += 1) {
    for (let c = 0; c < cols; c += 1) {
      const entry = r * spans + Math.floor(c / span);
      out[r * cols + c] = weight(layout, plane, r * width + c, entry);
    }
  }
  return out;
}

interface PlaneViews {
  readonly quants: DataView;
  readonly scales: DataView;
}

function dataView(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The value at padded index `i`, rows one after the other, whose scales are entry `entry` of their plane. */
function weight(layout: WeightLayout, { quants, scales }: PlaneViews, i: number, entry: number): number {
  const half = (at: number): number => f16ToF32(scales.getUint16(at, true));
  const brain = (at: number): number => bf16ToF32(scales.getUint16(at, true));
  switch (layout) {
    case 'f32':
      return quants.getFloat32(i * 4, true);
    case 'f16':
      return f16ToF32(quants.getUint16(i * 2, true));
    case 'bf16':
      return bf16ToF32(quants.getUint16(i * 2, true));
    case 'q4s':
      return half(entry * 2) * (nibble(quants, i) - 8);
    case 'q4m':
      return Math.fround(half(entry * 4) * nibble(quants, i)) + half(entry * 4 + 2);
    case 'q4b':
      return Math.fround(brain(entry * 4) * nibble(quants, i)) + brain(entry * 4 + 2);
    case 'q4z':
      return half(entry * 4) * (nibble(quants, i) - half(entry * 4 + 2));
    case 'q4t':
      return half(entry * 2) * IQ4_TABLE[nibble(quants, i)]!;
    case 'q4x': {
      const scale = Math.fround(half(entry * 12) * scales.getInt8(entry * 12 + 4 + eighth(i)));
      return scale * IQ4_TABLE[nibble(quants, i)]!;
    }
    case 'f4e':
      return e8m0ToF32(scales.getUint8(entry)) * e2m1ToF32(nibble(quants, i));
    case 'q8s':
      return half(entry * 2) * quants.getInt8(i);
    case 'q8m':
      return Math.fround(half(entry * 4) * quants.getUint8(i)) + half(entry * 4 + 2);
    case 'q4k':
      return twoLevel(scales, entry * 20, 8, eighth(i), nibble(quants, i));
    case 'q8k':
      return twoLevel(scales, entry * 20, 8, eighth(i), quants.getUint8(i));
    case 'q4p':
      return twoLevel(scales, entry * 36, 16, sixteenth(i), nibble(quants, i));
    case 'q4h':
      return signedLevel(scales, entry * 20, sixteenth(i)) * (nibble(quants, i) - 8);
    case 'q8h':
      return signedLevel(scales, entry * 20, sixteenth(i)) * quants.getInt8(i);
    case 'f8b':
      return scales.getFloat32(entry * 4, true) * e4m3ToF32(quants.getUint8(i));
    default:
      return layout satisfies never;
  }
}

/** Which of the eight groups of a super-block `i` is in. */
function eighth(i: number): number {
  return (i >> 5) & 7;
}

/** Which of its sixteen half groups. */
function sixteenth(i: number): number {
  return (i >> 4) & 15;
}

/** Element i&31 of its group's 16 bytes. */
function nibble(quants: DataView, i: number): number {
  const byte = quants.getUint8((i >> 5) * 16 + (i & 15));
  return (i & 16) === 0 ? byte & 15 : byte >> 4;
}

/** (d * sc[part]) * q - dmin * mn[part] of the super-block at `block`, which has `parts` of each. */
function twoLevel(scales: DataView, block: number, parts: number, part: number, q: number): number {
  const step = scales.getUint8(block + 4 + part);
  const minStep = scales.getUint8(block + 4 + parts + part);
  const scale = Math.fround(f16ToF32(scales.getUint16(block, true)) * step);
  return Math.fround(scale * q) - Math.fround(f16ToF32(scales.getUint16(block + 2, true)) * minStep);
}

/** d * sc[part] of the super-block at `block`. */
function signedLevel(scales: DataView, block: number, part: number): number {
  return Math.fround(f16ToF32(scales.getUint16(block, true)) * scales.getInt8(block + 4 + part));
}
