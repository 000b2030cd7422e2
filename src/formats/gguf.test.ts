import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { AppError } from '../base/failure.ts';
import type { FailureCode } from '../base/failure.ts';
import { array, ggufBytes, memorySource, string, u32, u64, VALUE } from '../tools/modelBytes.ts';
import type { HandFile } from '../tools/modelBytes.ts';
import fixture from './fixtures/modelFiles.json' with { type: 'json' };
import { openGguf } from './index.ts';
import type { ByteSource, TensorDirectory } from './index.ts';

const F32 = 0;
const weight = { name: 'w', dims: [8, 2], type: F32, offset: 0 } as const;

function recorded(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));
}
const tiny = recorded('tiny.gguf');
const parts = [1, 2, 3].map((n) => {
  const name = `split-0000${n}-of-00003.gguf`;
  return memorySource(name, recorded(name));
});

async function contents({ tensors }: TensorDirectory) {
  return Promise.all(
    [...tensors.values()].map(async ({ name, type, rows, cols, rowBytes, source, offset }) => ({
      name,
      type,
      rows,
      cols,
      bytes: Buffer.from(await source.read(offset, rows * rowBytes)).toString('base64'),
    })),
  );
}

async function failure(sources: readonly ByteSource[]): Promise<AppError> {
  const error: unknown = await openGguf(sources).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}
const open = (file: HandFile) => openGguf([memorySource('hand.gguf', ggufBytes(file))]);
const handFailure = (file: HandFile) => failure([memorySource('hand.gguf', ggufBytes(file))]);

describe('a file gguf-py wrote', () => {
  test('has every metadata value', async () => {
    const { metadata } = await openGguf([memorySource('tiny.gguf', tiny)]);
    expect(metadata).toMatchObject({ ...fixture.metadata, 'general.architecture': 'llama' });
  });

  test('has every tensor with its bytes', async () => {
    const { directory } = await openGguf([memorySource('tiny.gguf', tiny)]);
    expect(await contents(directory)).toEqual(fixture.tensors);
  });

  test('split into three, in any order, is the same model', async () => {
    const { metadata, directory } = await openGguf([parts[2]!, parts[0]!, parts[1]!]);
    expect(metadata).toMatchObject(fixture.metadata);
    expect(await contents(directory)).toEqual(fixture.tensors);
  });

  test('split with a part absent names that part', async () => {
    const error = await failure([parts[0]!, parts[2]!]);
    expect(error.code).toBe('MISSING_PART');
    expect(error.detail['file']).toBe('split-00002-of-00003.gguf');
  });

  test('split with a part given twice, or a stranger, is refused', async () => {
    expect((await failure([parts[0]!, parts[1]!, parts[1]!])).code).toBe('BAD_REQUEST');
    expect((await failure([parts[0]!, memorySource('tiny.gguf', tiny)])).code).toBe('BAD_REQUEST');
    expect((await failure([memorySource('a.gguf', tiny), memorySource('b.gguf', tiny)])).code).toBe(
      'BAD_REQUEST',
    );
  });

  test('cut anywhere is truncated, and says by how much', async () => {
    for (let length = 4; length < tiny.length - 32; length += 7) {
      const error = await failure([memorySource('cut.gguf', tiny.subarray(0, length))]);
      expect(error.code).toBe('FILE_TRUNCATED');
      expect(error.detail['file']).toBe('cut.gguf');
      expect(error.detail['has']).toBe(length);
      expect(error.detail['needed']).toBeGreaterThan(length);
    }
  });

  test('with any one byte changed opens or fails in words', async () => {
    for (let at = 0; at < tiny.length; at += 7) {
      const changed = tiny.slice();
      changed[at]! ^= 1 << (at % 8);
      const error: unknown = await openGguf([memorySource('changed.gguf', changed)]).then(
        () => null,
        (e: unknown) => e,
      );
      if (error !== null) expect(error).toBeInstanceOf(AppError);
    }
  });
});

