import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { bf16ToF32, f16ToF32, f32ToBf16 } from '../base/floats.ts';
import { quantBytes, quantiseRows, type QuantiseTarget, scaleBytes } from '../formats/index.ts';
import type { TensorPart, TensorRecipe } from '../models/index.ts';
import type { WeightChoice } from '../storage/index.ts';
import { planImport } from './importPlan.ts';
import { buildRecord } from './importRecord.ts';
import type { ReadRange } from './readAhead.ts';
import {
  directly,
  differences,
  recordsOf,
  ruledFile,
  type RuledFile,
  type RuledTensor,
  signal,
} from '../tools/ruledTensors.ts';

/** Values that quantising tells apart and bf16 keeps. */
const WAVE = Array.from({ length: 4093 }, (_, i) => bf16ToF32(f32ToBf16(Math.sin(i) * (1 + (i % 5)))));
const wave = (r: number, c: number): number => WAVE[(r * 977 + c) % WAVE.length]!;

/** Quants then scales of a whole matrix, quantised at once. */
function quantised(
  layout: QuantiseTarget,
  rows: number,
  cols: number,
  value: RuledTensor['value'],
): Uint8Array {
  const values = Float32Array.from({ length: rows * cols }, (_, i) => value(Math.floor(i / cols), i % cols));
  const quants = quantBytes(layout, rows, cols);
  const out = new Uint8Array(quants + scaleBytes(layout, rows, cols));
  quantiseRows(layout, values, rows, cols, { quants: out.subarray(0, quants), scales: out.subarray(quants) });
  return out;
}

describe('quantising while the weights stream in', { timeout: 30_000 }, () => {
  // Two experts whose matrices are more than a strip of 2 MiB each.
  const HIGH = 1200;
  const WIDE = 1056;
  const stack = (rows: number, cols: number, value: RuledTensor['value']): RuledFile =>
    ruledFile({ name: 't', type: 'BF16', blocks: 2, rows, cols, value });
  const recipe = (part: Partial<TensorPart>): TensorRecipe => ({
    name: '7.expertDown',
    rows: 2 * HIGH,
    cols: WIDE,
    kind: 'matrix',
    experts: 2,
    parts: [
      { tensor: 't', rows: HIGH, ...part },
      { tensor: 't', rows: HIGH, block: 1, ...part },
    ],
  });

  it.each(['q8', 'q4'] as const)('gives the bytes of the whole matrix quantised to %s', async (weights) => {
    const value = (e: number, r: number, c: number): number => wave(e * 5000 + r, c);
    const expected = [0, 1].map((e) => quantised(`${weights}s`, HIGH, WIDE, (r, c) => value(e, r, c)));
    const plain = stack(2 * HIGH, WIDE, (r, c) => value(Math.floor(r / HIGH), r % HIGH, c));
    expect(differences((await recordsOf(plain, [recipe({})], weights)).records, expected)).toEqual([]);
    const turned = stack(2 * WIDE, HIGH, (r, c) => value(Math.floor(r / WIDE), c, r % WIDE));
    expect(
      differences((await recordsOf(turned, [recipe({ turned: true })], weights)).records, expected),
    ).toEqual([]);
    // The same, if the file did not say that there are two of them.
    const turnedPart = { tensor: 't', rows: HIGH, turned: true };
    const parts = [turnedPart, { ...turnedPart, firstCol: WIDE }];
    const file = turned.directory.tensors.get('t')!;
    const one = { ...turned, directory: { tensors: new Map([['t', { ...file, blocks: 1 }]]) } };
    const { records } = await recordsOf(one, [{ ...recipe({}), parts }], weights);
    expect(differences(records, expected)).toEqual([]);
  });

  it('keeps routers as they are, and turned floats no longer than other ones', () => {
    const { directory } = ruledFile(
      { name: 'router', type: 'F32', rows: 8, cols: 64, value: () => 0 },
      { name: 'turned', type: 'F32', rows: 64, cols: 8, value: () => 0 },
    );
    const matrix = { rows: 8, cols: 64, kind: 'matrix' } as const;
    const recipes: TensorRecipe[] = [
      { ...matrix, name: '0.router', keep: true, parts: [{ tensor: 'router', rows: 8 }] },
      { ...matrix, name: '0.out', parts: [{ tensor: 'turned', rows: 8, turned: true }] },
    ];
    const layouts = (weights: WeightChoice): string[] =>
      planImport(recipes, directory, { weights }).tensors.map(({ entry }) => entry.layout);
    expect([layouts('keep'), layouts('q8'), layouts('q4')]).toEqual([
      ['f32', 'f32'],
      ['f32', 'q8s'],
      ['f32', 'q4s'],
    ]);
  });

  it.each(['q8', 'q4'] as const)('lets NaN through to the load, which refuses it, in %s', async (weights) => {
    const file = stack(2 * HIGH, WIDE, (r, c) => (r === 5 && c === 40 ? NaN : 1));
    const { records } = await recordsOf(file, [recipe({})], weights);
    const layout = `${weights}s` as const;
    const scales = new Uint16Array(records[0]!.slice(quantBytes(layout, HIGH, WIDE)).buffer);
    const group = (5 * WIDE) / 32 + 1;
    expect(f16ToF32(scales[group]!)).toBeNaN();
    expect(f16ToF32(scales[group + 1]!)).not.toBeNaN();
  });

  it('holds little more than the record it makes', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const live = (): number => {
      // The second one waits until what the first one found is freed.
      collect();
      collect();
      return process.memoryUsage().arrayBuffers;
    };
    // Turned and alternating, 18 MiB in bf16: the worst of the shapes, read in two batches.
    const [hidden, inner] = [1024, 3072];
    const file = ruledFile({
      name: 't',
      type: 'BF16',
      rows: hidden,
      cols: 3 * inner,
      value: (r, c) => (r ^ c) & 127,
    });
    const part = { tensor: 't', rows: inner, turned: true, step: 3 };
    const experts = 1;
    const shape = { cols: hidden, kind: 'matrix', experts } as const;
    const recipes: TensorRecipe[] = [
      {
        ...shape,
        name: '0.expertGateUp',
        rows: 2 * inner,
        parts: [part, { ...part, first: 1 }],
      },
      { ...shape, name: '0.expertDown', rows: inner, parts: [{ ...part, first: 2 }] },
    ];
    const plan = planImport(recipes, file.directory, { weights: 'q4' });
    const before = live();
    let peak = 0;
    const watched: ReadRange = async (range) => {
      const bytes = await directly(range, signal);
      peak = Math.max(peak, live() - before);
      return bytes;
    };
    const record = await buildRecord(plan, 0, watched, signal);
    expect(record.length).toBe(hidden * inner * 3 * (0.5 + 2 / 32));
    expect(file.reads.reduce((sum, [, length]) => sum + length, 0)).toBe(hidden * inner * 3 * 2);
    expect(Math.max(...file.reads.map(([, length]) => length))).toBeLessThanOrEqual(16 * 2 ** 20);
    expect(peak).toBeLessThanOrEqual(record.length + 17 * 2 ** 20);
  });
});
