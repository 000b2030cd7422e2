import { describe, expect, test } from 'vitest';
import { downloadTime, fitOf, gpuMemory, needOf, roomFor, storedFrom } from './fit.ts';

const DEVICE = { software: false, maxBufferBytes: 4 * 1024 ** 3 };
/** Qwen3 4B: 36 layers, 8 heads of 128, keys and values. */
const QWEN = { storedBytes: 2.768e9, kvBytesPerToken: 36 * 8 * 128 * 2 * 2, contextLength: 262_144 };

describe('what a model needs', () => {
  test('is weights, the cache of the context, and scratch', () => {
    expect(needOf(QWEN, 8192)).toEqual({
      weights: 2.768e9,
      cache: 147_456 * 8192,
      scratch: 0.2e9,
      total: 2.768e9 + 147_456 * 8192 + 0.2e9,
      context: 8192,
    });
  });

  test('a cache of at most 256 MiB is kept in 32 bits', () => {
    // 23,040 bytes in 16 bits: twice of them for 4,096 tokens are 180 MiB, for 8,192 they would be 360.
    const smol = { storedBytes: 1, kvBytesPerToken: 23_040, contextLength: 8192 };
    expect(needOf(smol, 4096).cache).toBe(46_080 * 4096);
    expect(needOf(smol, 8192).cache).toBe(23_040 * 8192);
  });

  test('no more context than the model reads, and none where its shape is unknown', () => {
    expect(needOf({ ...QWEN, contextLength: 4096 }, 32_768).context).toBe(4096);
    expect(needOf({ storedBytes: 5, kvBytesPerToken: 0, contextLength: 0 }, 4096)).toMatchObject({
      cache: 0,
      context: 0,
    });
  });
});

describe('the memory of a GPU', () => {
  test('is what the user says', () => {
    expect(gpuMemory(DEVICE, 12, 4)).toEqual({ bytes: 12e9, from: 'stated' });
  });

  test.each([
    [{}, null, 4],
    [{}, 8, 4],
    // A buffer may take 4 GiB, whatever the browser says of the RAM.
    [{}, 4, 4],
    [{ maxBufferBytes: 2 * 1024 ** 3 }, 4, 2],
    [{ maxBufferBytes: 64 * 1024 ** 3 }, 8, 8],
    [{ maxBufferBytes: 256 * 1024 ** 2 }, null, 2],
    [{ maxBufferBytes: 256 * 1024 ** 2 }, 2, 1],
    [{ software: true }, 8, 4],
    [{ software: true }, 2, 1],
  ])('else a cautious guess (%j, %s GB of RAM)', (part, ram, gb) => {
    expect(gpuMemory({ ...DEVICE, ...part }, null, ram)).toEqual({ bytes: gb * 1e9, from: 'guessed' });
  });
});

describe('the verdict', () => {
  const verdict = (bytes: number, gb: number, from: 'stated' | 'guessed'): string =>
    fitOf({ storedBytes: bytes - 0.2e9, kvBytesPerToken: 0, contextLength: 0 }, 4096, {
      bytes: gb * 1e9,
      from,
    }).verdict;

  test('of what the user says is certain', () => {
    expect(verdict(6.8e9, 8, 'stated')).toBe('fits');
    expect(verdict(6.81e9, 8, 'stated')).toBe('tight');
    expect(verdict(8e9, 8, 'stated')).toBe('tight');
    expect(verdict(8.01e9, 8, 'stated')).toBe('not');
  });

  test('of a guess is not, where it is too little', () => {
    expect(verdict(3.4e9, 4, 'guessed')).toBe('fits');
    expect(verdict(3.41e9, 4, 'guessed')).toBe('unsure');
    expect(verdict(40e9, 4, 'guessed')).toBe('unsure');
  });

  test('without a graphics processor there is none', () => {
    expect(fitOf(QWEN, 4096, null).verdict).toBe('none');
  });
});

test('storage has room, has none, or is not told', () => {
  const storage = { usedBytes: 2e9, quotaBytes: 12e9, persisted: true };
  expect(roomFor(9e9, storage)).toBe(true);
  expect(roomFor(9.6e9, storage)).toBe(false);
  expect(roomFor(1, { ...storage, quotaBytes: 0 })).toBeNull();
  expect(roomFor(1, null)).toBeNull();
});

test.each([
  ['Qwen3-4B-Q4_K_M.gguf', 2.5e9, 2.75e9],
  ['model-Q6_K.gguf', 6.6e9, 8.6e9],
  ['UD/Model-UD-Q2_K_XL.gguf', 2.6e9, 5.1e9],
  ['qwen3-0.6b-q8_0.gguf', 1e9, 1e9],
  ['model.safetensors.index.json', 8e9, 8e9],
])('%s is stored in about as much', (path, bytes, stored) => {
  expect(storedFrom(path, bytes) / stored).toBeCloseTo(1, 2);
});

test('a download takes as long as the network says', () => {
  expect(downloadTime(1e9, 8)).toEqual({ seconds: 1000, atMost: false });
  expect(downloadTime(1e9, 10)).toEqual({ seconds: 800, atMost: true });
  expect(downloadTime(1e9, null)).toBeNull();
  expect(downloadTime(1e9, 0)).toBeNull();
});
