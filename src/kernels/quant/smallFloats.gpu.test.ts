/** Every bit pattern of the 8- and 4-bit floats, read by a kernel, is the number base/floats.ts makes of it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { e2m1ToF32, e4m3ToF32, e8m0ToF32 } from '../../base/floats.ts';
import type { WeightLayout } from '../../formats/layouts.ts';
import type { Gpu } from '../../gpu/index.ts';
import { openTestGpu } from '../../gpu/testGpu.ts';
import type { KernelCase } from '../card.ts';
import { embed } from '../embed.ts';
import { runCase } from '../runCase.ts';

let gpu: Gpu;

beforeAll(async () => {
  gpu = await openTestGpu();
});

afterAll(() => gpu.dispose());

interface Matrix {
  readonly layout: WeightLayout;
  readonly rows: number;
  readonly cols: number;
  readonly quants: Uint8Array<ArrayBuffer>;
  readonly scales: Uint8Array<ArrayBuffer>;
}

/** All rows of a matrix as an embedding returns them, to the bit. */
function readCase(matrix: Matrix, weights: Float32Array<ArrayBuffer>): KernelCase {
  const { layout, rows, cols, quants, scales } = matrix;
  return {
    title: 'every pattern',
    card: embed({ layout }),
    params: { width: cols, groups: cols / 32, rowStart: 0, rowCount: rows, outStride: cols, scale: 1 },
    step: { position: 0, tokens: rows, seed: 0 },
    tokens: rows,
    buffers: {
      quants: new Uint32Array(quants.buffer),
      scales: new Uint32Array(scales.buffer),
      timeline: Uint32Array.from({ length: rows }, (_, row) => row),
      out: new Float32Array(rows * cols).fill(7),
    },
    reference: () => ({ out: weights }),
    tolerance: { nmse: 0, maxAbs: 0 },
  };
}

test('e4m3, subnormals and NaNs among them, under two scales of a row', async () => {
  const quants = Uint8Array.from({ length: 256 }, (_, i) => i);
  const steps = Float32Array.of(1, Math.fround(0.3));
  const weights = Float32Array.from(quants, (byte, i) => e4m3ToF32(byte) * steps[i >> 7]!);
  const scales = new Uint8Array(steps.buffer);
  const result = await runCase(gpu, readCase({ layout: 'f8b', rows: 1, cols: 256, quants, scales }, weights));
  expect(result.message).toBe('');
});

test('e2m1 under every e8m0 scale', async () => {
  // Element i of each row is nibble i%16, since the high nibbles are elements 16..31.
  const quants = Uint8Array.from({ length: 256 * 16 }, (_, i) => (i % 16) * 17);
  const scales = Uint8Array.from({ length: 256 }, (_, e) => e);
  const weights = Float32Array.from({ length: 256 * 32 }, (_, i) => {
    const e = i >> 5;
    return e < 2 ? 0 : e8m0ToF32(e) * e2m1ToF32(i % 16);
  });
  const result = await runCase(
    gpu,
    readCase({ layout: 'f4e', rows: 256, cols: 32, quants, scales }, weights),
  );
  expect(result.message).toBe('');
});
