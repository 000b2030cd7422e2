import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import fixture from './fixtures/floats.json' with { type: 'json' };
import { bf16ToF32, e2m1ToF32, e4m3ToF32, e8m0ToF32, f16ToF32, f32ToBf16, f32ToF16 } from './floats.ts';

function digest(bits: Uint32Array | Uint16Array): string {
  return createHash('sha256').update(bits).digest('hex');
}

/** Every pattern decoded, NaNs made one, as numpy and torch recorded it. */
function decodedDigest(patterns: number, decode: (bits: number) => number): string {
  const values = Float32Array.from({ length: patterns }, (_, bits) => decode(bits));
  const bits = new Uint32Array(values.buffer);
  values.forEach((value, i) => {
    if (Number.isNaN(value)) bits[i] = 0x7fc00000;
  });
  return digest(bits);
}

function encodedDigest(
  patterns: Uint32Array<ArrayBuffer>,
  encode: (value: number) => number,
  nan: number,
): string {
  const values = new Float32Array(patterns.buffer);
  return digest(Uint16Array.from(values, (value) => (Number.isNaN(value) ? nan : encode(value))));
}

function ties(count: number, shift: number, offsets: readonly number[]): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: count * 3 }, (_, i) => (Math.floor(i / 3) << shift) | offsets[i % 3]!);
}
const halfTies = ties(2 ** 19, 13, [0x1000, 0x0fff, 0x1001]);
const brainTies = ties(2 ** 16, 16, [0x8000, 0x7fff, 0x8001]);
const scatter = Uint32Array.from({ length: 2 ** 20 }, (_, i) => Math.imul(i, 2654435761));

test('every pattern decodes as numpy and torch decode it', () => {
  expect(decodedDigest(65536, f16ToF32)).toBe(fixture.f16ToF32);
  expect(decodedDigest(65536, bf16ToF32)).toBe(fixture.bf16ToF32);
  expect(decodedDigest(256, e4m3ToF32)).toBe(fixture.e4m3ToF32);
  expect(decodedDigest(256, e8m0ToF32)).toBe(fixture.e8m0ToF32);
});

test('encoding rounds as numpy and torch round', () => {
  expect(encodedDigest(halfTies, f32ToF16, 0x7e00)).toBe(fixture.f32ToF16Ties);
  expect(encodedDigest(scatter, f32ToF16, 0x7e00)).toBe(fixture.f32ToF16Scatter);
  expect(encodedDigest(brainTies, f32ToBf16, 0x7fc0)).toBe(fixture.f32ToBf16Ties);
  expect(encodedDigest(scatter, f32ToBf16, 0x7fc0)).toBe(fixture.f32ToBf16Scatter);
});

test('NaN stays NaN when encoded', () => {
  expect(f16ToF32(f32ToF16(NaN))).toBeNaN();
  expect(bf16ToF32(f32ToBf16(NaN))).toBeNaN();
});

test('e2m1 follows its formula', () => {
  for (let bits = 0; bits < 16; bits += 1) {
    const exponent = (bits >> 1) & 3;
    const mantissa = bits & 1;
    const magnitude = exponent === 0 ? mantissa / 2 : (1 + mantissa / 2) * 2 ** (exponent - 1);
    expect(e2m1ToF32(bits)).toBe(bits & 8 ? -magnitude : magnitude);
  }
});
