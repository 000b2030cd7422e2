/**
 * MLX's 8-bit matrices (routers of 4-bit models): weight U32 [.., rows, cols/4], the
 * first of four bytes lowest; scales and biases [.., rows, groups]; w = s q + b. Layout
 * q8m holds scales that are halves; with bfloat16 ones they are kept as f32.
 */
import { bf16ToF32, f16ToF32 } from '../base/floats.ts';
import type { PackedTensor } from './directory.ts';
import { type Form, gatherRows, stridedRange, type Window } from './form.ts';
import { groupSpan, tableRange, tableReader } from './groupTables.ts';
import { GROUP } from './layouts.ts';

export function mlx8Form(file: PackedTensor): Form {
  const { weights, scales } = file.packing;
  const biases = file.packing.zeros!;
  const valueOf = scales.dtype === 'F16' ? f16ToF32 : bf16ToF32;
  /** Bits of scale and bias for each 32 columns of a window. */
  const tables = (window: Window, bytes: readonly Uint8Array[]) => {
    const span = groupSpan(file, window);
    const scale = tableReader(scales, window, span, bytes[1]!);
    const bias = tableReader(biases, window, span, bytes[2]!);
    return (r: number, g: number) => [scale(r, span.at(g)), bias(r, span.at(g))] as const;
  };
  const gather = ({ rows, step, cols }: Window, bytes: readonly Uint8Array[]): Uint8Array =>
    gatherRows(bytes[0]!, rows, step * weights.rowBytes, cols);
  return {
    group: GROUP,
    byRows: true,
    ranges: (window) => {
      const span = groupSpan(file, window);
      return [
        stridedRange(weights, window, window.firstCol, window.cols),
        tableRange(scales, window, span),
        tableRange(biases, window, span),
      ];
    },
    repack: (window, bytes, out) => {
      const pairs = tables(window, bytes);
      const groups = window.cols / GROUP;
      out.quants.set(gather(window, bytes));
      const halves = new Uint16Array(out.scales.buffer, out.scales.byteOffset, out.scales.length >> 1);
      for (let i = 0; i < window.rows * groups; i += 1) {
        halves.set(pairs(Math.floor(i / groups), i % groups), 2 * i);
      }
    },
    decode: (window, bytes) => {
      const pairs = tables(window, bytes);
      const from = gather(window, bytes);
      const groups = window.cols / GROUP;
      const out = new Float32Array(from.length);
      for (let i = 0; i < window.rows * groups; i += 1) {
        const [scale, bias] = pairs(Math.floor(i / groups), i % groups).map(valueOf);
        for (let j = i * GROUP; j < (i + 1) * GROUP; j += 1) out[j] = Math.fround(scale! * from[j]!) + bias!;
      }
      return out;
    },
  };
}
