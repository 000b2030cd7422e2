/**
 * Plain reference of the GPU layouts: the f32 each weight stands for, rounding
 * once per operation written in layouts.ts.
 */
import { bf16ToF32, f16ToF32 } from '../base/floats.ts';
import { padCols } from './layouts.ts';
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
  const plane = { quants: dataView(quants), scales: dataView(scales) };
  for (let r = 0; r < rows; r += 1) {
    for (let c = 0; c < cols; c += 1) out[r * cols + c] = weight(layout, plane, r * width + c);
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

/** The value at padded index `i`, rows one after the other. */
function weight(layout: WeightLayout, { quants, scales }: PlaneViews, i: number): number {
  const half = (at: number): number => f16ToF32(scales.getUint16(at, true));
  const group = i >> 5;
  const block = (i >> 8) * 20;
  switch (layout) {
    case 'f32':
      return quants.getFloat32(i * 4, true);
    case 'f16':
      return f16ToF32(quants.getUint16(i * 2, true));
    case 'bf16':
      return bf16ToF32(quants.getUint16(i * 2, true));
    case 'q4s':
      return half(group * 2) * (nibble(quants, i) - 8);
    case 'q4m':
      return Math.fround(half(group * 4) * nibble(quants, i)) + half(group * 4 + 2);
    case 'q8s':
      return half(group * 2) * quants.getInt8(i);
    case 'q8m':
      return Math.fround(half(group * 4) * quants.getUint8(i)) + half(group * 4 + 2);
    case 'q4k':
      return twoLevel(scales, block, group & 7, nibble(quants, i));
    case 'q8k':
      return twoLevel(scales, block, group & 7, quants.getUint8(i));
    case 'q8h': {
      const scale = Math.fround(half(block) * scales.getInt8(block + 4 + ((i >> 4) & 15)));
      return scale * quants.getInt8(i);
    }
    default:
      return layout satisfies never;
  }
}

/** Element i&31 of its group's 16 bytes. */
function nibble(quants: DataView, i: number): number {
  const byte = quants.getUint8((i >> 5) * 16 + (i & 15));
  return (i & 16) === 0 ? byte & 15 : byte >> 4;
}

function twoLevel(scales: DataView, block: number, group: number, q: number): number {
  const scale = Math.fround(f16ToF32(scales.getUint16(block, true)) * scales.getUint8(block + 4 + group));
  const min = Math.fround(f16ToF32(scales.getUint16(block + 2, true)) * scales.getUint8(block + 12 + group));
  return Math.fround(scale * q) - min;
}
