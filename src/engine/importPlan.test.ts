import { describe, expect, it } from 'vitest';
import { type DiskType, type FileTensor, layoutOf, type TensorDirectory } from '../formats/index.ts';
import type { TensorRecipe } from '../models/index.ts';
import { type ImportPlan, planImport } from './importPlan.ts';

const BITS: Partial<Record<DiskType, number>> = { F32: 32, BF16: 16, Q4_0: 4.5, Q8_0: 8.5 };
const source = { name: 'm', size: 1e12, read: () => Promise.reject(new Error('planning reads nothing')) };

function directory(
  ...tensors: readonly [name: string, type: DiskType, rows: number, cols: number][]
): TensorDirectory {
  let offset = 1000;
  const entries = tensors.map(([name, type, rows, cols]): [string, FileTensor] => {
    const rowBytes = (cols * BITS[type]!) / 8;
    const tensor = { name, type, layout: layoutOf(type), blocks: 1, rows, cols, rowBytes, source, offset };
    offset += rows * rowBytes;
    return [name, tensor];
  });
  return { tensors: new Map(entries) };
}

function matrix(name: string, cols: number, parts: Record<string, number>): TensorRecipe {
  const rows = Object.values(parts).reduce((a, b) => a + b);
  return {
    name,
    rows,
    cols,
    kind: 'matrix',
    parts: Object.entries(parts).map(([tensor, n]) => ({ tensor, rows: n })),
  };
}

const KEEP = { weights: 'keep' } as const;

/** Every row of every tensor once, in order; slabs in whole steps of 64. */
function expectWhole(plan: ImportPlan): void {
  const reached = plan.tensors.map(() => 0);
  for (const { slabs } of plan.records) {
    expect(slabs.length).toBeGreaterThan(0);
    for (const { tensor, row, rows } of slabs) {
      expect(row).toBe(reached[tensor]);
      reached[tensor]! += rows;
      if (reached[tensor] !== plan.tensors[tensor]!.entry.rows) expect(rows % 64).toBe(0);
    }
  }
  expect(reached).toEqual(plan.tensors.map(({ entry }) => entry.rows));
}

