import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { bf16ToF32, f16ToF32, f32ToBf16 } from '../base/floats.ts';
import { padCols, quantBytes, quantiseRows, type QuantiseTarget, scaleBytes } from '../formats/index.ts';
import type { TensorPart, TensorRecipe } from '../models/index.ts';
import type { WeightChoice } from '../storage/index.ts';
import { type ImportPlan, planImport } from './importPlan.ts';
import { buildRecord } from './importRecord.ts';
import type { ReadRange } from './readAhead.ts';
import { ruledFile, type RuledFile, type RuledTensor } from './testTensors.ts';

const signal = new AbortController().signal;
const directly: ReadRange = ({ source, offset, length }) => source.read(offset, length);
const KEEP = { weights: 'keep' } as const;
const from0 = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** One layer: 4 experts, hidden 64, inner 40 (of which rows of 40 are padded to 64). */
const EXPERTS = 4;
const HIDDEN = 64;
const INNER = 40;

/** What expert `e`'s gate, up and down hold at [row, col], whole numbers that bf16 keeps. */
const gate = (e: number, r: number, c: number): number => (e * 31 + r * 7 + c) % 128;
const up = (e: number, r: number, c: number): number => -gate(e, r, c) - 1;
const down = (e: number, r: number, c: number): number => 128 + ((e * 13 + r * 3 + c * 2) % 128);

function layer(experts: number, gateUp: readonly TensorPart[], downs: readonly TensorPart[]): TensorRecipe[] {
  return [
    {
      name: '0.expertGateUp',
      rows: experts * 2 * INNER,
      cols: HIDDEN,
      kind: 'matrix',
      experts,
      parts: gateUp,
    },
    { name: '0.expertDown', rows: experts * HIDDEN, cols: INNER, kind: 'matrix', experts, parts: downs },
  ];
}

/** An expert's record in f32 or bf16 by the layouts' definition: gate, up, down; rows padded with zeros. */
function expectedRecord(layout: 'f32' | 'bf16', e: number): Uint8Array {
  const rows = (count: number, cols: number, value: (e: number, r: number, c: number) => number): number[] =>
    from0(count).flatMap((r) => from0(padCols(cols)).map((c) => (c < cols ? value(e, r, c) : 0)));
  const values = [...rows(INNER, HIDDEN, gate), ...rows(INNER, HIDDEN, up), ...rows(HIDDEN, INNER, down)];
  const words = layout === 'f32' ? Float32Array.from(values) : Uint16Array.from(values.map(f32ToBf16));
  return new Uint8Array(words.buffer);
}

async function expertsOf(
  file: RuledFile,
  recipes: readonly TensorRecipe[],
  weights: WeightChoice = 'keep',
): Promise<{ plan: ImportPlan; records: Uint8Array[] }> {
  const plan = planImport(recipes, file.directory, { weights });
  const records: Uint8Array[] = [];
  for (const index of plan.records.keys()) records.push(await buildRecord(plan, index, directly, signal));
  return { plan, records };
}

