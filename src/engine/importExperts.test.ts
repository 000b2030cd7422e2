import { describe, expect, it } from 'vitest';
import { f32ToBf16 } from '../base/floats.ts';
import { type ByteSource, padCols } from '../formats/index.ts';
import type { TensorPart, TensorRecipe } from '../models/index.ts';
import { planImport } from './importPlan.ts';
import { buildRecord } from './importRecord.ts';
import {
  differences,
  directly,
  recordsOf,
  ruledFile,
  type RuledTensor,
  signal,
} from '../tools/ruledTensors.ts';

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
    const { plan, records } = await recordsOf(ruledFile(...STACKED), STACKED_RECIPES);
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
    expect(
      differences(
        records,
        from0(EXPERTS).map((e) => expectedRecord('bf16', e)),
      ),
    ).toEqual([]);
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
    const { plan, records } = await recordsOf(file, recipes);
    expect(plan.records.map(({ slabs }) => slabs[1]!.row / HIDDEN)).toEqual([0, 2, 1]);
    expect(
      differences(
        records,
        [0, 1, 2].map((e) => expectedRecord('f32', e)),
      ),
    ).toEqual([]);
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
      const { plan, records } = await recordsOf(file, recipes);
      expect(plan.tensors.map(({ entry }) => entry.layout)).toEqual(['bf16', 'bf16']);
      expect(
        differences(
          records,
          from0(EXPERTS).map((e) => expectedRecord('bf16', e)),
        ),
      ).toEqual([]);
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
    const { records } = await recordsOf(ruledFile(...stacked, ...shared), recipes);
    expect(
      differences(
        records,
        from0(routed + pieces).map((e) => expectedRecord('bf16', e)),
      ),
    ).toEqual([]);
  });

  it('of a quantised stack keep its blocks', async () => {
    // Q8_0: 34 bytes for 32 values, an f16 scale and signed bytes; three blocks to a row.
    const [experts, rows, cols] = [3, 12, 96];
    const rowBytes = 3 * 34;
    const content = Uint8Array.from({ length: experts * rows * rowBytes }, (_, i) => (i * 31) >> 2);
    const source: ByteSource = {
      name: 'stack',
      size: content.length,
      read: (offset, length) => Promise.resolve(content.slice(offset, offset + length)),
    };
    const shape = { blocks: experts, rows: experts * rows, cols, rowBytes, source, offset: 0 };
    const tensors = new Map([['t', { ...shape, name: 't', type: 'Q8_0', layout: 'q8s' } as const]]);
    const recipe: TensorRecipe = {
      name: '0.expertDown',
      rows: experts * rows,
      cols,
      kind: 'matrix',
      experts,
      parts: [{ tensor: 't', rows: experts * rows }],
    };
    const plan = planImport([recipe], { tensors }, KEEP);
    for (const index of plan.records.keys()) {
      const blocks = content.subarray(index * rows * rowBytes, (index + 1) * rows * rowBytes);
      const record = await buildRecord(plan, index, directly, signal);
      const scales = blocks.filter((_, i) => i % 34 < 2);
      // 36 scales are 72 bytes, padded to 80.
      expect([...record]).toEqual([...blocks.filter((_, i) => i % 34 >= 2), ...scales, ...new Uint8Array(8)]);
    }
    expect(plan.records).toHaveLength(experts);
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