describe('planImport', () => {
  it('cuts a large matrix into full records', () => {
    // 8192 x 4096 of Q8_0: 32 MiB of quants and 2 MiB of scales.
    const plan = planImport([matrix('a', 4096, { A: 8192 })], directory(['A', 'Q8_0', 8192, 4096]), KEEP);
    expectWhole(plan);
    expect(plan.bytes).toBe(8192 * 4096 + 8192 * 128 * 2);
    expect(plan.records).toEqual([
      // 32 MiB / (4096 + 256) a row = 7710.1, in steps of 64.
      { slabs: [{ tensor: 0, row: 0, rows: 7680 }], bytes: 7680 * 4352, sourceBytes: 7680 * 4352 },
      { slabs: [{ tensor: 0, row: 7680, rows: 512 }], bytes: 512 * 4352, sourceBytes: 512 * 4352 },
    ]);
  });

  it('bounds what is read as well as what is stored', () => {
    const plan = planImport([matrix('a', 4096, { A: 8192 })], directory(['A', 'F32', 8192, 4096]), {
      weights: 'q4',
    });
    expectWhole(plan);
    expect(plan.records.map(({ sourceBytes }) => sourceBytes)).toEqual(
      Array.from({ length: 4 }, () => 32 * 1024 * 1024),
    );
    expect(plan.bytes).toBe(8192 * 4096 * 0.5 + 8192 * 128 * 2);
  });

  it('packs small tensors together and goes through the file forwards', () => {
    const files = directory(
      ['A', 'Q4_0', 100, 64],
      ['B', 'F32', 1, 48],
      ['C', 'Q4_0', 10, 64],
      ['D', 'Q4_0', 7, 64],
    );
    const recipes: TensorRecipe[] = [
      matrix('joined', 64, { D: 7, C: 10 }),
      { name: 'vector', rows: 1, cols: 48, kind: 'vector', parts: [{ tensor: 'B', rows: 1 }] },
      matrix('a', 64, { A: 100 }),
    ];
    const plan = planImport(recipes, files, KEEP);
    expectWhole(plan);
    expect(plan.tensors.map(({ entry }) => [entry.name, entry.layout])).toEqual([
      ['a', 'q4s'],
      ['vector', 'f32'],
      ['joined', 'q4s'],
    ]);
    expect(plan.records).toHaveLength(1);
    // 48 values are padded to 64; 17 rows have 34 scales, 68 bytes, padded to 80.
    expect(plan.bytes).toBe(100 * 32 + 400 + 64 * 4 + 17 * 32 + 80);
    expect(planImport(recipes, files, KEEP)).toEqual(plan);
  });

  it('keeps every invariant for many shapes', () => {
    for (let n = 1; n < 60; n++) {
      const rows = ((n * 7919) % 1500) + 1;
      const cols = 32 * (((n * 31) % 9) + 1);
      const type = (['F32', 'BF16', 'Q4_0', 'Q8_0'] as const)[n % 4]!;
      const files = directory(['A', type, rows, cols], ['B', type, n, cols], ['C', 'F32', 1, n]);
      const recipes: TensorRecipe[] = [
        matrix('a', cols, { B: n, A: rows }),
        { name: 'c', rows: 1, cols: n, kind: 'vector', parts: [{ tensor: 'C', rows: 1 }] },
      ];
      for (const weights of ['keep', 'q8', 'q4'] as const) {
        const plan = planImport(recipes, files, { weights, recordBytes: 100_000 });
        expectWhole(plan);
        for (const { bytes, sourceBytes } of plan.records) {
          expect(bytes).toBeLessThanOrEqual(100_000);
          expect(sourceBytes).toBeLessThanOrEqual(100_000);
        }
      }
    }
  });

  it('requantises what is wider than asked and nothing else', () => {
    const files = directory(
      ['E', 'BF16', 64, 64],
      ['F', 'F32', 64, 64],
      ['Q8', 'Q8_0', 64, 64],
      ['Q4', 'Q4_0', 64, 64],
      ['V', 'BF16', 1, 64],
    );
    const recipes = [
      matrix('embed', 64, { E: 64 }),
      matrix('f', 64, { F: 64 }),
      matrix('q8', 64, { Q8: 64 }),
      matrix('q4', 64, { Q4: 64 }),
      { ...matrix('v', 64, { V: 1 }), kind: 'vector' as const },
    ];
    const layouts = (weights: 'keep' | 'q8' | 'q4') =>
      planImport(recipes, files, { weights }).tensors.map(({ entry }) => entry.layout);
    expect(layouts('keep')).toEqual(['bf16', 'f32', 'q8s', 'q4s', 'f32']);
    expect(layouts('q8')).toEqual(['q8s', 'q8s', 'q8s', 'q4s', 'f32']);
    expect(layouts('q4')).toEqual(['q8s', 'q4s', 'q4s', 'q4s', 'f32']);
  });

  it('names a tensor that is missing, misshapen or absurd', () => {
    const files = directory(['A', 'F32', 4, 64], ['W', 'F32', 64, 10_000_000]);
    expect(() => planImport([matrix('b', 64, { B: 4 })], files, KEEP)).toThrow(
      expect.objectContaining({ code: 'MISSING_TENSOR' }),
    );
    expect(() => planImport([matrix('a', 64, { A: 5 })], files, KEEP)).toThrow(
      expect.objectContaining({ code: 'BAD_DIMENSIONS' }),
    );
    expect(() => planImport([matrix('w', 10_000_000, { W: 64 })], files, KEEP)).toThrow(
      expect.objectContaining({ code: 'BAD_DIMENSIONS', detail: { tensor: 'w', cols: 10_000_000 } }),
    );
  });
});
