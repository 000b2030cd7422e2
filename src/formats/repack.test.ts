import { expect, test } from 'vitest';
import type { DiskType } from './directory.ts';
import fixture from './fixtures/ggufBlocks.json' with { type: 'json' };
import { decodeRows, dequantiseRows, layoutOf, quantiseRows, repackRows } from './index.ts';
import { padCols, quantBytes, scaleBytes } from './layouts.ts';

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(base64, 'base64'));
}

/** f32 bit patterns: -0 and 0 differ here, and must agree with gguf-py too. */
function bitsOf(values: Float32Array<ArrayBuffer>): Uint32Array {
  return new Uint32Array(values.buffer);
}

/** Planes full of rubbish, so that a byte left unwritten shows. */
function planes(type: DiskType, rows: number, cols: number) {
  const layout = layoutOf(type);
  return {
    layout,
    quants: new Uint8Array(quantBytes(layout, rows, cols)).fill(0xa5),
    scales: new Uint8Array(scaleBytes(layout, rows, cols)).fill(0xa5),
  };
}

const types = Object.entries(fixture.types) as [DiskType, (typeof fixture.types)['F32']][];

test('the fixture covers every disk type', () => {
  expect(types.map(([type]) => type).sort()).toEqual([
    'BF16',
    'F16',
    'F32',
    'IQ4_NL',
    'IQ4_XS',
    'MXFP4',
    'Q2_K',
    'Q3_K',
    'Q4_0',
    'Q4_1',
    'Q4_K',
    'Q5_0',
    'Q5_1',
    'Q5_K',
    'Q6_K',
    'Q8_0',
  ]);
});

test.each(types)('%s decodes to the bits gguf-py gives', (type, { rows, cols, bytes, values }) => {
  const expected = new Uint32Array(bytesOf(values).buffer);
  expect(bitsOf(decodeRows(type, bytesOf(bytes), rows, cols))).toEqual(expected);
});

test.each(types)('%s repacked means the bits gguf-py gives', (type, { rows, cols, bytes, values }) => {
  const target = planes(type, rows, cols);
  repackRows(type, bytesOf(bytes), rows, cols, target);
  const means = dequantiseRows(target.layout, target.quants, target.scales, rows, cols);
  // e2m1 has a negative zero, ggml's table of it has none.
  if (type === 'MXFP4') means.forEach((value, i) => (means[i] = value + 0));
  expect(bitsOf(means)).toEqual(new Uint32Array(bytesOf(values).buffer));
});

test.each(types)(
  '%s repacks the same from bytes at an odd place, rows apart',
  (type, { rows, cols, bytes }) => {
    const whole = planes(type, rows, cols);
    repackRows(type, bytesOf(bytes), rows, cols, whole);
    const one = planes(type, 1, cols);
    const rowBytes = bytesOf(bytes).length / rows;
    const shifted = new Uint8Array(bytesOf(bytes).length + 1);
    shifted.set(bytesOf(bytes), 1);
    for (let r = 0; r < rows; r += 1) {
      repackRows(type, shifted.subarray(1 + r * rowBytes, 1 + (r + 1) * rowBytes), 1, cols, one);
      expect(one.quants).toEqual(whole.quants.subarray(r * one.quants.length, (r + 1) * one.quants.length));
      expect(one.scales).toEqual(whole.scales.subarray(r * one.scales.length, (r + 1) * one.scales.length));
    }
  },
);

test('padding columns are zero', () => {
  const { rows, cols, bytes } = fixture.types.F16;
  const target = planes('F16', rows, cols);
  repackRows('F16', bytesOf(bytes), rows, cols, target);
  const width = padCols(cols);
  expect(width).toBeGreaterThan(cols);
  for (let r = 0; r < rows; r += 1) {
    expect(target.quants.subarray((r * width + cols) * 2, (r + 1) * width * 2).every((b) => b === 0)).toBe(
      true,
    );
  }
});

test.each([
  ['q8s', 'Q8_0'],
  ['q4s', 'Q4_0'],
] as const)("quantising to %s is gguf-py's %s", (target, type) => {
  const { rows, cols, values } = fixture.quantised;
  const expected = planes(type, rows, cols);
  repackRows(type, bytesOf(fixture.quantised[type]), rows, cols, expected);
  const got = planes(type, rows, cols);
  quantiseRows(target, new Float32Array(bytesOf(values).buffer), rows, cols, got);
  expect(got).toEqual(expected);
});

test('quantising pads short rows with zero weights', () => {
  const cols = 40;
  const quants = new Uint8Array(quantBytes('q4s', 2, cols)).fill(0xa5);
  const scales = new Uint8Array(scaleBytes('q4s', 2, cols)).fill(0xa5);
  const values = Float32Array.from({ length: 2 * cols }, (_, i) => (i % 15) - 7);
  quantiseRows('q4s', values, 2, cols, { quants, scales });
  const padded = dequantiseRows('q4s', quants, scales, 2, padCols(cols));
  for (let r = 0; r < 2; r += 1) {
    for (let c = cols; c < padCols(cols); c += 1) expect(Math.abs(padded[r * padCols(cols) + c]!)).toBe(0);
    for (let c = 0; c < cols; c += 1) {
      // A step is 7/8; the end of the range away from the largest value is cut by one.
      expect(Math.abs(padded[r * padCols(cols) + c]! - values[r * cols + c]!)).toBeLessThanOrEqual(7 / 8);
    }
  }
});

test.each(['q8s', 'q4s'] as const)('quantising to %s leaves broken weights broken', (target) => {
  for (const broken of [NaN, Infinity, -Infinity]) {
    const values = new Float32Array(96).fill(0.5);
    values[40] = broken;
    const quants = new Uint8Array(quantBytes(target, 1, 96));
    const scales = new Uint8Array(scaleBytes(target, 1, 96));
    quantiseRows(target, values, 1, 96, { quants, scales });
    const means = dequantiseRows(target, quants, scales, 1, 96);
    expect([...means].map(Number.isNaN)).toEqual([...values].map((_, i) => i >= 32 && i < 64));
  }
});
