/**
 * f32 to the simplest quantised layouts, as ggml quantises to Q8_0 and Q4_0:
 * round to nearest against the largest magnitude of each 32 values, every
 * operation rounded to f32. A group with a value that is no finite number gets
 * NaN for its scale, so that broken weights stay broken.
 *
 * Gigabytes pass through here while importing: nothing is allocated per group.
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
  const quantise = target === 'q8s' ? quantise8 : quantise4;
  const groupBytes = target === 'q8s' ? GROUP : GROUP / 2;
  const scales = new DataView(out.scales.buffer, out.scales.byteOffset, out.scales.byteLength);
  const last = new Float32Array(GROUP);
  const groups = padCols(cols) / GROUP;
  const whole = Math.floor(cols / GROUP);
  for (let r = 0; r < rows; r += 1) {
    const index = r * groups;
    for (let g = 0; g < whole; g += 1) {
      const scale = quantise(values, r * cols + g * GROUP, out.quants, (index + g) * groupBytes);
      scales.setUint16((index + g) * 2, f32ToF16(scale), true);
    }
    if (whole === groups) continue;
    last.fill(0);
    last.set(values.subarray(r * cols + whole * GROUP, (r + 1) * cols));
    const scale = quantise(last, 0, out.quants, (index + whole) * groupBytes);
    scales.setUint16((index + whole) * 2, f32ToF16(scale), true);
  }
}

/** Writes 32 signed bytes; returns their scale. */
function quantise8(values: Float32Array, from: number, quants: Uint8Array, to: number): number {
  let largest = 0;
  let finite = 0;
  for (let i = from; i < from + GROUP; i += 1) {
    const value = values[i]!;
    const magnitude = Math.abs(value);
    if (magnitude > largest) largest = magnitude;
    finite += value - value;
  }
  const scale = Math.fround(largest / 127);
  const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
  for (let i = 0; i < GROUP; i += 1) {
    const x = Math.fround(values[from + i]! * inverse);
    // To nearest, halves away from zero. |x| is at most 127; weights' signs are no branch one could predict.
    const sign = ((x * 0x800000) | 0) >> 31;
    quants[to + i] = (((Math.abs(x) + 0.5) | 0) ^ sign) - sign;
  }
  return finite === 0 ? scale : NaN;
}

/** Writes 16 bytes of nibbles, 8 meaning zero; the value of largest magnitude becomes -8 steps. */
function quantise4(values: Float32Array, from: number, quants: Uint8Array, to: number): number {
  let largest = 0;
  let signed = 0;
  let finite = 0;
  for (let i = from; i < from + GROUP; i += 1) {
    const value = values[i]!;
    const magnitude = Math.abs(value);
    if (magnitude > largest) {
      largest = magnitude;
      signed = value;
    }
    finite += value - value;
  }
  const scale = Math.fround(signed / -8);
  const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
  for (let i = 0; i < GROUP / 2; i += 1) {
    const low = Math.fround(Math.fround(values[from + i]! * inverse) + 8.5) | 0;
    const high = Math.fround(Math.fround(values[from + GROUP / 2 + i]! * inverse) + 8.5) | 0;
    quants[to + i] = (low > 15 ? 15 : low) | ((high > 15 ? 15 : high) << 4);
  }
  return finite === 0 ? scale : NaN;
}
