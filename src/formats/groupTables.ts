/** Scales and biases of groups of columns: a line of them for each row, or each group. */
import type { PackedTensor, StoredTensor } from './directory.ts';
import { type ByteRange, gatherRows, stridedRange, type Window } from './form.ts';
import { GROUP } from './layouts.ts';

/** The scales, in a line of them, that a window's columns use. */
export interface GroupSpan {
  readonly from: number;
  readonly count: number;
  /** Which of the span's the window's g-th 32 columns use. */
  at(g: number): number;
}

export function groupSpan({ packing: { groupCols } }: PackedTensor, { firstCol, cols }: Window): GroupSpan {
  const from = Math.floor(firstCol / groupCols);
  const count = Math.ceil((firstCol + cols) / groupCols) - from;
  return { from, count, at: (g) => Math.floor((firstCol + g * GROUP) / groupCols) - from };
}

/** Scales or biases: a line of them for each row. */
export function tableRange(table: StoredTensor, window: Window, { from, count }: GroupSpan): ByteRange {
  const size = table.rowBytes / table.cols;
  return stridedRange(table, window, from * size, count * size);
}

export function tableReader(
  table: StoredTensor,
  { rows, step }: Window,
  { count }: GroupSpan,
  bytes: Uint8Array,
): (r: number, at: number) => number {
  const size = table.rowBytes / table.cols;
  const bits = scaleBits(size, gatherRows(bytes, rows, step * table.rowBytes, count * size));
  return (r, at) => bits[r * count + at]!;
}

/** Little-endian words; bytes at an odd place are copied. */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  const { buffer, byteOffset, length } = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Uint32Array(buffer, byteOffset, length >> 2);
}

/** Scales of `size` bytes by index. */
export function scaleBits(size: number, bytes: Uint8Array): Uint8Array | Uint16Array {
  if (size === 1) return bytes;
  const { buffer, byteOffset, length } = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
  return new Uint16Array(buffer, byteOffset, length >> 1);
}
