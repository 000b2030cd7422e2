/**
 * The small floats model files use, exactly. Bit patterns are plain numbers;
 * results are values a f32 holds. Encoding rounds to nearest, ties to even.
 */
const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

/** Adding and subtracting it rounds a non-negative f64 below 2^52 to an integer, ties to even. */
const ROUND_TO_INTEGER = 2 ** 52;

function bitsOf(value: number): number {
  FLOAT[0] = value;
  return BITS[0]!;
}

function valueOf(bits: number): number {
  BITS[0] = bits;
  return FLOAT[0]!;
}

/** IEEE half: 1 sign, 5 exponent, 10 mantissa bits. */
export function f16ToF32(bits: number): number {
  const sign = (bits & 0x8000) << 16;
  const magnitude = bits & 0x7fff;
  if (magnitude >= 0x7c00) return valueOf((sign | 0x7f800000 | ((magnitude & 0x3ff) << 13)) >>> 0);
  if (magnitude >= 0x400) return valueOf((sign | ((magnitude << 13) + 0x38000000)) >>> 0);
  const subnormal = magnitude * 2 ** -24;
  return sign === 0 ? subnormal : -subnormal;
}

export function f32ToF16(value: number): number {
  const bits = bitsOf(value);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // 65520 is half-way between the largest half and the next power of two.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    const steps = Math.abs(FLOAT[0]!) * 2 ** 24 + ROUND_TO_INTEGER - ROUND_TO_INTEGER;
    return sign | steps;
  }
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

/** The high half of a f32. */
export function bf16ToF32(bits: number): number {
  return valueOf((bits << 16) >>> 0);
}

export function f32ToBf16(value: number): number {
  const bits = bitsOf(value);
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/** A power of two, 2^(bits-127); 255 is NaN. OCP Microscaling formats 1.0, 5.4.1. */
export function e8m0ToF32(bits: number): number {
  return bits === 0xff ? NaN : 2 ** (bits - 127);
}

const E2M1 = [0, 0.5, 1, 1.5, 2, 3, 4, 6] as const;

/** 4-bit float: 1 sign, 2 exponent, 1 mantissa bit. OCP Microscaling formats 1.0, 5.3.3. */
export function e2m1ToF32(bits: number): number {
  const magnitude = E2M1[bits & 7]!;
  return bits & 8 ? -magnitude : magnitude;
}

/** 8-bit float without infinities: 1 sign, 4 exponent (bias 7), 3 mantissa bits; 0x7f is NaN. */
export function e4m3ToF32(bits: number): number {
  const exponent = (bits >>> 3) & 15;
  const mantissa = bits & 7;
  if (exponent === 15 && mantissa === 7) return NaN;
  const magnitude = exponent === 0 ? mantissa * 2 ** -9 : (8 + mantissa) * 2 ** (exponent - 10);
  return bits & 0x80 ? -magnitude : magnitude;
}
