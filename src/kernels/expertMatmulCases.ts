/** The cases of expertMatmul: both shapes and roles, each way of reading weights, odd sizes. */
import { scaleSpan, type WeightLayout } from '../formats/layouts.ts';
import type { HostArray, KernelCase, KernelShape, KernelSuite } from './card.ts';
import { expertBlocks, expertMatmul, expertTile, type ExpertMatmulOptions } from './expertMatmul.ts';
import {
  packRoutes,
  packTiles,
  plainSort,
  randomRoutes,
  randomSlots,
  type Routes,
  type Sorted,
} from './expertMatmul/plain.ts';
import { gated } from './matvec/plain.ts';
import { hasScales } from './quant/layouts.ts';
import { f32Tolerance, randomMatrix, randomRow, seededRandom, type PlainMatrix } from './quant/plain.ts';

interface Shape {
  readonly title: string;
  readonly tokens: number;
  readonly experts: number;
  readonly topK: number;
  readonly shared?: number;
  /** Outputs of an expert. */
  readonly rows: number;
  readonly wide?: boolean;
  readonly absent?: readonly number[];
  /** Slots of this binding of the pool; all of them where not given. */
  readonly window?: { readonly slotBase: number; readonly slotCount: number };
  readonly routes?: Routes;
}

/** Floats past the end of a row, which nobody may read into a sum or write. */
const GAP = 32;

function expertCase(options: ExpertMatmulOptions, shape: Shape, seed: number): KernelCase {
  const random = seededRandom(seed);
  const { layout, role, gate } = options;
  const { tokens, experts, topK, shared = 0, rows, absent = [] } = shape;
  const perToken = topK + shared;
  const ids = experts + shared;
  const window = shape.window ?? { slotBase: 0, slotCount: ids };
  const routes = shape.routes ?? randomRoutes({ tokens, experts, topK, shared }, random);
  const slots = randomSlots(ids, ids, absent, random);
  const sorted = plainSort(routes, slots, { idBase: 0, tile: expertTile(options.shape) });
  const matrixRows = gate === 'none' ? rows : rows * 2;
  const cols = columnsOf(layout, shape.wide ?? false);
  const matrix = randomMatrix({ layout, rows: window.slotCount * matrixRows, cols }, random);
  const xStride = matrix.padded + GAP;
  const yStride = rows + GAP;
  const entries = tokens * perToken;
  const inputs = role === 'down' ? entries : tokens;
  const x = new Float32Array(inputs * xStride);
  for (let i = 0; i < inputs; i++) {
    x.set(randomRow(cols, matrix.padded, random), i * xStride);
    x.fill(NaN, i * xStride + matrix.padded, (i + 1) * xStride);
  }
  const all: Readonly<Record<string, HostArray>> = {
    ...matrix.planes,
    x,
    order: Uint32Array.from(sorted.order),
    tiles: packTiles(sorted.tiles),
    y: randomRow(entries * yStride, entries * yStride, random),
    bias: randomRow(ids * matrixRows, ids * matrixRows, random),
    routes: packRoutes(routes),
  };
  const card = expertMatmul(options);
  const buffers = Object.fromEntries(card.bindings.map(({ name }) => [name, all[name]!]));
  const params = { rows, groups: matrix.padded / 32, xStride, yStride, perToken, ...window };
  const expected = {
    y: plainExperts(options, params, { matrix, sorted, routes, x, bias: all['bias']!, y: all['y']! }),
  };
  return {
    title: `${shape.title}: ${tokens} tokens, ${perToken} of ${ids}, [${rows}, ${cols}]`,
    card,
    params,
    tokens,
    indirect: [expertBlocks(options.shape, role, rows), sorted.tiles.length, 1],
    buffers,
    reference: () => expected,
    tolerance: f32Tolerance(expected),
  };
}

/** A width that fills no tile, as narrow as the layout allows or several groups wide. */
function columnsOf(layout: WeightLayout, wide: boolean): number {
  if (scaleSpan(layout) === 256) return wide ? 512 : 256;
  if (!hasScales(layout)) return wide ? 261 : 50;
  return wide ? 288 : 32;
}

type Numbers = Readonly<
  Record<'rows' | 'xStride' | 'yStride' | 'perToken' | 'slotBase' | 'slotCount', number>
>;

interface Content {
  readonly matrix: PlainMatrix;
  readonly sorted: Sorted;
  readonly routes: Routes;
  readonly x: ArrayLike<number>;
  readonly bias: ArrayLike<number>;
  readonly y: HostArray;
}

