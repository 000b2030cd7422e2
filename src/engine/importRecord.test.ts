import { describe, expect, it } from 'vitest';
import { f32ToBf16 } from '../base/floats.ts';
import { type ByteSource, type DiskType, type FileTensor, layoutOf } from '../formats/index.ts';
import type { TensorRecipe } from '../models/index.ts';
import { type ImportPlan, planImport } from './importPlan.ts';
import { buildRecord } from './importRecord.ts';
import type { ReadRange } from './readAhead.ts';
import { ruledFile } from '../tools/ruledTensors.ts';

const ROW_BYTES: Partial<Record<DiskType, (cols: number) => number>> = {
  F32: (cols) => cols * 4,
  BF16: (cols) => cols * 2,
  Q8_0: (cols) => (cols / 32) * 34,
};
const signal = new AbortController().signal;
const directly: ReadRange = ({ source, offset, length }) => source.read(offset, length);

/** Tensors at given places of a source that is never all there. */
function sparseSource(
  tensors: readonly {
    name: string;
    type: DiskType;
    rows: number;
    cols: number;
    offset: number;
    bytes: Uint8Array;
  }[],
) {
  const reads: [number, number][] = [];
  const source: ByteSource = {
    name: 'sparse',
    size: 2 ** 40,
    read(offset, length) {
      reads.push([offset, length]);
      const out = new Uint8Array(length);
      for (const tensor of tensors) {
        for (let i = 0; i < tensor.bytes.length; i++) {
          const at = tensor.offset + i - offset;
          if (at >= 0 && at < length) out[at] = tensor.bytes[i]!;
        }
      }
      return Promise.resolve(out);
    },
  };
  const files = tensors.map(({ name, type, rows, cols, offset }): [string, FileTensor] => [
    name,
    {
      name,
      type,
      layout: layoutOf(type),
      blocks: 1,
      rows,
      cols,
      rowBytes: ROW_BYTES[type]!(cols),
      source,
      offset,
    },
  ]);
  return { directory: { tensors: new Map(files) }, reads };
}

async function recordsOf(plan: ImportPlan): Promise<Uint8Array[]> {
  return Promise.all(plan.records.map((_, index) => buildRecord(plan, index, directly, signal)));
}

const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
const floatsOf = (bytes: Uint8Array): number[] => [...new Float32Array(bytes.slice().buffer)];

/** Rows of one Q8_0 block each: scale 2^-row as f16, quants all `row + 1`. */
function q8Rows(first: number, rows: number): Uint8Array {
  const bytes = new Uint8Array(rows * 34);
  for (let r = 0; r < rows; r++) {
    bytes.set([first + r, 0x30], r * 34);
    bytes.fill(first + r + 1, r * 34 + 2, r * 34 + 34);
  }
  return bytes;
}

