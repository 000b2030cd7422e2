import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { concat } from '../base/bytes.ts';
import { AppError } from '../base/failure.ts';
import type { FailureCode } from '../base/failure.ts';
import { memorySource, u64 } from '../tools/modelBytes.ts';
import fixture from './fixtures/modelFiles.json' with { type: 'json' };
import { openSafetensors, sliceLayout, wholeSlice } from './index.ts';
import type { ByteSource, TensorDirectory } from './index.ts';

function recorded(name: string, as = name): ByteSource {
  return memorySource(as, new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url))));
}
const index = {
  metadata: {},
  weight_map: { plain: 'shard-1.safetensors', half: 'shard-2.safetensors', brain: 'shard-2.safetensors' },
};

async function contents({ tensors }: TensorDirectory) {
  const all = await Promise.all(
    [...tensors.values()].map(async ({ name, type, rows, cols, rowBytes, source, offset }) => ({
      name,
      type,
      rows,
      cols,
      bytes: Buffer.from(await source.read(offset, rows * rowBytes)).toString('base64'),
    })),
  );
  return all.sort((a, b) => a.name.localeCompare(b.name));
}
const expected = [...fixture.safetensors].sort((a, b) => a.name.localeCompare(b.name));

async function failure(sources: readonly ByteSource[], withIndex?: unknown): Promise<AppError> {
  const error: unknown = await openSafetensors(sources, withIndex).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

test('a file torch wrote has every tensor with its bytes', async () => {
  expect(await contents(await openSafetensors([recorded('tiny.safetensors')]))).toEqual(expected);
});

test('so have its shards, whatever folder they lie in', async () => {
  const shards = [
    recorded('shard-2.safetensors', 'model/shard-2.safetensors'),
    recorded('shard-1.safetensors', 'model/shard-1.safetensors'),
  ];
  expect(await contents(await openSafetensors(shards, index))).toEqual(expected);
});

test('an absent shard is named', async () => {
  const error = await failure([recorded('shard-1.safetensors')], index);
  expect(error.code).toBe('MISSING_PART');
  expect(error.detail['file']).toBe('shard-2.safetensors');
});

test('a tensor the index names and no shard holds is named', async () => {
  const error = await failure([recorded('shard-1.safetensors')], {
    weight_map: { plain: 'shard-1.safetensors', more: 'shard-1.safetensors' },
  });
  expect(error.code).toBe('MISSING_TENSOR');
  expect(error.detail['tensor']).toBe('more');
});

function hand(header: unknown, data = 0, length?: bigint): ByteSource {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  return memorySource('hand.safetensors', concat([u64(length ?? text.length), text, new Uint8Array(data)]));
}
const good = { dtype: 'F32', shape: [2, 4], data_offsets: [0, 32] };

const hostile: readonly (readonly [string, ByteSource, FailureCode])[] = [
  ['nothing', memorySource('x', new Uint8Array(0)), 'NOT_A_MODEL'],
  ['a header of 2^63 bytes', hand({}, 0, 2n ** 63n), 'NOT_A_MODEL'],
  ['a header longer than the file', hand({ w: good }, 0, 5_000n), 'FILE_TRUNCATED'],
  ['something else', hand('<html></html>'), 'NOT_A_MODEL'],
  ['broken JSON', hand('{"w": '), 'FILE_CORRUPT'],
  ['an entry of the wrong shape', hand({ w: { dtype: 'F32' } }), 'FILE_CORRUPT'],
  ['a negative dimension', hand({ w: { ...good, shape: [-2, 4] } }, 32), 'FILE_CORRUPT'],
  [
    'a dimension of zero',
    hand({ w: { ...good, shape: [0, 4], data_offsets: [0, 0] } }, 32),
    'BAD_DIMENSIONS',
  ],
  [
    'dimensions whose product overflows',
    hand({ w: { ...good, shape: [2 ** 40, 2 ** 40] } }, 32),
    'BAD_DIMENSIONS',
  ],
  ["a range that is not the shape's", hand({ w: { ...good, data_offsets: [0, 28] } }, 32), 'FILE_CORRUPT'],
  ['data past the end', hand({ w: good }, 31), 'FILE_TRUNCATED'],
  [
    'FP8 weights without scales',
    hand({ w: { ...good, dtype: 'F8_E4M3', data_offsets: [0, 8] } }, 8),
    'MISSING_TENSOR',
  ],
];

test.each(hostile)('%s: refused', async (_title, source, code) => {
  expect((await failure([source])).code).toBe(code);
});

test('an index that maps nothing is refused', async () => {
  expect((await failure([recorded('tiny.safetensors')], { weight_map: 5 })).code).toBe('FILE_CORRUPT');
});

test('a type nothing reads fails only whom it concerns', async () => {
  const mask = { dtype: 'BOOL', shape: [2, 4], data_offsets: [32, 40] };
  const { tensors } = await openSafetensors([hand({ w: good, mask }, 40)]);
  expect(sliceLayout(wholeSlice(tensors.get('w')!))).toBe('f32');
  expect(() => sliceLayout(wholeSlice(tensors.get('mask')!))).toThrow(
    expect.objectContaining({ code: 'UNSUPPORTED_TYPE', detail: { tensor: 'mask', type: 'BOOL' } }),
  );
});
