/**
 * Disk blocks to GPU layouts (layouts.ts), exactly: no quantised integer and no
 * scale changes. Runs once per tensor, while importing, so it moves words rather
 * than bytes wherever a block's alignment allows.
 */
import type { DiskType } from './directory.ts';
import { blockShape } from './blocks.ts';
import { padCols } from './layouts.ts';
import {
  highNibbles,
  lowNibbles,
  minus16,
  minus32,
  packedMin,
  packedScale,
  spreadBits,
} from './packedBits.ts';

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
    default:
      return type satisfies never;
  }
}

interface Views {
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;
}

/** Word views; a source at an odd place is copied, a target must be aligned. */
function viewOf(bytes: Uint8Array, copying?: 'in place'): Views {
  if (bytes.byteOffset % 4 !== 0) {
    if (copying === 'in place') throw new Error('a plane must start at a multiple of 4 bytes');
    return viewOf(bytes.slice());
  }
  const { buffer, byteOffset, length } = bytes;
  return {
    u8: bytes,
    u16: new Uint16Array(buffer, byteOffset, length >> 1),
    u32: new Uint32Array(buffer, byteOffset, length >> 2),
  };
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

/** d, dmin and the 6-bit pairs unpacked: 20 bytes a super-block. */
function unpackScales(source: Views, byte: number, block: number, scales: Views): void {
  const to = block * 20;
  scales.u32[block * 5] = source.u32[byte >> 2]!;
  for (let j = 0; j < 8; j += 1) {
    scales.u8[to + 4 + j] = packedScale(source.u8, byte + 4, j);
    scales.u8[to + 12 + j] = packedMin(source.u8, byte + 4, j);
  }
}

/** 36 words: 4 of scales, 32 of nibbles; 8 words hold groups 2c (low) and 2c+1 (high). */
function repackQ4K(source: Views, blocks: number, quants: Views, scales: Views): void {
  const from = source.u32;
  const to = quants.u32;
  for (let block = 0; block < blocks; block += 1) {
    unpackScales(source, block * 144, block, scales);
    for (let c = 0; c < 4; c += 1) {
      const at = block * 36 + 4 + c * 8;
      const out = block * 32 + c * 8;
      for (let j = 0; j < 4; j += 1) {
        const first = from[at + j]!;
        const second = from[at + 4 + j]!;
        to[out + j] = lowNibbles(first) | (lowNibbles(second) << 4);
        to[out + 4 + j] = highNibbles(first) | (second & 0xf0f0f0f0);
      }
    }
  }
}

/** 44 words: 4 of scales, 8 of fifth bits (bit g of byte l for group g), 32 of nibbles. */
function repackQ5K(source: Views, blocks: number, quants: Views, scales: Views): void {
  const from = source.u32;
  const to = quants.u32;
  for (let block = 0; block < blocks; block += 1) {
    unpackScales(source, block * 176, block, scales);
    const high = block * 44 + 4;
    for (let c = 0; c < 4; c += 1) {
      const at = block * 44 + 12 + c * 8;
      const out = block * 64 + c * 16;
      for (let j = 0; j < 8; j += 1) {
        const nibbles = from[at + j]!;
        const fifth = from[high + j]! >>> (2 * c);
        to[out + j] = lowNibbles(nibbles) | ((fifth & 0x01010101) << 4);
        to[out + 8 + j] = highNibbles(nibbles) | (((fifth >>> 1) & 0x01010101) << 4);
      }
    }
  }
}

/** 105 halves: ql[128 B], qh[64 B], sc[16 B], d; a half block is 128 values in four groups. */
function repackQ6K(source: Views, blocks: number, quants: Views, scales: Views): void {
  const from = source.u16;
  const to = quants.u32;
  for (let block = 0; block < blocks; block += 1) {
    const at = block * 105;
    scales.u32[block * 5] = from[at + 104]!;
    for (let i = 0; i < 8; i += 1) scales.u16[block * 10 + 2 + i] = from[at + 96 + i]!;
    for (let half = 0; half < 2; half += 1) {
      const low = at + half * 32;
      const high = at + 64 + half * 16;
      const out = block * 64 + half * 32;
      for (let j = 0; j < 8; j += 1) {
        const a = from[low + 2 * j]! | (from[low + 2 * j + 1]! << 16);
        const b = from[low + 16 + 2 * j]! | (from[low + 17 + 2 * j]! << 16);
        const h = from[high + 2 * j]! | (from[high + 2 * j + 1]! << 16);
        to[out + j] = minus32(lowNibbles(a) | ((h & 0x03030303) << 4));
        to[out + 8 + j] = minus32(lowNibbles(b) | (((h >>> 2) & 0x03030303) << 4));
        to[out + 16 + j] = minus32(highNibbles(a) | (((h >>> 4) & 0x03030303) << 4));
        to[out + 24 + j] = minus32(highNibbles(b) | (((h >>> 6) & 0x03030303) << 4));
      }
    }
  }
}