function plainExperts(
  { role, gate, bias, weighInput }: ExpertMatmulOptions,
  params: Numbers,
  { matrix, sorted, routes, x, bias: biases, y: before }: Content,
): Float32Array<ArrayBuffer> {
  const y = Float32Array.from(before);
  const chosen = routes.flat();
  const matrixRows = gate === 'none' ? params.rows : params.rows * 2;
  for (const { id, slot, first, count } of sorted.tiles) {
    const at = slot - params.slotBase;
    if (at < 0 || at >= params.slotCount) continue;
    for (const entry of sorted.order.slice(first, first + count)) {
      const input = role === 'down' ? entry : Math.floor(entry / params.perToken);
      const weight = weighInput ? chosen[entry]!.weight : 1;
      const sum = (row: number) => {
        let total = 0;
        for (let c = 0; c < matrix.padded; c++) {
          total +=
            matrix.weights[(at * matrixRows + row) * matrix.padded + c]! * x[input * params.xStride + c]!;
        }
        return total * weight + (bias ? biases[id * matrixRows + row]! : 0);
      };
      for (let r = 0; r < params.rows; r++) {
        const up = gate === 'none' ? 0 : sum(params.rows + r);
        y[entry * params.yStride + r] = gated(gate, sum(r), up);
      }
    }
  }
  return y;
}

const GATE_UP = { role: 'gateUp', gate: 'silu', bias: false, weighInput: false } as const;
const DOWN = { role: 'down', gate: 'none', bias: false, weighInput: false } as const;

/**
 * One of each way of reading weights, since compiling is what takes the time; matmul
 * holds the other layouts to their bytes through the same snippets.
 */
const VARIANTS: Readonly<Record<KernelShape, readonly Omit<ExpertMatmulOptions, 'shape'>[]>> = {
  software: [
    { ...GATE_UP, layout: 'f32' },
    { ...DOWN, layout: 'f16', bias: true },
    { ...GATE_UP, layout: 'f4e', gate: 'swigluOai', bias: true },
    { ...GATE_UP, layout: 'q4m', weighInput: true },
    { ...DOWN, layout: 'q4k' },
    { ...DOWN, layout: 'f8b' },
    { ...GATE_UP, layout: 'q8h', gate: 'geluTanh' },
  ],
  hardware: [
    { ...DOWN, layout: 'bf16', bias: true },
    { ...GATE_UP, layout: 'q4s', gate: 'swigluOai', bias: true },
    { ...GATE_UP, layout: 'q4m', bias: true, weighInput: true },
  ],
};

const onOne = (tokens: number, id: number): Routes =>
  Array.from({ length: tokens }, (_, t) => [{ id, weight: 0.5 + t / 64 }]);

/** Of every variant. */
const SHAPES: readonly Shape[] = [
  { title: 'one token', tokens: 1, experts: 5, topK: 1, rows: 1 },
  { title: 'shared pieces', tokens: 7, experts: 5, topK: 2, shared: 1, rows: 71, wide: true },
  {
    title: 'a part of the pool',
    tokens: 70,
    experts: 12,
    topK: 3,
    rows: 9,
    absent: [2, 9],
    window: { slotBase: 3, slotCount: 6 },
  },
];

/** Of the first variant of a shape: full tiles, many experts. */
const MORE_SHAPES: readonly Shape[] = [
  { title: 'full tiles', tokens: 32, experts: 3, topK: 1, rows: 130, routes: onOne(32, 1) },
  { title: 'one more than full tiles', tokens: 33, experts: 3, topK: 1, rows: 64, routes: onOne(33, 2) },
  { title: 'every expert', tokens: 17, experts: 5, topK: 5, rows: 33 },
  { title: 'most without a token', tokens: 3, experts: 60, topK: 4, rows: 20 },
  { title: 'more than a hundred', tokens: 20, experts: 130, topK: 2, rows: 3 },
  { title: 'nobody there', tokens: 2, experts: 2, topK: 1, rows: 8, absent: [0], routes: onOne(2, 0) },
];

function shapeCases(shape: KernelShape): readonly KernelCase[] {
  return VARIANTS[shape].flatMap((variant, v) =>
    [...SHAPES, ...(v === 0 ? MORE_SHAPES : [])].map((size, s) =>
      expertCase({ ...variant, shape }, size, 100 * (v + 1) + s),
    ),
  );
}

export const expertMatmulSuite: KernelSuite = {
  name: 'expertMatmul',
  cases: () => [...shapeCases('software'), ...shapeCases('hardware')],
};
