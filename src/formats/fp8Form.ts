/**
 * FP8 matrices: F8_E4M3 [.., rows, cols] and one scale for each groupRows x groupCols
 * of a matrix, the last ones cut short; w = s * e4m3. DeepSeek-V3 calls the scales
 * weight_scale_inv (F32), DeepSeek-V4 scale (F8_E8M0).
 *
 * Layout f8b has a scale per 128 columns, so it holds blocks whose width is a multiple
 * of that or of the whole row; others are kept as f32.
 */
import { bf16ToF32, e4m3ToF32, e8m0ToF32, f16ToF32 } from '../base/floats.ts';
import type { PackedTensor, Packing, StoredTensor } from './directory.ts';
import { type ByteRange, type Form, gatherRows, stridedRange, type Window } from './form.ts';
import { padCols, scaleSpan, type WeightLayout } from './layouts.ts';

export function fp8Layout({ groupCols }: Pick<Packing, 'groupCols'>, cols: number): WeightLayout {
  return groupCols % scaleSpan('f8b') === 0 || groupCols >= cols ? 'f8b' : 'f32';
}

const E4M3 = Float32Array.from({ length: 256 }, (_, bits) => e4m3ToF32(bits));

export function fp8Form(file: PackedTensor): Form {
  const { weights, scales, groupCols } = file.packing;
  const lineOf = scaleLine(file);
  const gather = ({ rows, step, cols }: Window, bytes: readonly Uint8Array[]): Uint8Array =>
    gatherRows(bytes[0]!, rows, step * weights.rowBytes, cols);
  /** The scale of the window's row r at column c of the matrix. */
  const scaleAt = ({ first, step }: Window, bytes: readonly Uint8Array[]) => {
    const values = scaleValues(scales, bytes[1]!);
    const top = lineOf(first);
    return (r: number, c: number): number =>
      values[(lineOf(first + r * step) - top) * scales.cols + Math.floor(c / groupCols)]!;
  };
  return {
    group: file.layout === 'f8b' ? scaleSpan('f8b') : 1,
    byRows: true,
    ranges: (window) => [
      stridedRange(weights, window, window.firstCol, window.cols),
      linesBetween(scales, lineOf(window.first), lineOf(window.first + (window.rows - 1) * window.step)),
    ],
    repack: (window, bytes, out) => {
      const { rows, cols, firstCol } = window;
      const from = gather(window, bytes);
      const width = padCols(cols);
      const scale = scaleAt(window, bytes);
      const spans = Math.ceil(width / scaleSpan('f8b'));
      const to = new DataView(out.scales.buffer, out.scales.byteOffset, out.scales.length);
      for (let r = 0; r < rows; r += 1) {
        out.quants.set(from.subarray(r * cols, (r + 1) * cols), r * width);
        out.quants.fill(0, r * width + cols, (r + 1) * width);
        for (let s = 0; s < spans; s += 1) {
          to.setFloat32((r * spans + s) * 4, scale(r, firstCol + s * scaleSpan('f8b')), true);
        }
      }
    },
    decode: (window, bytes) => {
      const { rows, cols, firstCol } = window;
      const from = gather(window, bytes);
      const scale = scaleAt(window, bytes);
      const out = new Float32Array(rows * cols);
      for (let r = 0; r < rows; r += 1) {
        for (let c = 0; c < cols;) {
          const s = scale(r, firstCol + c);
          const end = Math.min(cols, c + groupCols - ((firstCol + c) % groupCols));
          for (; c < end; c += 1) out[r * cols + c] = s * E4M3[from[r * cols + c]!]!;
        }
      }
      return out;
    },
  };
}

/** Which line of the scales, over all stacked matrices, a row uses. */
function scaleLine({ rows, blocks, packing }: PackedTensor): (row: number) => number {
  const perBlock = rows / blocks;
  const lines = packing.scales.rows / blocks;
  return (row) => Math.floor(row / perBlock) * lines + Math.floor((row % perBlock) / packing.groupRows);
}

function linesBetween(scales: StoredTensor, first: number, last: number): ByteRange {
  return stridedRange(scales, { first, step: 1, rows: last - first + 1 }, 0, scales.rowBytes);
}

function scaleValues({ dtype }: StoredTensor, bytes: Uint8Array): Float32Array {
  const { buffer, byteOffset, length } = bytes.slice();
  if (dtype === 'F32') return new Float32Array(buffer, byteOffset, length >> 2);
  if (dtype === 'F8_E8M0' || dtype === 'U8') return Float32Array.from(bytes, e8m0ToF32);
  const halves = new Uint16Array(buffer, byteOffset, length >> 1);
  return Float32Array.from(halves, dtype === 'F16' ? f16ToF32 : bf16ToF32);
}
