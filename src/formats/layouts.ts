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
 *     q4*, f4e  4 words; the low nibbles of word j's bytes 0..3 are elements
 *               4j..4j+3, the high nibbles are elements 16+4j..16+4j+3
 *     q8*, f8b  8 words; byte b of word j is element 4j+b
 *
 *   scales plane (absent for f32, f16, bf16), row after row; q is a nibble 0..15
 *   or a byte, a number's bytes stand as written here:
 *     q4s  f16 s                        w = s * (q - 8)           2 B / 32
 *     q4m  f16 s, f16 m                 w = s * q + m             4 B / 32
 *     q4b  bf16 s, bf16 m               w = s * q + m             4 B / 32
 *     q4z  f16 s, f16 z                 w = s * (q - z), z whole  4 B / 32
 *     q4t  f16 s                        w = s * IQ4[q]            2 B / 32
 *     q4k  f16 d, f16 dmin, u8 sc[8],   w = (d*sc) * q - dmin*mn 20 B / 256
 *          u8 mn[8]
 *     q4x  f16 d, u16 0, i8 sc[8]       w = (d*sc) * IQ4[q]      12 B / 256
 *     q4p  f16 d, f16 dmin, u8 sc[16],  w = (d*sc) * q - dmin*mn 36 B / 256
 *          u8 mn[16]                    (one sc and mn per 16)
 *     q4h  f16 d, u16 0, i8 sc[16]      w = (d*sc) * (q - 8)     20 B / 256
 *                                       (one sc per 16)
 *     f4e  u8 e                         w = 2^(e-127) * E2M1[q]   1 B / 32
 *     q8s  f16 s                        w = s * q (q signed)      2 B / 32
 *     q8m  f16 s, f16 m                 w = s * q + m (q 0..255)  4 B / 32
 *     q8k  as q4k, q in 0..255                                   20 B / 256
 *     q8h  f16 d, u16 0, i8 sc[16]      w = (d*sc) * q (q signed, one sc per 16)
 *                                                                20 B / 256
 *     f8b  f32 s                        w = s * E4M3[q]           4 B / 128,
 *                                       the last 128 of a row may be cut short
 *   IQ4 is IQ4_TABLE; E2M1 and E4M3 are those of base/floats.ts. f4e: e = 255 is
 *   NaN, and kernels take the subnormal scales of e < 2 for 0.
 *
 * Sources: Q4_0→q4s, Q4_1→q4m, Q4_K→q4k, Q8_0 and Q5_0 (q-16)→q8s, Q5_1→q8m,
 * Q5_K→q8k, Q6_K (q-32)→q8h, IQ4_NL→q4t, IQ4_XS (sc-32)→q4x, Q2_K→q4p, Q3_K (q+8,
 * sc-32)→q4h, MXFP4 (GGUF's and gpt-oss's)→f4e, FP8 blocks→f8b, GPTQ, AWQ and
 * compressed-tensors→q4z, MLX→q4b.
 */
export const WEIGHT_LAYOUTS = [
  'f32',
  'f16',
  'bf16',
  'q4s',
  'q4m',
  'q4b',
  'q4z',
  'q4t',
  'q4k',
  'q4x',
  'q4p',
  'q4h',
  'f4e',
  'q8s',
  'q8m',
  'q8k',
  'q8h',
  'f8b',
] as const;
export type WeightLayout = (typeof WEIGHT_LAYOUTS)[number];

/** Columns in a group; every row is padded to a multiple of it. */
export const GROUP = 32;

/** What the nibbles of q4t and q4x stand for (ggml's kvalues_iq4nl). */
export const IQ4_TABLE = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113] as const;

interface LayoutSizes {
  /** Bytes of a group in the quants plane. */
  readonly quants: number;
  /** Bytes of one entry of the scales plane, and the columns of a row it is for. */
  readonly scale: number;
  readonly span: number;
}

const SIZES: Readonly<Record<WeightLayout, LayoutSizes>> = {
  f32: { quants: 128, scale: 0, span: 32 },
  f16: { quants: 64, scale: 0, span: 32 },
  bf16: { quants: 64, scale: 0, span: 32 },
  q4s: { quants: 16, scale: 2, span: 32 },
  q4m: { quants: 16, scale: 4, span: 32 },
  q4b: { quants: 16, scale: 4, span: 32 },
  q4z: { quants: 16, scale: 4, span: 32 },
  q4t: { quants: 16, scale: 2, span: 32 },
  q4k: { quants: 16, scale: 20, span: 256 },
  q4x: { quants: 16, scale: 12, span: 256 },
  q4p: { quants: 16, scale: 36, span: 256 },
  q4h: { quants: 16, scale: 20, span: 256 },
  f4e: { quants: 16, scale: 1, span: 32 },
  q8s: { quants: 32, scale: 2, span: 32 },
  q8m: { quants: 32, scale: 4, span: 32 },
  q8k: { quants: 32, scale: 20, span: 256 },
  q8h: { quants: 32, scale: 20, span: 256 },
  f8b: { quants: 32, scale: 4, span: 128 },
};

export function padCols(cols: number): number {
  return Math.ceil(cols / GROUP) * GROUP;
}

/** Columns that share an entry of the scales plane: 32, 128 or 256 (whose rows are whole ones). */
export function scaleSpan(layout: WeightLayout): number {
  return SIZES[layout].span;
}

/** Bytes of the quants plane for `rows` rows. Always a multiple of 16. */
export function quantBytes(layout: WeightLayout, rows: number, cols: number): number {
  return (rows * padCols(cols) * SIZES[layout].quants) / GROUP;
}

/** Bytes of the scales plane for `rows` rows, unpadded; 0 where there is none. */
export function scaleBytes(layout: WeightLayout, rows: number, cols: number): number {
  const { scale, span } = SIZES[layout];
  return rows * Math.ceil(padCols(cols) / span) * scale;
}
