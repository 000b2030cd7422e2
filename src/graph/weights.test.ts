import { expect, it } from 'vitest';
import { onlyChunk, type WeightChunk } from './weights.ts';

const chunk = (size: number): WeightChunk => ({
  row: 0,
  rows: 64,
  quants: { buffer: {} as GPUBuffer, offset: 0, size },
  scales: null,
});

it('gives the one chunk of a matrix that was not cut', () => {
  const whole = chunk(100);
  expect(onlyChunk({ name: '0.kvK', chunks: [whole] })).toBe(whole);
});

it('names a matrix that one binding cannot hold', () => {
  expect(() => onlyChunk({ name: '0.kvK', chunks: [chunk(100), chunk(60)] })).toThrow(
    expect.objectContaining({
      code: 'ADAPTER_TOO_SMALL',
      detail: { tensor: '0.kvK', has: 100, asked: 160 },
    }),
  );
});