/** Named by its first byte that differs; megabytes are compared. */
function expectSame(records: readonly Uint8Array[], expected: readonly Uint8Array[]): void {
  expect(records.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  const differing = records.map((bytes, i) =>
    Buffer.compare(bytes, expected[i]!) === 0 ? -1 : bytes.findIndex((byte, at) => byte !== expected[i]![at]),
  );
  expect(differing).toEqual(records.map(() => -1));
}

/** GGUF's way: three stacks of plain matrices. */
const STACKED: readonly RuledTensor[] = [
  {
    name: 'down_exps',
    type: 'BF16',
    blocks: EXPERTS,
    rows: EXPERTS * HIDDEN,
    cols: INNER,
    value: (r, c) => down(Math.floor(r / HIDDEN), r % HIDDEN, c),
  },
  {
    name: 'gate_exps',
    type: 'BF16',
    blocks: EXPERTS,
    rows: EXPERTS * INNER,
    cols: HIDDEN,
    value: (r, c) => gate(Math.floor(r / INNER), r % INNER, c),
  },
  {
    name: 'up_exps',
    type: 'BF16',
    blocks: EXPERTS,
    rows: EXPERTS * INNER,
    cols: HIDDEN,
    value: (r, c) => up(Math.floor(r / INNER), r % INNER, c),
  },
];
const STACKED_RECIPES = layer(
  EXPERTS,
  from0(EXPERTS).flatMap((block) => [
    { tensor: 'gate_exps', rows: INNER, block },
    { tensor: 'up_exps', rows: INNER, block },
  ]),
  [{ tensor: 'down_exps', rows: EXPERTS * HIDDEN }],
);

describe('experts', () => {
  it('are a record each, gate and up before down, wherever the file has them', async () => {
    const { plan, records } = await expertsOf(ruledFile(...STACKED), STACKED_RECIPES);
    // Down is first in the file, hence the plan's tensor 0.
    expect(plan.tensors.map(({ entry }) => [entry.name, entry.layout, entry.experts])).toEqual([
      ['0.expertDown', 'bf16', EXPERTS],
      ['0.expertGateUp', 'bf16', EXPERTS],
    ]);
    expect(plan.records.map(({ slabs }) => slabs)).toEqual(
      from0(EXPERTS).map((e) => [
        { tensor: 1, row: e * 2 * INNER, rows: 2 * INNER },
        { tensor: 0, row: e * HIDDEN, rows: HIDDEN },
      ]),
    );
    expectSame(
      records,
      from0(EXPERTS).map((e) => expectedRecord('bf16', e)),
    );
    expect(plan.sourceBytes).toBe(EXPERTS * 3 * INNER * HIDDEN * 2);
  });

  it('come from tensors of their own, in the order of those', async () => {
    const matrix = (name: string, rows: number, cols: number, value: RuledTensor['value']): RuledTensor => ({
      name,
      type: 'F32',
      rows,
      cols,
      value,
    });
    // As safetensors writers sort names: expert 10 before expert 2.
    const order = [0, 10, 2].map((e) => `e${e}`);
    const files = order.flatMap((name, e) => [
      matrix(`${name}.down`, HIDDEN, INNER, (r, c) => down(e, r, c)),
      matrix(`${name}.gate`, INNER, HIDDEN, (r, c) => gate(e, r, c)),
      matrix(`${name}.up`, INNER, HIDDEN, (r, c) => up(e, r, c)),
    ]);
    const recipes = layer(
      3,
      ['e0', 'e2', 'e10'].flatMap((e) =>
        ['gate', 'up'].map((what) => ({ tensor: `${e}.${what}`, rows: INNER })),
      ),
      ['e0', 'e2', 'e10'].map((e) => ({ tensor: `${e}.down`, rows: HIDDEN })),
    );
    const file = ruledFile(...files);
    const { plan, records } = await expertsOf(file, recipes);
    expect(plan.records.map(({ slabs }) => slabs[1]!.row / HIDDEN)).toEqual([0, 2, 1]);
    expectSame(
      records,
      [0, 1, 2].map((e) => expectedRecord('f32', e)),
    );
    // One request each, forwards.
    expect(file.reads.map(([, length]) => length)).toEqual([0, 1, 2].map(() => 3 * INNER * HIDDEN * 4));
    expect(file.reads.map(([offset]) => offset)).toEqual(
      file.reads.map(([offset]) => offset).toSorted((a, b) => a - b),
    );
  });

  it.each([
    ['halves, as in Llama 4', 1, [0, INNER]],
    ['alternating, as in gpt-oss', 2, [0, 1]],
  ])(
    'come from turned stacks of gate and up in %s, each read once',
    async (_, step, [first = 0, second = 0]) => {
      const file = ruledFile(
        {
          name: 'gate_up',
          type: 'BF16',
          blocks: EXPERTS,
          rows: EXPERTS * HIDDEN,
          cols: 2 * INNER,
          value: (r, c) => {
            const isUp = step === 1 ? c >= INNER : c % 2 === 1;
            return (isUp ? up : gate)(Math.floor(r / HIDDEN), step === 1 ? c % INNER : c >> 1, r % HIDDEN);
          },
        },
        {
          name: 'down',
          type: 'BF16',
          blocks: EXPERTS,
          rows: EXPERTS * INNER,
          cols: HIDDEN,
          value: (r, c) => down(Math.floor(r / INNER), c, r % INNER),
        },
      );
      const turned = true;
      const recipes = layer(
        EXPERTS,
        from0(EXPERTS).flatMap((block) => [
          { tensor: 'gate_up', rows: INNER, block, turned, first, step },
          { tensor: 'gate_up', rows: INNER, block, turned, first: second, step },
        ]),
        from0(EXPERTS).map((block) => ({ tensor: 'down', rows: HIDDEN, block, turned })),
      );
      const { plan, records } = await expertsOf(file, recipes);
      expect(plan.tensors.map(({ entry }) => entry.layout)).toEqual(['bf16', 'bf16']);
      expectSame(
        records,
        from0(EXPERTS).map((e) => expectedRecord('bf16', e)),
      );
      // Gate and up share their rows in the file; down lies near enough to be read along.
      expect(file.reads).toHaveLength(EXPERTS);
      expect(plan.sourceBytes).toBe(EXPERTS * 3 * INNER * HIDDEN * 2);
    },
  );

  it('include pieces of a shared one, cut by rows and by columns', async () => {
    const routed = 2;
    const pieces = 2;
    const expertAt = (r: number, rows: number): [number, number] => [routed + Math.floor(r / rows), r % rows];
    const shared: RuledTensor[] = [
      {
        name: 'shared.gate',
        type: 'BF16',
        rows: pieces * INNER,
        cols: HIDDEN,
        value: (r, c) => gate(...expertAt(r, INNER), c),
      },
      {
        name: 'shared.up',
        type: 'BF16',
        rows: pieces * INNER,
        cols: HIDDEN,
        value: (r, c) => up(...expertAt(r, INNER), c),
      },
      {
        name: 'shared.down',
        type: 'BF16',
        rows: HIDDEN,
        cols: pieces * INNER,
        value: (r, c) => down(expertAt(c, INNER)[0], r, c % INNER),
      },
    ];
    const stacked = STACKED.map((tensor) => ({
      ...tensor,
      blocks: routed,
      rows: (tensor.rows / EXPERTS) * routed,
    }));
    const recipes = layer(
      routed + pieces,
      [
        ...STACKED_RECIPES[0]!.parts.slice(0, 2 * routed),
        ...from0(pieces).flatMap((piece) => [
          { tensor: 'shared.gate', rows: INNER, first: piece * INNER },
          { tensor: 'shared.up', rows: INNER, first: piece * INNER },
        ]),
      ],
      [
        { tensor: 'down_exps', rows: routed * HIDDEN },
        ...from0(pieces).map((piece) => ({ tensor: 'shared.down', rows: HIDDEN, firstCol: piece * INNER })),
      ],
    );
    const { records } = await expertsOf(ruledFile(...stacked, ...shared), recipes);
    expectSame(
      records,
      from0(routed + pieces).map((e) => expectedRecord('bf16', e)),
    );
  });

  it('keep to their records among the rest, which goes forwards through the file', () => {
    const norm = (name: string): RuledTensor => ({
      name,
      type: 'F32',
      rows: 1,
      cols: HIDDEN,
      value: () => 1,
    });
    const vector = (name: string, tensor: string): TensorRecipe => ({
      name,
      rows: 1,
      cols: HIDDEN,
      kind: 'vector',
      parts: [{ tensor, rows: 1 }],
    });
    const file = ruledFile(norm('before'), ...STACKED, norm('after'), norm('last'));
    const recipes = [vector('z', 'last'), vector('b', 'after'), vector('a', 'before'), ...STACKED_RECIPES];
    const plan = planImport(recipes, file.directory, { weights: 'keep', recordBytes: 1024 });
    const names = plan.records.map(({ slabs }) =>
      slabs.map(({ tensor }) => plan.tensors[tensor]!.entry.name),
    );
    const expert = ['0.expertGateUp', '0.expertDown'];
    expect(names).toEqual([['a'], expert, expert, expert, expert, ['b', 'z']]);
  });

  it('are refused where their scales would share a word of the GPU, and named where one is missing', () => {
    const odd: TensorRecipe = {
      name: '0.expertDown',
      rows: 2 * 33,
      cols: 32,
      kind: 'matrix',
      experts: 2,
      parts: [{ tensor: 'd', rows: 66 }],
    };
    const file = ruledFile({ name: 'd', type: 'F32', blocks: 2, rows: 66, cols: 32, value: () => 0 });
    expect(() => planImport([odd], file.directory, { weights: 'q4' })).toThrow(
      expect.objectContaining({
        code: 'BAD_DIMENSIONS',
        detail: expect.objectContaining({ tensor: '0.expertDown' }),
      }),
    );
    expect(planImport([odd], file.directory, KEEP).records).toHaveLength(2);

    const without = ruledFile(...STACKED.filter(({ name }) => name !== 'up_exps'));
    expect(() => planImport(STACKED_RECIPES, without.directory, KEEP)).toThrow(
      expect.objectContaining({ code: 'MISSING_TENSOR', detail: { tensor: 'up_exps' } }),
    );
    // A stack of other experts than the recipe's.
    const fewer = ruledFile(...STACKED.map((t) => ({ ...t, blocks: 2, rows: t.rows / 2 })));
    expect(() => planImport(STACKED_RECIPES, fewer.directory, KEEP)).toThrow(
      expect.objectContaining({ code: 'BAD_DIMENSIONS' }),
    );
    const narrow = ruledFile(...STACKED.map((t) => ({ ...t, cols: t.cols - 8 })));
    expect(() => planImport(STACKED_RECIPES, narrow.directory, KEEP)).toThrow(
      expect.objectContaining({ code: 'BAD_DIMENSIONS' }),
    );
  });

  it('of a layer must be as many in each matrix, and share its rows equally', () => {
    const [gateUp, downs] = STACKED_RECIPES as [TensorRecipe, TensorRecipe];
    const { directory } = ruledFile(...STACKED);
    expect(() => planImport([gateUp, { ...downs, experts: 2 }], directory, KEEP)).toThrow('4 and 2 experts');
    expect(() => planImport([{ ...gateUp, experts: 3 }], directory, KEEP)).toThrow('not 3 equal shares');
  });
});

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

describe('quantising while the weights stream in', () => {
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
    parts: [0, 1].map((block) => ({ tensor: 't', rows: HIGH, block, ...part })),
  });

  it.each(['q8', 'q4'] as const)('gives the bytes of the whole matrix quantised to %s', async (weights) => {
    const value = (e: number, r: number, c: number): number => wave(e * 5000 + r, c);
    const expected = [0, 1].map((e) => quantised(`${weights}s`, HIGH, WIDE, (r, c) => value(e, r, c)));
    const plain = stack(2 * HIGH, WIDE, (r, c) => value(Math.floor(r / HIGH), r % HIGH, c));
    expectSame((await expertsOf(plain, [recipe({})], weights)).records, expected);
    const turned = stack(2 * WIDE, HIGH, (r, c) => value(Math.floor(r / WIDE), c, r % WIDE));
    expectSame((await expertsOf(turned, [recipe({ turned: true })], weights)).records, expected);
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
    const { records } = await expertsOf(file, [recipe({})], weights);
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
      collect();
      return process.memoryUsage().arrayBuffers;
    };
    // Turned and alternating, 24 MiB in bf16: the worst of the shapes, read in two batches.
    const [hidden, inner] = [1024, 4096];
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
        parts: [0, 1].map((first) => ({ ...part, first })),
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
