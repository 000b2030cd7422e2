/** Disk types in super-blocks of 256 values to their GPU layouts, exactly (see repack.ts). */
import { highNibbles, iq4Scale, lowNibbles, minus32, packedMin, packedScale, q3Scale } from './packedBits.ts';
import type { Views } from './wordViews.ts';

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
export function repackQ4K(source: Views, blocks: number, quants: Views, scales: Views): void {
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
export function repackQ5K(source: Views, blocks: number, quants: Views, scales: Views): void {
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
export function repackQ6K(source: Views, blocks: number, quants: Views, scales: Views): void {
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

/** 34 words: d and the scales' high bits, their nibbles, then the quants in GPU order. */
export function repackIQ4XS(source: Views, blocks: number, quants: Views, scales: Views): void {
  for (let block = 0; block < blocks; block += 1) {
    const at = block * 34;
    quants.u32.set(source.u32.subarray(at + 2, at + 34), block * 32);
    scales.u32[block * 3] = source.u16[at * 2]!;
    for (let j = 0; j < 8; j += 1) scales.u8[block * 12 + 4 + j] = iq4Scale(source.u8, at * 4, j);
  }
}

/** 21 words: 16 bytes of (min, scale) nibbles, 16 words of quants, d, dmin. */
export function repackQ2K(source: Views, blocks: number, quants: Views, scales: Views): void {
  const from = source.u32;
  for (let block = 0; block < blocks; block += 1) {
    const at = block * 21;
    const to = block * 9;
    scales.u32[to] = from[at + 20]!;
    for (let j = 0; j < 4; j += 1) {
      scales.u32[to + 1 + j] = lowNibbles(from[at + j]!);
      scales.u32[to + 5 + j] = highNibbles(from[at + j]!);
    }
    for (let group = 0; group < 8; group += 1) {
      const words = at + 4 + (group >> 2) * 8;
      const shift = 2 * (group & 3);
      for (let j = 0; j < 4; j += 1) {
        const low = (from[words + j]! >>> shift) & 0x03030303;
        const high = (from[words + 4 + j]! >>> shift) & 0x03030303;
        quants.u32[block * 32 + group * 4 + j] = low | (high << 4);
      }
    }
  }
}

/** 55 halves: third bits (bit g of byte l for group g)[32 B], quants[64 B], scales[12 B], d. */
export function repackQ3K(source: Views, blocks: number, quants: Views, scales: Views): void {
  const from = source.u16;
  const word = (at: number): number => from[at]! | (from[at + 1]! << 16);
  for (let block = 0; block < blocks; block += 1) {
    const at = block * 55;
    scales.u32[block * 5] = from[at + 54]!;
    for (let j = 0; j < 16; j += 1) scales.u8[block * 20 + 4 + j] = q3Scale(source.u8, at * 2 + 96, j);
    for (let group = 0; group < 8; group += 1) {
      const words = at + 16 + (group >> 2) * 16;
      const shift = 2 * (group & 3);
      // 0..7 on disk with 4 for zero; 4 more makes it 8, as the layout has it.
      const value = (j: number): number => {
        const third = (word(at + 2 * j) >>> group) & 0x01010101;
        return (((word(words + 2 * j) >>> shift) & 0x03030303) | (third << 2)) + 0x04040404;
      };
      for (let j = 0; j < 4; j += 1) {
        quants.u32[block * 32 + group * 4 + j] = value(j) | (value(4 + j) << 4);
      }
    }
  }
}