test('version 2 is read as version 3 is', async () => {
  const { directory } = await open({ version: 2, tensors: [weight], data: 64 });
  expect(directory.tensors.get('w')).toMatchObject({ rows: 2, cols: 8, rowBytes: 32 });
});

test.each([
  [[8], { blocks: 1, rows: 1, cols: 8 }],
  [[8, 2], { blocks: 1, rows: 2, cols: 8 }],
  [[8, 2, 3], { blocks: 3, rows: 6, cols: 8 }],
  [[4, 2, 3, 2], { blocks: 6, rows: 12, cols: 4 }],
])('dimensions %j are a stack of matrices', async (dims, expected) => {
  const { directory } = await open({ tensors: [{ ...weight, dims }], data: 192 });
  expect(directory.tensors.get('w')).toMatchObject(expected);
});

test.each([
  new Uint8Array(0),
  Uint8Array.of(71, 71),
  new TextEncoder().encode('GGML, not GGUF; and long enough to hold a header'),
])('what does not begin with the magic is no model', async (bytes) => {
  expect((await failure([memorySource('x', bytes)])).code).toBe('NOT_A_MODEL');
});

const hostile: readonly (readonly [string, HandFile, FailureCode])[] = [
  ['tensors without end', { tensorCount: 2n ** 63n }, 'FILE_CORRUPT'],
  ['more tensors than bytes', { tensorCount: 90_000n, tensors: [weight] }, 'FILE_CORRUPT'],
  ['tensors without names', { tensorCount: 90_000n, data: 4_000_000 }, 'FILE_CORRUPT'],
  ['keys without end', { keyCount: 2n ** 64n - 1n }, 'FILE_CORRUPT'],
  ['keys of zeros', { keyCount: 60_000n, data: 4_000_000 }, 'FILE_CORRUPT'],
  ['a string without end', { keys: [['k', VALUE.string, string('x', 2n ** 62n)]] }, 'FILE_CORRUPT'],
  ['an array without end', { keys: [['k', VALUE.array, array(VALUE.u8, [], 2n ** 62n)]] }, 'FILE_CORRUPT'],
  [
    'an array of a million strings that are not there',
    { keys: [['k', VALUE.array, array(VALUE.string, [], 1_000_000n)]] },
    'FILE_TRUNCATED',
  ],
  [
    'a key said twice',
    {
      keys: [
        ['k', VALUE.string, string('x')],
        ['k', VALUE.u32, u32(1)],
      ],
    },
    'FILE_CORRUPT',
  ],
  ['arrays in arrays', { keys: [['k', VALUE.array, nested(40)]] }, 'FILE_CORRUPT'],
  ['a value of no known type', { keys: [['k', 77, u32(0)]] }, 'FILE_CORRUPT'],
  ['no dimensions', { tensors: [{ ...weight, dims: [] }] }, 'BAD_DIMENSIONS'],
  ['dimensions without end', { tensors: [weight], dimensionCount: 2 ** 32 - 1 }, 'BAD_DIMENSIONS'],
  ['a dimension of zero', { tensors: [{ ...weight, dims: [8, 0] }] }, 'BAD_DIMENSIONS'],
  ['a dimension of 2^40', { tensors: [{ ...weight, dims: [2n ** 40n] }] }, 'BAD_DIMENSIONS'],
  ['a dimension of 2^64 - 1', { tensors: [{ ...weight, dims: [2n ** 64n - 1n] }] }, 'BAD_DIMENSIONS'],
  [
    'dimensions whose product overflows',
    { tensors: [{ ...weight, dims: [2 ** 30, 2 ** 30, 2 ** 30] }] },
    'BAD_DIMENSIONS',
  ],
  ['rows that are not whole blocks', { tensors: [{ ...weight, dims: [40, 2], type: 2 }] }, 'BAD_DIMENSIONS'],
  ['weights past the end', { tensors: [weight], data: 63 }, 'FILE_TRUNCATED'],
  ['weights at 2^64 - 32', { tensors: [{ ...weight, offset: 2n ** 64n - 32n }], data: 64 }, 'FILE_TRUNCATED'],
  ['one name twice', { tensors: [weight, weight], data: 64 }, 'FILE_CORRUPT'],
  [
    'alignment 0',
    { keys: [['general.alignment', VALUE.u32, u32(0)]], tensors: [weight], data: 64 },
    'FILE_CORRUPT',
  ],
  [
    'alignment 3',
    { keys: [['general.alignment', VALUE.u32, u32(3)]], tensors: [weight], data: 64 },
    'FILE_CORRUPT',
  ],
  ['version 1', { version: 1 }, 'NOT_A_MODEL'],
  ['big-endian', { version: 0x03000000 }, 'NOT_A_MODEL'],
];

