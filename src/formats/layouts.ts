/**
 * GPU weight layouts (DESIGN.md §3.4). Every on-disk type maps exactly onto one
 * of these: quantised integers are kept, two-level scales keep both levels.
 *
 * A matrix is [rows, cols], row r producing output r. Rows are padded with zero
 * weights to a multiple of 32 columns; 32 consecutive columns are a group.
 * A layout has two planes, each contiguous over all rows:
 *
 *   quants plane, bytes of one group, in words:
 *     f32       32 x f32
 *     f16,bf16  16 words, element 2i in the low half, 2i+1 in the high half
 *     q4*       4 words; the low nibbles of word j's bytes 0..3 are elements
 *               4j..4j+3, the high nibbles are elements 16+4j..16+4j+3
 *     q8*       8 words; byte b of word j is element 4j+b
 *
 *   scales plane (absent for f32, f16, bf16), indexed by group = row * cols/32 + g
 *   (the 'k' kinds by super-block = row * cols/256 + g/8), f16 as stored on disk:
 *     q4s  f16 s                        w = s * (q - 8)           2 B / 32
 *     q4m  f16 s, f16 m                 w = s * q + m             4 B / 32
 *     q4k  f16 d, f16 dmin, u8 sc[8],   w = (d*sc) * q - dmin*mn 20 B / 256
 *          u8 mn[8]
 *     q8s  f16 s                        w = s * q (q signed)      2 B / 32
 *     q8m  f16 s, f16 m                 w = s * q + m (q 0..255)  4 B / 32
 *     q8k  as q4k, q in 0..255                                   20 B / 256
 *     q8h  f16 d, u16 0, i8 sc[16]      w = (d*sc) * q (q signed, one sc per 16)
 *                                                                20 B / 256
 *
 * Sources: Q4_0→q4s, Q4_1→q4m, Q4_K→q4k, Q8_0 and Q5_0 (q-16)→q8s, Q5_1→q8m,
 * Q5_K→q8k, Q6_K (q-32)→q8h.
 */
export const WEIGHT_LAYOUTS = [
  'f32',
  'f16',
  'bf16',
  'q4s',
  'q4m',
  'q4k',
  'q8s',
  'q8m',
  'q8k',
  'q8h',
] as const;
export type WeightLayout = (typeof WEIGHT_LAYOUTS)[number];

/** Columns in a group; every row is padded to a multiple of it. */
export const GROUP = 32;

const QUANT_BYTES: Record<WeightLayout, number> = {
  f32: 128,
  f16: 64,
  bf16: 64,
  q4s: 16,
  q4m: 16,
  q4k: 16,
  q8s: 32,
  q8m: 32,
  q8k: 32,
  q8h: 32,
};

export function padCols(cols: number): number {
  return Math.ceil(cols / GROUP) * GROUP;
}

/** Bytes of the quants plane for `rows` rows. Always a multiple of 16. */
export function quantBytes(layout: WeightLayout, rows: number, cols: number): number {
  return (rows * padCols(cols) * QUANT_BYTES[layout]) / GROUP;
}

/** Bytes of the scales plane for `rows` rows, unpadded; 0 where there is none. */
export function scaleBytes(layout: WeightLayout, rows: number, cols: number): number {
  const groups = (rows * padCols(cols)) / GROUP;
  switch (layout) {
    case 'f32':
    case 'f16':
    case 'bf16':
      return 0;
    case 'q4s':
    case 'q8s':
      return groups * 2;
    case 'q4m':
    case 'q8m':
      return groups * 4;
    case 'q4k':
    case 'q8k':
    case 'q8h':
      return (groups / 8) * 20;
    default:
      return layout satisfies never;
  }
}
