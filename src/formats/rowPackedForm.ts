/**
 * Four-bit matrices whose rows are contiguous, eight nibbles a word from the lowest
 * bits on:
 *   MXFP4_PAIRS  gpt-oss: blocks U8 [.., rows, cols/32, 16] (the even element in a byte's
 *                low nibble, which is the same order), scales U8 [.., rows, cols/32], e8m0
 *   CT_INT4      compressed-tensors pack-quantized: weight_packed I32 [rows, cols/8] of
 *                q + 8, weight_scale [rows, groups], weight_zero_point I32 [rows/8, groups]
 *                of z + 8, eight rows a word; w = s (q - z)
 *   MLX_INT4     weight U32 [.., rows, cols/8], scales and biases [.., rows, groups];
 *                w = s q + b; in its mode 'mxfp4' it is MXFP4_PAIRS
 */
import type { PackedTensor, StoredTensor } from './directory.ts';
import { type ByteRange, type Form, gatherRows, stridedRange, type Window } from './form.ts';
import { GROUP } from './layouts.ts';
import { type GroupSpan, groupSpan, tableRange, tableReader, wordsOf } from './groupTables.ts';
import {
  checkGroupIndex,
  decodeByRepacking,
  groupIndexRange,
  scaleWriter,
  writeGroup,
} from './nibbleGroups.ts';

/** What a group has beside its scale. */
interface Zeros {
  ranges(window: Window, span: GroupSpan): readonly ByteRange[];
  /** Of row r of the window and group `at` of the span: a nibble, or a bias's bits. */
  read(window: Window, span: GroupSpan, bytes: Uint8Array): (r: number, at: number) => number;
}

export function rowPackedForm(file: PackedTensor): Form {
  const { weights, scales, groupIndex } = file.packing;
  const zeros = zerosOf(file);
  const repack: Form['repack'] = (window, bytes, out) => {
    const span = groupSpan(file, window);
    const { rows, step, firstCol, cols } = window;
    checkGroupIndex(file, firstCol, bytes.at(-1)!);
    const scale = tableReader(scales, window, span, bytes[1]!);
    const zero = zeros.read(window, span, bytes[2]!);
    const words = wordsOf(gatherRows(bytes[0]!, rows, step * weights.rowBytes, wordBytes(cols)));
    const perRow = wordBytes(cols) / 4;
    const quants = wordsOf(out.quants);
    const write = scaleWriter(file, out);
    const groups = Math.ceil(cols / GROUP);
    for (let r = 0; r < rows; r += 1) {
      for (let g = 0; g < groups; g += 1) {
        const group = r * groups + g;
        const at = span.at(g);
        const none = zero(r, at);
        write(group, scale(r, at), none);
        // A row may end within a group; what follows means zero.
        const word = (i: number): number =>
          g * 4 + i < perRow ? words[r * perRow + g * 4 + i]! : none * 0x11111111;
        writeGroup(word(0), word(1), word(2), word(3), quants, group * 4);
      }
    }
  };
  return {
    group: GROUP,
    byRows: true,
    ranges: (window) => {
      const span = groupSpan(file, window);
      return [
        stridedRange(weights, window, window.firstCol / 2, wordBytes(window.cols)),
        tableRange(scales, window, span),
        ...zeros.ranges(window, span),
        ...(groupIndex === null ? [] : [groupIndexRange(groupIndex, window)]),
      ];
    },
    repack,
    decode: (window, bytes) => decodeByRepacking(file, window, bytes, repack),
  };
}

function zerosOf({ type, packing }: PackedTensor): Zeros {
  const { zeros } = packing;
  // Stored with 8 added, as the weights are.
  if (zeros === null) return { ranges: () => [], read: () => () => 8 };
  if (type === 'CT_INT4') return packedAlongRows(zeros);
  return {
    ranges: (window, span) => [tableRange(zeros, window, span)],
    read: (window, span, bytes) => tableReader(zeros, window, span, bytes),
  };
}

/** Zero points of eight rows in a word. */
function packedAlongRows(zeros: StoredTensor): Zeros {
  return {
    ranges: ({ first, step, rows }, { from, count }) => {
      const line = first >> 3;
      const lines = ((first + (rows - 1) * step) >> 3) - line + 1;
      return [stridedRange(zeros, { first: line, step: 1, rows: lines }, from * 4, count * 4)];
    },
    read: ({ first, step, rows }, { count }, bytes) => {
      const line = first >> 3;
      const lines = ((first + (rows - 1) * step) >> 3) - line + 1;
      const words = wordsOf(gatherRows(bytes, lines, zeros.rowBytes, count * 4));
      return (r, at) => {
        const row = first + r * step;
        return (words[((row >> 3) - line) * count + at]! >>> (4 * (row & 7))) & 15;
      };
    },
  };
}

function wordBytes(cols: number): number {
  return Math.ceil(cols / 8) * 4;
}