describe('buildRecord', () => {
  it('joins vectors into one padded f32 row and adds what the recipe says', async () => {
    const bf16 = new Uint8Array(Uint16Array.from([1.5, -2, 0.25].map(f32ToBf16)).buffer);
    const { directory } = sparseSource([
      { name: 'a', type: 'F32', rows: 1, cols: 2, offset: 10, bytes: floats(1, 2) },
      { name: 'b', type: 'BF16', rows: 1, cols: 3, offset: 100, bytes: bf16 },
    ]);
    const recipe: TensorRecipe = {
      name: 'v',
      rows: 1,
      cols: 5,
      kind: 'vector',
      parts: [
        { tensor: 'a', rows: 1 },
        { tensor: 'b', rows: 1, add: 1 },
      ],
    };
    const [record] = await recordsOf(planImport([recipe], directory, { weights: 'keep' }));
    expect(floatsOf(record!)).toEqual([1, 2, 2.5, -1, 1.25, ...Array.from({ length: 27 }, () => 0)]);
  });

  it('joins parts whose scales meet in the middle of a word', async () => {
    const { directory } = sparseSource([
      { name: 'a', type: 'Q8_0', rows: 3, cols: 32, offset: 0, bytes: q8Rows(0, 3) },
      { name: 'b', type: 'Q8_0', rows: 2, cols: 32, offset: 5000, bytes: q8Rows(3, 2) },
    ]);
    const recipe: TensorRecipe = {
      name: 'm',
      rows: 5,
      cols: 32,
      kind: 'matrix',
      parts: [
        { tensor: 'a', rows: 3 },
        { tensor: 'b', rows: 2 },
      ],
    };
    const [record] = await recordsOf(planImport([recipe], directory, { weights: 'keep' }));
    const quants = [1, 2, 3, 4, 5].flatMap((value) => Array.from({ length: 32 }, () => value));
    const scales = [0, 1, 2, 3, 4].flatMap((low) => [low, 0x30]);
    expect([...record!]).toEqual([...quants, ...scales, 0, 0, 0, 0, 0, 0]);
  });

  it('reads neighbours at once, far parts by themselves, and past 4 GiB', async () => {
    const far = 5 * 2 ** 30;
    const { directory, reads } = sparseSource([
      { name: 'a', type: 'F32', rows: 64, cols: 32, offset: 1000, bytes: floats(7) },
      { name: 'b', type: 'F32', rows: 64, cols: 32, offset: 1000 + 8192 + 32, bytes: floats(8) },
      { name: 'c', type: 'F32', rows: 64, cols: 32, offset: far, bytes: floats(9) },
    ]);
    const recipes = ['c', 'b', 'a'].map((name): TensorRecipe => ({
      name,
      rows: 64,
      cols: 32,
      kind: 'matrix',
      parts: [{ tensor: name, rows: 64 }],
    }));
    const [record] = await recordsOf(planImport(recipes, directory, { weights: 'keep' }));
    expect(reads).toEqual([
      [1000, 8192 + 32 + 8192],
      [far, 8192],
    ]);
    expect([0, 1, 2].map((tensor) => floatsOf(record!)[tensor * 2048])).toEqual([7, 8, 9]);
  });

  it('takes the right rows of the right part into each record', async () => {
    const rows = (first: number, count: number): Uint8Array =>
      floats(...Array.from({ length: count * 32 }, (_, i) => first + Math.floor(i / 32)));
    const { directory } = sparseSource([
      { name: 'a', type: 'F32', rows: 100, cols: 32, offset: 0, bytes: rows(0, 100) },
      { name: 'b', type: 'F32', rows: 90, cols: 32, offset: 20_000, bytes: rows(100, 90) },
    ]);
    const recipe: TensorRecipe = {
      name: 'm',
      rows: 190,
      cols: 32,
      kind: 'matrix',
      parts: [
        { tensor: 'a', rows: 100 },
        { tensor: 'b', rows: 90 },
      ],
    };
    const plan = planImport([recipe], directory, { weights: 'keep', recordBytes: 64 * 128 });
    expect(plan.records.map(({ slabs }) => slabs)).toEqual([
      [{ tensor: 0, row: 0, rows: 64 }],
      [{ tensor: 0, row: 64, rows: 64 }],
      [{ tensor: 0, row: 128, rows: 62 }],
    ]);
    const stored = (await recordsOf(plan)).flatMap(floatsOf);
    expect(stored.filter((_, i) => i % 32 === 31)).toEqual(Array.from({ length: 190 }, (_, row) => row));
  });

  it('takes every second row from where a record begins', async () => {
    const file = ruledFile({ name: 'a', type: 'F32', rows: 400, cols: 32, value: (row) => row });
    const recipe: TensorRecipe = {
      name: 'm',
      rows: 190,
      cols: 32,
      kind: 'matrix',
      parts: [{ tensor: 'a', rows: 190, first: 3, step: 2 }],
    };
    const plan = planImport([recipe], file.directory, { weights: 'keep', recordBytes: 2 * 64 * 128 });
    expect(plan.records.length).toBeGreaterThan(2);
    const stored = (await recordsOf(plan)).flatMap(floatsOf);
    expect(stored.filter((_, i) => i % 32 === 31)).toEqual(Array.from({ length: 190 }, (_, r) => 3 + 2 * r));
  });

  it('requantises in steps without losing a row', async () => {
    // 600 rows of 4096 are more than two steps; each row is 127 times a power of two, so q8 is exact.
    const values = (row: number): number => 127 * 2 ** ((row % 7) - 3);
    const bytes = new Uint8Array(
      Float32Array.from({ length: 600 * 4096 }, (_, i) => values(Math.floor(i / 4096))).buffer,
    );
    const source: ByteSource = {
      name: 'm',
      size: bytes.length,
      read: (offset, length) => Promise.resolve(bytes.slice(offset, offset + length)),
    };
    const file: FileTensor = {
      name: 'a',
      type: 'F32',
      layout: 'f32',
      blocks: 1,
      rows: 600,
      cols: 4096,
      rowBytes: 16384,
      source,
      offset: 0,
    };
    const recipe: TensorRecipe = {
      name: 'm',
      rows: 600,
      cols: 4096,
      kind: 'matrix',
      parts: [{ tensor: 'a', rows: 600 }],
    };
    const plan = planImport([recipe], { tensors: new Map([['a', file]]) }, { weights: 'q8' });
    const [record] = await recordsOf(plan);
    expect(record!.length).toBe(600 * 4096 + 600 * 128 * 2);
    expect(record!.subarray(0, 600 * 4096).every((quant) => quant === 127)).toBe(true);
    const scales = new Uint16Array(record!.slice(600 * 4096).buffer);
    // f16 of 2^n is (n + 15) << 10.
    expect(scales.every((scale, group) => scale === ((Math.floor(group / 128) % 7) - 3 + 15) << 10)).toBe(
      true,
    );
  });
});
