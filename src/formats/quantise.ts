/**
 * f32 to the simplest quantised layouts, as ggml quantises to Q8_0 and Q4_0:
 * round to nearest against the largest magnitude of each 32 values, every
 * operation rounded to f32.
 */
import { f32ToF16 } from '../base/floats.ts';
import { GROUP, padCols } from './layouts.ts';
import type { Planes } from './repack.ts';

export type QuantiseTarget = 'q8s' | 'q4s';

/** `values` is [rows, cols]; every byte of `out` is written, padding columns as zero weights. */
export function quantiseRows(
  target: QuantiseTarget,
  values: Float32Array,
  rows: number,
  cols: number,
  out: Planes,
): void {
  const width = padCols(cols);
  const scales = new DataView(out.scales.buffer, out.scales.byteOffset, out.scales.byteLength);
  const group = new Float32Array(GROUP);
  for (let r = 0; r < rows; r += 1) {
    for (let c = 0; c < width; c += GROUP) {
      const from = r * cols + c;
      group.fill(0);
      group.set(values.subarray(from, from + Math.min(GROUP, cols - c)));
      const index = (r * width + c) / GROUP;
      const scale =
        target === 'q8s'
          ? quantise8(group, out.quants, index * GROUP)
          : quantise4(group, out.quants, (index * GROUP) / 2);
      scales.setUint16(index * 2, f32ToF16(scale), true);
    }
  }
}

/** Writes 32 signed bytes; returns their scale. */
function quantise8(values: Float32Array, quants: Uint8Array, to: number): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  const scale = Math.fround(largest / 127);
  const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
  for (let i = 0; i < GROUP; i += 1) {
    const x = Math.fround(values[i]! * inverse);
    quants[to + i] = Math.sign(x) * Math.floor(Math.abs(x) + 0.5);
  }
  return scale;
}

/** Writes 16 bytes of nibbles, 8 meaning zero; the value of largest magnitude becomes -8 steps. */
function quantise4(values: Float32Array, quants: Uint8Array, to: number): number {
  let largest = 0;
  for (const value of values) if (Math.abs(value) > Math.abs(largest)) largest = value;
  const scale = Math.fround(largest / -8);
  const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
  const q = (i: number): number => {
    const x = Math.fround(values[i]! * inverse);
    return Math.min(15, Math.trunc(Math.fround(x + 8.5)));
  };
  for (let i = 0; i < GROUP / 2; i += 1) quants[to + i] = q(i) | (q(i + GROUP / 2) << 4);
  return scale;
}
