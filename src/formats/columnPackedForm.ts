/**
 * Four-bit matrices stored turned, [in, out]; r is an output, i an input:
 *   GPTQ_INT4  qweight I32 [in/8, out], eight inputs a word from the lowest bits on;
 *              qzeros I32 [groups, out/8] likewise along outputs, less one to each in
 *              the first version; scales [groups, out]; g_idx I32 [in]
 *   AWQ_INT4   qweight I32 [in, out/8] and qzeros I32 [groups, out/8], the eight outputs
 *              of a word in the order 0 2 4 6 1 3 5 7 (AutoAWQ, GEMM); scales [groups, out]
 * w = s (q - z). A window of columns is read for all rows: a row's own bytes are apart.
 */
import type { PackedTensor } from './directory.ts';
import { type Form, stridedRange, type Window } from './form.ts';
import { GROUP } from './layouts.ts';
import { groupSpan, scaleBits, wordsOf } from './groupTables.ts';
import {
  checkGroupIndex,
  decodeByRepacking,
  groupIndexRange,
  scaleWriter,
  writeGroup,
} from './nibbleGroups.ts';

/** Where in a word of AWQ's, in nibbles, its eight outputs lie. */
const AWQ_PLACES = [0, 4, 1, 5, 2, 6, 3, 7] as const;

/** Writes the 32 weights of output `row` from column `at` of the window on. */
type GroupWriter = (words: Uint32Array, row: number, at: number, out: Uint32Array, to: number) => void;

export function columnPackedForm(file: PackedTensor): Form {
  const { weights, scales, groupIndex, zeroAdd } = file.packing;
  const zeros = file.packing.zeros!;
  const outputs = file.rows;
  const awq = file.type === 'AWQ_INT4';
  const lines = ({ firstCol, cols }: Window): Pick<Window, 'first' | 'step' | 'rows'> =>
    awq ? { first: firstCol, step: 1, rows: cols } : { first: firstCol / 8, step: 1, rows: cols / 8 };
  const writeWeights = awq ? awqGroup(outputs) : gptqGroup(outputs);
  const repack: Form['repack'] = (window, bytes, out) => {
    checkGroupIndex(file, window.firstCol, bytes.at(-1)!);
    const words = wordsOf(bytes[0]!);
    const scale = scaleBits(scales.rowBytes / scales.cols, bytes[1]!);
    const zeroWords = wordsOf(bytes[2]!);
    const span = groupSpan(file, window);
    const quants = wordsOf(out.quants);
    const write = scaleWriter(file, out);
    const groups = window.cols / GROUP;
    for (let r = 0; r < window.rows; r += 1) {
      const row = window.first + r * window.step;
      const shift = 4 * (awq ? AWQ_PLACES[row & 7]! : row & 7);
      for (let g = 0; g < groups; g += 1) {
        const to = r * groups + g;
        const at = span.at(g);
        const zero = ((zeroWords[at * (outputs / 8) + (row >> 3)]! + zeroAdd) >>> shift) & 15;
        write(to, scale[at * outputs + row]!, zero);
        writeWeights(words, row, g * GROUP, quants, to * 4);
      }
    }
  };
  return {
    group: GROUP,
    byRows: false,
    ranges: (window) => {
      const { from, count } = groupSpan(file, window);
      const whole = { first: from, step: 1, rows: count };
      return [
        stridedRange(weights, lines(window), 0, weights.rowBytes),
        stridedRange(scales, whole, 0, scales.rowBytes),
        stridedRange(zeros, whole, 0, zeros.rowBytes),
        ...(groupIndex === null ? [] : [groupIndexRange(groupIndex, window)]),
      ];
    },
    repack,
    decode: (window, bytes) => decodeByRepacking(file, window, bytes, repack),
  };
}

function gptqGroup(outputs: number): GroupWriter {
  return (words, row, at, out, to) => {
    const from = (at / 8) * outputs + row;
    const [a, b, c, d] = [from, from + outputs, from + 2 * outputs, from + 3 * outputs];
    writeGroup(words[a]!, words[b]!, words[c]!, words[d]!, out, to);
  };
}

function awqGroup(outputs: number): GroupWriter {
  const line = outputs / 8;
  return (words, row, at, out, to) => {
    const shift = 4 * AWQ_PLACES[row & 7]!;
    const from = at * line + (row >> 3);
    for (let j = 0; j < 4; j += 1) {
      let word = 0;
      for (let byte = 0; byte < 4; byte += 1) {
        const low = from + (4 * j + byte) * line;
        const pair = ((words[low]! >>> shift) & 15) | (((words[low + 16 * line]! >>> shift) & 15) << 4);
        word |= pair << (8 * byte);
      }
      out[to + j] = word;
    }
  };
}
