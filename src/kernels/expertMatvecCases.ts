/**
 * The cases of expertGateUp and expertDown: every layout in one of the two, every gate,
 * biases, permuted slots, absent experts, and a pool cut over two bindings.
 */
import { scaleSpan, WEIGHT_LAYOUTS, type WeightLayout } from '../formats/layouts.ts';
import type { HostArray, KernelCase, KernelShape, KernelSuite, Params } from './card.ts';
import {
  expertDown,
  expertGateUp,
  type ExpertDownOptions,
  type ExpertGateUpOptions,
} from './expertMatvec.ts';
import { gated, rmsScale } from './matvec/plain.ts';
import { hasScales } from './quant/layouts.ts';
import { f32Tolerance, randomMatrix, randomRow, seededRandom, type PlainMatrix } from './quant/plain.ts';

/** Where the experts of a case lie, and which of them the token takes. */
interface Choice {
  /** Slot of each expert in the whole pool; null where it is not there. */
  readonly slots: readonly (number | null)[];
  /** Experts of the token's entries, counted from idBase. */
  readonly taken: readonly number[];
  readonly idBase?: number;
  /** Entries before those launched. */
  readonly firstEntry?: number;
  /** The slots bound, [from, to); all where not given. */
  readonly bound?: readonly [number, number];
}

interface Sizes {
  readonly rows: number;
  readonly cols: number;
}

const EPS = 1e-5;
const ABSENT = 0xffffffff;

const ALL: Choice = { slots: [2, 0, 3, 1], taken: [0, 1, 3] };
const SPARSE: Choice = {
  slots: [3, null, 0, 5, null, 1, 2, null, 4],
  taken: [2, 4, 5, 8, 7, 3],
  idBase: 7,
  firstEntry: 2,
};
const NONE: Choice = { slots: [null, 0, null], taken: [0, 2] };

interface Pool {
  readonly matrix: PlainMatrix;
  /** What the choice binds: the table, the entries, the pool's planes as far as bound. */
  readonly buffers: Readonly<Record<string, HostArray>>;
  readonly params: Params;
  readonly entries: readonly Entry[];
  /** The same for the whole pool. */
  readonly everyEntry: readonly Entry[];
}

/** An entry whose expert is there. */
interface Entry {
  /** Among the entries launched. */
  readonly k: number;
  readonly expert: number;
  readonly slot: number;
  readonly weight: number;
}

function poolOf(layout: WeightLayout, choice: Choice, { rows, cols }: Sizes, random: () => number): Pool {
  const { slots, taken, idBase = 0, firstEntry = 0 } = choice;
  const count = slots.filter((slot) => slot !== null).length;
  const [from, to] = choice.bound ?? [0, count];
  const matrix = randomMatrix({ layout, rows: count * rows, cols }, random);
  const weights = randomRow(taken.length, taken.length, random);
  const everyEntry = taken.flatMap((expert, k) => {
    const slot = slots[expert] ?? null;
    return slot === null ? [] : [{ k, expert, slot, weight: weights[k]! }];
  });
  const part = (plane: HostArray) => plane.slice((plane.length * from) / count, (plane.length * to) / count);
  const planes = Object.entries(matrix.planes).map(([name, plane]) => [name, part(plane)] as const);
  const routes = new Uint32Array((firstEntry + taken.length) * 2);
  routes.fill(idBase, 0, firstEntry * 2);
  taken.forEach((expert, k) => {
    routes[(firstEntry + k) * 2] = idBase + expert;
    new Float32Array(routes.buffer)[(firstEntry + k) * 2 + 1] = weights[k]!;
  });
  return {
    matrix,
    buffers: {
      ...Object.fromEntries(choice.bound === undefined ? Object.entries(matrix.planes) : planes),
      routes,
      slots: Uint32Array.from(slots, (slot) => slot ?? ABSENT),
    },
    params: { firstEntry, entries: taken.length, idBase, slotBase: from, slotCount: to - from },
    entries: everyEntry.filter(({ slot }) => slot >= from && slot < to),
    everyEntry,
  };
}

function titleOf({ rows, cols }: Sizes, choice: Choice): string {
  const { slots, taken, bound } = choice;
  const window = bound === undefined ? '' : `, slots ${bound.join('..')}`;
  return `[${rows}, ${cols}] ${taken.length} of ${slots.length}${window}`;
}

/** Row `row` of the matrix times `input`. */
function dot({ weights, padded }: PlainMatrix, row: number, input: ArrayLike<number>): number {
  let sum = 0;
  for (let c = 0; c < padded; c++) sum += weights[row * padded + c]! * input[c]!;
  return sum;
}

function gateUpCase(options: ExpertGateUpOptions, sizes: Sizes, choice: Choice, seed: number): KernelCase {
  const random = seededRandom(seed);
  const { rows, cols } = sizes;
  const pool = poolOf(options.layout, choice, { rows: rows * 2, cols }, random);
  const { matrix, entries } = pool;
  const yStride = rows + 5;
  const card = expertGateUp(options);
  const all: Readonly<Record<string, HostArray>> = {
    ...pool.buffers,
    x: randomRow(cols, matrix.padded, random, 3),
    normWeight: randomRow(cols, matrix.padded, random),
    bias: randomRow(choice.slots.length * rows * 2, choice.slots.length * rows * 2, random),
    y: randomRow(choice.taken.length * yStride, choice.taken.length * yStride, random),
  };
  const scale = rmsScale(all['x']!, 0, cols, EPS);
  const y = Float32Array.from(all['y']!);
  for (const { k, expert, slot, weight } of entries) {
    const input = Float64Array.from(
      all['x']!,
      (value, c) => value * scale * all['normWeight']![c]! * (options.weighInput ? weight : 1),
    );
    const sum = (row: number) =>
      dot(matrix, slot * 2 * rows + row, input) + (options.bias ? all['bias']![expert * 2 * rows + row]! : 0);
    for (let r = 0; r < rows; r++) y[k * yStride + r] = gated(options.gate, sum(r), sum(rows + r));
  }
  return {
    title: titleOf(sizes, choice),
    card,
    params: { ...pool.params, rows, groups: matrix.padded / 32, width: cols, eps: EPS, yStride },
    tokens: 1,
    buffers: Object.fromEntries(card.bindings.map(({ name }) => [name, all[name]!])),
    reference: () => ({ y }),
    tolerance: f32Tolerance({ y }),
  };
}

