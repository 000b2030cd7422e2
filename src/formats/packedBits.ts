/**
 * Four bytes at a time: how quantised integers are cut out of a block and moved
 * to where a GPU layout wants them. All words are little-endian.
 */

/** Low nibbles of four bytes. */
export function lowNibbles(word: number): number {
  return word & 0x0f0f0f0f;
}

/** High nibbles of four bytes. */
export function highNibbles(word: number): number {
  return (word >>> 4) & 0x0f0f0f0f;
}

/** Bits `bit`..`bit`+3 of a word as the lowest bits of four bytes. */
export function spreadBits(word: number, bit: number): number {
  return Math.imul((word >>> bit) & 15, 0x00204081) & 0x01010101;
}

/** Four bytes of 0..31 to signed bytes, 16 less each. */
export function minus16(word: number): number {
  const flipped = word ^ 0x10101010;
  const sign = flipped & 0x10101010;
  return flipped | (sign << 1) | (sign << 2) | (sign << 3);
}

/** Four bytes of 0..63 to signed bytes, 32 less each. */
export function minus32(word: number): number {
  const flipped = word ^ 0x20202020;
  const sign = flipped & 0x20202020;
  return flipped | (sign << 1) | (sign << 2);
}

/**
 * Scale j of the eight 6-bit scales and mins that Q4_K and Q5_K pack into 12
 * bytes: the first four lie plain in bytes 0..3 (mins 4..7); the others have four
 * bits in bytes 8..11 and two in the tops of the plain ones.
 */
export function packedScale(bytes: Uint8Array, at: number, j: number): number {
  return j < 4 ? bytes[at + j]! & 63 : (bytes[at + j + 4]! & 15) | ((bytes[at + j - 4]! >> 6) << 4);
}

export function packedMin(bytes: Uint8Array, at: number, j: number): number {
  return j < 4 ? bytes[at + j + 4]! & 63 : (bytes[at + j + 4]! >> 4) | ((bytes[at + j]! >> 6) << 4);
}

/** Scale j of the eight of IQ4_XS, -32..31: u16 of high bits at byte 2, then nibbles. `at` is the block's start. */
export function iq4Scale(bytes: Uint8Array, at: number, j: number): number {
  const low = bytes[at + 4 + (j >> 1)]! >> (4 * (j & 1));
  const high = bytes[at + 2 + (j >> 2)]! >> (2 * (j & 3));
  return ((low & 15) | ((high & 3) << 4)) - 32;
}

/**
 * Scale j of the sixteen of Q3_K, -32..31, in 12 bytes: the low four bits are the low
 * nibbles of bytes 0..7, then their high ones; the top two of j are in byte 8 + j%4.
 */
export function q3Scale(bytes: Uint8Array, at: number, j: number): number {
  const low = bytes[at + (j & 7)]! >> (4 * (j >> 3));
  const high = bytes[at + 8 + (j & 3)]! >> (2 * (j >> 2));
  return ((low & 15) | ((high & 3) << 4)) - 32;
}
