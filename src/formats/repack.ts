/**
 * Disk blocks to GPU layouts (layouts.ts), exactly: no quantised integer and no
 * scale changes. Runs once per tensor, while importing, so it moves words rather
 * than bytes wherever a block's alignment allows.
 */
import type { DiskType } from './directory.ts';
import { blockShape } from './blocks.ts';
import { padCols } from './layouts.ts';
import { highNibbles, lowNibbles, minus16, spreadBits } from './packedBits.ts';
import { repackIQ4XS, repackQ2K, repackQ3K, repackQ4K, repackQ5K, repackQ6K } from './repackSuper.ts';
import { viewOf } from './wordViews.ts';
import type { Views } from './wordViews.ts';

export interface Planes {
  /** quantBytes(layout, rows, cols) bytes. */
  readonly quants: Uint8Array;
  /** scaleBytes(layout, rows, cols) bytes. */
  readonly scales: Uint8Array;
}

/**
 * `bytes` holds `rows` whole rows of `cols` values. Every byte of the target
 * planes is written. Throws if a length is not what type and shape ask for.
 */
export function repackRows(
  type: DiskType,
  bytes: Uint8Array,
  rows: number,
  cols: number,
  target: Planes,
): void {
  const shape = blockShape(type);
  const blocks = (rows * cols) / shape.elements;
  if (bytes.length !== blocks * shape.bytes) {
    throw new Error(`${rows}x${cols} of ${type} are ${blocks * shape.bytes} bytes, not ${bytes.length}`);
  }
  const source = viewOf(bytes);
  const quants = viewOf(target.quants, 'in place');
  const scales = viewOf(target.scales, 'in place');
  switch (type) {
    case 'F32':
      return padRows(bytes, rows, cols * 4, padCols(cols) * 4, target.quants);
    case 'F16':
    case 'BF16':
      return padRows(bytes, rows, cols * 2, padCols(cols) * 2, target.quants);
    case 'Q4_0':
      return copyBlocks(source, blocks, 1, 8, quants, scales);
    case 'Q4_1':
      return copyBlocks(source, blocks, 2, 8, quants, scales);
    case 'Q8_0':
      return copyBlocks(source, blocks, 1, 16, quants, scales);
    case 'Q5_0':
      return repackQ5(source, blocks, 1, quants, scales);
    case 'Q5_1':
      return repackQ5(source, blocks, 2, quants, scales);
    case 'Q4_K':
      return repackQ4K(source, blocks, quants, scales);
    case 'Q5_K':
      return repackQ5K(source, blocks, quants, scales);
    case 'Q6_K':
      return repackQ6K(source, blocks, quants, scales);
    case 'IQ4_NL':
      return copyBlocks(source, blocks, 1, 8, quants, scales);
    case 'IQ4_XS':
      return repackIQ4XS(source, blocks, quants, scales);
    case 'MXFP4':
      return repackMxfp4(source, blocks, quants, scales);
    case 'Q2_K':
      return repackQ2K(source, blocks, quants, scales);
    case 'Q3_K':
      return repackQ3K(source, blocks, quants, scales);
    default:
      return type satisfies never;
  }
}

function padRows(bytes: Uint8Array, rows: number, from: number, to: number, quants: Uint8Array): void {
  if (from === to) {
    quants.set(bytes);
    return;
  }
  for (let r = 0; r < rows; r += 1) {
    quants.set(bytes.subarray(r * from, (r + 1) * from), r * to);
    quants.fill(0, r * to + from, (r + 1) * to);
  }
}

/** Blocks that are `heads` f16 scales, then 16-bit words already in GPU order. */
function copyBlocks(
  source: Views,
  blocks: number,
  heads: number,
  words: number,
  quants: Views,
  scales: Views,
): void {
  const from = source.u16;
  let at = 0;
  let scale = 0;
  let quant = 0;
  for (let block = 0; block < blocks; block += 1) {
    for (let i = 0; i < heads; i += 1) scales.u16[scale++] = from[at++]!;
    for (let i = 0; i < words; i += 1) quants.u16[quant++] = from[at++]!;
  }
}

/** d (and m), 32 high bits, 16 bytes of nibbles: Q5_0 becomes signed, Q5_1 stays 0..31. */
function repackQ5(source: Views, blocks: number, heads: 1 | 2, quants: Views, scales: Views): void {
  const from = source.u16;
  const to = quants.u32;
  const words = heads + 10;
  const signed = heads === 1;
  for (let block = 0; block < blocks; block += 1) {
    const at = block * words;
    for (let i = 0; i < heads; i += 1) scales.u16[block * heads + i] = from[at + i]!;
    const high = from[at + heads]! | (from[at + heads + 1]! << 16);
    for (let j = 0; j < 4; j += 1) {
      const half = at + heads + 2 + 2 * j;
      const nibbles = from[half]! | (from[half + 1]! << 16);
      const first = lowNibbles(nibbles) | (spreadBits(high, 4 * j) << 4);
      const second = highNibbles(nibbles) | (spreadBits(high, 16 + 4 * j) << 4);
      to[block * 8 + j] = signed ? minus16(first) : first;
      to[block * 8 + 4 + j] = signed ? minus16(second) : second;
    }
  }
}

/** 17 bytes: the scale, then nibbles already in GPU order. */
function repackMxfp4(source: Views, blocks: number, quants: Views, scales: Views): void {
  for (let block = 0; block < blocks; block += 1) {
    const at = block * 17;
    scales.u8[block] = source.u8[at]!;
    for (let i = 0; i < 16; i += 1) quants.u8[block * 16 + i] = source.u8[at + 1 + i]!;
  }
}