test.each(hostile)('%s: refused at once', async (_title, file, code) => {
  const began = performance.now();
  expect((await handFailure(file)).code).toBe(code);
  expect(performance.now() - began).toBeLessThan(1_000);
});

function nested(depth: number): Uint8Array {
  return depth === 0 ? array(VALUE.u8, []) : array(VALUE.array, [nested(depth - 1)]);
}

test.each([
  [15, 'Q8_K'],
  [35, 'TQ2_0'],
  [4_000, '4000'],
] as const)('type %i is named in the refusal', async (type, name) => {
  const error = await handFailure({
    tensors: [{ name: 'odd.weight', dims: [256], type, offset: 0 }],
    data: 1024,
  });
  expect(error.code).toBe('UNSUPPORTED_TYPE');
  expect(error.detail).toEqual({ tensor: 'odd.weight', type: name });
});

test('a file with 64-bit numbers in its metadata has plain ones', async () => {
  const { metadata } = await open({ keys: [['n', VALUE.array, array(VALUE.u64, [u64(2 ** 40)])]] });
  expect(metadata['n']).toEqual([2 ** 40]);
});

test('strings that lie across the edges of what is read at once are whole', async () => {
  // 2,000,000 bytes for the parser, 2 MiB for us: the last string of the array spans them; so does a long template.
  const filler = string('x'.repeat(1_400_000));
  const tokens = [
    ...Array.from({ length: 1_000 }, (_, i) => string(`token ${i} ${'y'.repeat(580)}`)),
    string('z'.repeat(200_000)),
  ];
  const template = 't'.repeat(2_500_000);
  const { metadata } = await open({
    keys: [
      ['filler', VALUE.string, filler],
      ['tokens', VALUE.array, array(VALUE.string, tokens)],
      ['template', VALUE.string, string(template)],
      ['last', VALUE.u32, u32(5)],
    ],
  });
  const read = metadata['tokens'] as string[];
  expect(read).toHaveLength(1_001);
  expect(read[999]).toBe(`token 999 ${'y'.repeat(580)}`);
  expect(read[1_000]).toBe('z'.repeat(200_000));
  expect(metadata['template']).toBe(template);
  expect(metadata['last']).toBe(5);
});

test('a model of many gigabytes costs the bytes of its header', async () => {
  const gigabytes = 6 * 2 ** 30;
  const bytes = ggufBytes({
    keys: [
      [
        'tokens',
        VALUE.array,
        array(
          VALUE.string,
          Array.from({ length: 200_000 }, (_, i) => string(`token ${i}`)),
        ),
      ],
    ],
    tensors: [{ name: 'w', dims: [8, 2], type: F32, offset: gigabytes - 64 }],
  });
  const source = memorySource('large.gguf', bytes, bytes.length + gigabytes);
  const { directory } = await openGguf([source]);
  expect(directory.tensors.get('w')?.offset).toBe(bytes.length + gigabytes - 64);
  expect(source.bytesRead()).toBeLessThan(bytes.length + 3_000_000);
});

test('an aborted signal stops it', async () => {
  await expect(openGguf([memorySource('tiny.gguf', tiny)], AbortSignal.abort())).rejects.toThrow(
    DOMException,
  );
});
