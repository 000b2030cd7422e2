import { describe, expect, test } from 'vitest';
import { memorySource } from '../tools/modelBytes.ts';
import { blockShape, layoutOf } from './blocks.ts';
import { dequantiseRows } from './dequantise.ts';
import type { BlockTensor, DiskType } from './directory.ts';
import recorded from './fixtures/ggufBlocks.json' with { type: 'json' };
import { quantBytes, scaleBytes, type WeightLayout } from './layouts.ts';
import type { Planes } from './repack.ts';
import {
  cutSlice,
  decodeSlice,
  placeColumns,
  repackSlice,
  type RowSlice,
  sliceLayout,
  sliceRanges,
  wholeSlice,
} from './slices.ts';

interface Known {
  readonly file: BlockTensor;
  /** [rows, cols], as gguf-py reads the bytes. */
  readonly values: Float32Array;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

/** A recorded tensor somewhere in a file, as so many matrices on top of each other. */
function known(type: Extract<DiskType, keyof typeof recorded.types>, blocks = 1): Known {
  const { rows, cols, bytes, values } = recorded.types[type];
  const shape = blockShape(type);
  const data = bytesOf(bytes);
  const bulk = new Uint8Array(13 + data.length);
  bulk.set(data, 13);
  return {
    file: {
      name: type,
      type,
      layout: layoutOf(type),
      blocks,
      rows,
      cols,
      rowBytes: (cols / shape.elements) * shape.bytes,
      source: memorySource('known', bulk),
      offset: 13,
    },
    values: new Float32Array(bytesOf(values).buffer),
  };
}

/** The slice's definition, element by element. */
function expected({ values, file }: Known, slice: RowSlice): Float32Array {
  const { block, turned, first, step, rows, firstCol, cols } = slice;
  const base = (block * file.rows) / file.blocks;
  return Float32Array.from({ length: rows * cols }, (_, i) => {
    const row = first + Math.floor(i / cols) * step;
    const col = firstCol + (i % cols);
    return values[turned ? (base + col) * file.cols + row : (base + row) * file.cols + col]!;
  });
}

async function read(slice: RowSlice): Promise<Uint8Array[]> {
  return Promise.all(sliceRanges(slice).map(({ source, offset, length }) => source.read(offset, length)));
}

function planes(layout: WeightLayout, rows: number, cols: number): Planes {
  return {
    quants: new Uint8Array(quantBytes(layout, rows, cols)).fill(0xa5),
    scales: new Uint8Array(scaleBytes(layout, rows, cols)).fill(0xa5),
  };
}

async function check(tensor: Known, change: Partial<RowSlice>, layout: WeightLayout): Promise<void> {
  const slice = { ...wholeSlice(tensor.file), ...change };
  const { rows, cols } = slice;
  const values = expected(tensor, slice);
  const bytes = await read(slice);
  expect(decodeSlice(slice, bytes)).toEqual(values);
  expect(sliceLayout(slice)).toBe(layout);
  const out = planes(layout, rows, cols);
  repackSlice(slice, bytes, out);
  expect(dequantiseRows(layout, out.quants, out.scales, rows, cols)).toEqual(values);
  const padded = dequantiseRows(layout, out.quants, out.scales, rows, Math.ceil(cols / 32) * 32);
  const beyond = padded.filter((_, i) => i % (padded.length / rows) >= cols);
  expect(beyond.every((value) => value === 0)).toBe(true);
}

describe('floats: any part of a matrix, exactly', () => {
  // 5 rows of 72 values.
  const parts: readonly (readonly [string, Partial<RowSlice>])[] = [
    ['all', {}],
    ['some rows', { first: 1, rows: 3 }],
    ['every second row', { first: 1, step: 2, rows: 2 }],
    ['some columns', { first: 2, rows: 2, firstCol: 5, cols: 41 }],
    ['turned', { turned: true, rows: 72, cols: 5 }],
    ['every third row of the turned', { turned: true, first: 4, step: 3, rows: 20, cols: 5 }],
    ['columns of the turned', { turned: true, first: 3, rows: 33, firstCol: 1, cols: 3 }],
  ];
  test.each(parts)('%s', async (_, change) => {
    await check(known('F32'), change, 'f32');
    await check(known('F16'), change, 'f16');
    await check(known('BF16'), change, 'bf16');
  });
  test('one of several stacked matrices, and one value of each row', async () => {
    await check(known('F16', 5), { block: 3, rows: 1 }, 'f16');
    await check(known('F16', 5), { block: 2, turned: true, rows: 72, cols: 1 }, 'f16');
    await check(known('F16'), { turned: true, first: 1, step: 2, rows: 36, firstCol: 2, cols: 1 }, 'f16');
  });
});

describe('blocks: rows exactly; what cuts or turns a group, as f32', () => {
  test('rows, and every second one', async () => {
    await check(known('Q8_0'), { first: 1, rows: 3 }, 'q8s');
    await check(known('Q4_0'), { first: 1, step: 2, rows: 3 }, 'q4s');
    await check(known('Q4_K', 2), { block: 1, first: 1, rows: 1 }, 'q4k');
  });
  test('whole groups of columns', async () => {
    await check(known('Q5_1'), { firstCol: 32, cols: 64 }, 'q8m');
    await check(known('Q6_K'), { first: 1, rows: 2, firstCol: 512, cols: 256 }, 'q8h');
  });
  test('cut groups', async () => {
    await check(known('Q4_1'), { firstCol: 8, cols: 64 }, 'f32');
    await check(known('Q4_K'), { first: 1, rows: 2, firstCol: 256, cols: 300 }, 'f32');
  });
  test('turned', async () => {
    await check(known('Q8_0'), { turned: true, rows: 128, cols: 6 }, 'f32');
    const half = { block: 1, turned: true, first: 1, step: 2, rows: 64, firstCol: 1, cols: 2 };
    await check(known('Q8_0', 2), half, 'f32');
  });
});

test('a slice outside its matrix is refused', () => {
  const { file } = known('F16', 5);
  const outside: readonly Partial<RowSlice>[] = [
    { rows: 6 },
    { first: 1 },
    { block: 5, rows: 1 },
    { step: 2 },
    { firstCol: 1 },
    { turned: true, rows: 72, cols: 2 },
    { rows: 0 },
  ];
  for (const change of outside) {
    expect(() => sliceRanges({ ...wholeSlice(file), ...change })).toThrow(
      expect.objectContaining({ code: 'BAD_DIMENSIONS' }),
    );
  }
});

describe('a slice in strips', () => {
  test('of rows, each within the bytes', async () => {
    const tensor = known('Q8_0');
    const slice = { ...wholeSlice(tensor.file), first: 1, step: 2, rows: 3 };
    const strips = cutSlice(slice, 2 * 2 * tensor.file.rowBytes);
    expect(strips.map(({ first, rows }) => [first, rows])).toEqual([
      [1, 2],
      [5, 1],
    ]);
    for (const strip of strips)
      expect(decodeSlice(strip, await read(strip))).toEqual(expected(tensor, strip));
  });

  test('of columns where the matrix is turned, put together again', async () => {
    const values = Float32Array.from({ length: 80 * 6 }, (_, i) => i);
    const source = memorySource('tall', new Uint8Array(values.buffer));
    const place = { source, offset: 0, rowBytes: 24 };
    const file: BlockTensor = {
      ...place,
      name: 'tall',
      type: 'F32',
      layout: 'f32',
      blocks: 1,
      rows: 80,
      cols: 6,
    };
    const slice: RowSlice = { ...wholeSlice(file), turned: true, rows: 6, cols: 80 };
    const strips = cutSlice(slice, 40 * 24);
    expect(strips.map(({ firstCol, cols }) => [firstCol, cols])).toEqual([
      [0, 32],
      [32, 32],
      [64, 16],
    ]);
    const out = planes('f32', 6, 80);
    for (const strip of strips) {
      const part = planes('f32', 6, strip.cols);
      repackSlice(strip, await read(strip), part);
      const { firstCol, cols } = strip;
      placeColumns('f32', { planes: part, firstCol, cols }, { planes: out, rows: 6, cols: 80 });
    }
    expect(dequantiseRows('f32', out.quants, out.scales, 6, 80)).toEqual(expected({ file, values }, slice));
  });
});
