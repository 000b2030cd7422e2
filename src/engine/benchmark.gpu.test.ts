/** The benchmark measures, holds to its sizes, and gives everything back. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Gpu } from '../gpu/index.ts';
import { openTestGpu } from '../gpu/testGpu.ts';
import { benchmark } from './benchmark.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openTestGpu();
});
afterAll(() => gpu.dispose());

it('measures memory, products and waiting, within seconds', async () => {
  const bytes = gpu.memory.bytes;
  const started = performance.now();
  const rows = await benchmark(gpu, 'software', null, new AbortController().signal);
  const seconds = (performance.now() - started) / 1000;
  const all = ['copy GB/s', 'matvec4 GB/s', 'matvec8 GB/s', 'matvec16 GB/s', 'dispatch µs', 'latency ms'];
  const told = rows.map(({ name, unit }) => `${name} ${unit}`);
  // On a busy machine what is small may vanish beside an empty submission; then there is no figure.
  expect(told).toEqual(all.filter((row) => told.includes(row)));
  expect(told).toEqual(expect.arrayContaining(['matvec16 GB/s', 'latency ms']));
  // What no machine can do would be a fault of the arithmetic: no memory is slower or faster than this.
  for (const { name, value, unit } of rows) {
    expect(value, name).toBeGreaterThan(0);
    expect(value, name).toBeLessThan({ 'GB/s': 20_000, µs: 1e6, ms: 1e4, 'tokens/s': 1e5 }[unit]);
  }
  expect(seconds).toBeLessThan(30);
  expect(gpu.memory.bytes).toBe(bytes);
});

it('stops where it is told to', async () => {
  const bytes = gpu.memory.bytes;
  const stop = new AbortController();
  stop.abort();
  await expect(benchmark(gpu, 'software', null, stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
  expect(gpu.memory.bytes).toBe(bytes);
});