/** With `after`, y is what the slots bound before left, and what all slots make is awaited. */
function downCase(
  options: ExpertDownOptions,
  sizes: Sizes,
  choice: Choice & { readonly after?: boolean },
  seed: number,
): KernelCase {
  const random = seededRandom(seed);
  const { rows, cols } = sizes;
  const pool = poolOf(options.layout, choice, sizes, random);
  const { matrix } = pool;
  const xStride = matrix.padded + 32;
  const x = new Float32Array(choice.taken.length * xStride);
  for (let k = 0; k < choice.taken.length; k++) x.set(randomRow(cols, matrix.padded, random), k * xStride);
  const bias = randomRow(choice.slots.length * rows, choice.slots.length * rows, random);
  const plus = (start: Float32Array<ArrayBuffer>, entries: readonly Entry[]) =>
    start.map((before, r) =>
      entries.reduce((sum, { k, expert, slot, weight }) => {
        if (r >= rows) return sum;
        const output = dot(matrix, slot * rows + r, x.subarray(k * xStride));
        return sum + (options.weigh ? weight : 1) * (output + (options.bias ? bias[expert * rows + r]! : 0));
      }, before),
    );
  const blank = randomRow(rows + 3, rows + 3, random);
  const others = pool.everyEntry.filter((entry) => !pool.entries.includes(entry));
  const before = choice.after === true ? plus(blank, others) : blank;
  const y = choice.after === true ? plus(blank, pool.everyEntry) : plus(blank, pool.entries);
  const card = expertDown(options);
  const all: Readonly<Record<string, HostArray>> = { ...pool.buffers, x, bias, y: before };
  return {
    title: titleOf(sizes, choice),
    card,
    params: { ...pool.params, rows, groups: matrix.padded / 32, xStride },
    tokens: 1,
    buffers: Object.fromEntries(card.bindings.map(({ name }) => [name, all[name]!])),
    reference: () => ({ y }),
    tolerance: f32Tolerance({ y }),
  };
}

const SHAPES: readonly KernelShape[] = ['hardware', 'software'];
const GATES = ['silu', 'geluTanh', 'swigluOai'] as const;

/** Narrower than a team of lanes, and wider; odd where a weight can be zero by itself. */
function widths(layout: WeightLayout): readonly [number, number] {
  const span = scaleSpan(layout);
  if (!hasScales(layout)) return [50, 1061];
  return [span, span < 256 ? 1056 : 1280];
}

/** Of every four layouts a kernel gets one in each shape, the other kernel the other two. */
function everyLayout(kernel: 'gateUp' | 'down'): readonly KernelCase[] {
  return WEIGHT_LAYOUTS.flatMap((layout, i) => {
    const shape = SHAPES[i % 2]!;
    const round = Math.floor(i / 4);
    const isGateUp = i % 4 === 0 || i % 4 === 3;
    if (isGateUp !== (kernel === 'gateUp')) return [];
    const [narrow, wide] = widths(layout);
    const runs: readonly (readonly [Sizes, Choice])[] = [
      [{ rows: 7, cols: narrow }, SPARSE],
      [{ rows: 67, cols: narrow }, ALL],
      [{ rows: 5, cols: wide }, ALL],
    ];
    const bias = round % 2 === 1;
    return runs.map(([sizes, choice], run) => {
      const seed = i * 10 + run + 1;
      return kernel === 'gateUp'
        ? gateUpCase(
            { layout, shape, gate: GATES[round % 3]!, bias, weighInput: round === 1 },
            sizes,
            choice,
            seed,
          )
        : downCase({ layout, shape, bias, weigh: round !== 1 }, sizes, choice, seed);
    });
  });
}

const NARROW: Sizes = { rows: 10, cols: 96 };

function gateUpCases(): readonly KernelCase[] {
  const f32 = (shape: KernelShape, choice: Choice, seed: number) =>
    gateUpCase(
      { layout: 'f32', shape, gate: 'swigluOai', bias: true, weighInput: true },
      NARROW,
      choice,
      seed,
    );
  return [
    ...everyLayout('gateUp'),
    ...SHAPES.flatMap((shape) => [
      f32(shape, NONE, 1),
      f32(shape, { ...SPARSE, bound: [0, 2] }, 2),
      f32(shape, { ...SPARSE, bound: [2, 6] }, 2),
    ]),
  ];
}

function downCases(): readonly KernelCase[] {
  const q4s = (shape: KernelShape, choice: Choice & { readonly after?: boolean }, seed: number) =>
    downCase({ layout: 'q4s', shape, bias: true, weigh: true }, NARROW, choice, seed);
  return [
    ...everyLayout('down'),
    ...SHAPES.flatMap((shape) => [
      q4s(shape, NONE, 1),
      q4s(shape, { ...SPARSE, bound: [0, 2] }, 2),
      q4s(shape, { ...SPARSE, bound: [2, 6], after: true }, 2),
    ]),
  ];
}

export const expertGateUpSuite: KernelSuite = { name: 'expertGateUp', cases: gateUpCases };
export const expertDownSuite: KernelSuite = { name: 'expertDown', cases: downCases };
