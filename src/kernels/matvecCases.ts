/** The cases of matvec: every layout in both shapes, each prologue and epilogue, odd sizes. */
import { scaleSpan, WEIGHT_LAYOUTS, type WeightLayout } from '../formats/layouts.ts';
import type { HostArray, KernelCase, KernelShape, KernelSuite } from './card.ts';
import { matvec, type MatvecOptions } from './matvec.ts';
import { gated, rmsScale, softCapped } from './matvec/plain.ts';
import { hasScales } from './quant/layouts.ts';
import {
  f32Tolerance,
  randomMatrix,
  randomRow,
  seededRandom,
  type PlainMatrix,
  type ScaleRange,
} from './quant/plain.ts';

interface Shape {
  readonly rows: number;
  readonly cols: number;
  readonly yOffset?: number;
  readonly softCap?: number;
  readonly scales?: ScaleRange;
  /** The second half of the columns undoes all but a thousandth of the first. */
  readonly cancelling?: boolean;
}

const EPS = 1e-5;
const OUT_SCALE = 0.5;
const PLAIN: Omit<MatvecOptions, 'layout' | 'shape'> = {
  prologue: 'none',
  bias: false,
  add: false,
  gate: 'none',
};

function matvecCase(options: MatvecOptions, shape: Shape, seed: number): KernelCase {
  const random = seededRandom(seed);
  const { rows, cols, yOffset = 0, softCap = 0, scales = 'usual' } = shape;
  const matrixRows = options.gate === 'none' ? rows : rows * 2;
  const matrix = randomMatrix({ layout: options.layout, rows: matrixRows, cols, scales }, random);
  const row = (size = 1) => randomRow(cols, matrix.padded, random, size);
  const card = matvec(options);
  const all: Readonly<Record<string, HostArray>> = {
    ...matrix.planes,
    x: row(),
    y: randomRow(yOffset + rows, yOffset + rows + 3, random),
    bias: randomRow(matrixRows, matrixRows, random),
    normWeight: row(2),
    o: row(3),
    postWeight: row(),
    hOut: new Float32Array(matrix.padded),
  };
  if (shape.cancelling === true) cancel(all['x']!, cols);
  // The head of a longer row: what follows is another's, and not of the norm.
  if (options.prologue === 'norm') all['x']!.fill(1e4, cols);
  const buffers = Object.fromEntries(card.bindings.map(({ name }) => [name, all[name]!]));
  const params = {
    rows,
    groups: matrix.padded / 32,
    width: cols,
    yOffset,
    eps: EPS,
    outScale: OUT_SCALE,
    softCap,
  };
  const expected = reference(options, params, matrix, buffers);
  return {
    title: `${card.name} [${rows}, ${cols}]${yOffset > 0 ? ' at an offset' : ''}${softCap > 0 ? ' soft cap' : ''}${scales === 'extreme' ? ' extreme scales' : ''}${shape.cancelling === true ? ' cancelling' : ''}`,
    card,
    params,
    tokens: 1,
    buffers,
    reference: () => expected,
    tolerance: f32Tolerance(expected),
  };
}

function cancel(x: HostArray, cols: number): void {
  for (let c = cols / 2; c < cols; c++) x[c] = x[c]! * 1e-3 - x[c - cols / 2]!;
}

function reference(
  options: MatvecOptions,
  params: Readonly<Record<'rows' | 'width' | 'yOffset' | 'softCap', number>>,
  matrix: PlainMatrix,
  buffers: Readonly<Record<string, HostArray>>,
): Readonly<Record<string, HostArray>> {
  const y = Float32Array.from(buffers['y']!);
  const { input, hOut } = plainInput(options, params.width, buffers);
  const sum = (row: number) => {
    let total = options.bias ? buffers['bias']![row]! : 0;
    for (let c = 0; c < params.width; c++) total += matrix.weights[row * matrix.padded + c]! * input[c]!;
    return total;
  };
  for (let r = 0; r < params.rows; r++) {
    const up = options.gate === 'none' ? 0 : sum(params.rows + r);
    const value = OUT_SCALE * gated(options.gate, sum(r), up);
    const at = params.yOffset + r;
    y[at] = (options.add ? y[at]! : 0) + softCapped(value, params.softCap);
  }
  return hOut === undefined ? { y } : { y, hOut };
}

function plainInput(
  options: MatvecOptions,
  width: number,
  buffers: Readonly<Record<string, HostArray>>,
): { readonly input: Float64Array; readonly hOut?: Float32Array<ArrayBuffer> } {
  const x = Float64Array.from(buffers['x']!);
  if (options.prologue === 'none') return { input: x };
  if (options.prologue === 'postNorm') {
    const o = buffers['o']!;
    const scale = rmsScale(o, 0, width, EPS);
    for (let c = 0; c < width; c++) x[c] = x[c]! + o[c]! * scale * buffers['postWeight']![c]!;
  }
  const scale = rmsScale(x, 0, width, EPS);
  const input = x.map((value, c) => value * scale * buffers['normWeight']![c]!);
  return options.prologue === 'postNorm' ? { input, hOut: Float32Array.from(x) } : { input };
}

/**
 * A pipeline takes most of a second to compile on a software adapter, so each layout
 * meets one set of options; the snippets of a variant do not know each other.
 */
const OPTIONS: Readonly<Record<WeightLayout, Partial<MatvecOptions>>> = {
  f32: {},
  f16: { prologue: 'postNorm' },
  bf16: { prologue: 'norm', bias: true },
  q4s: { prologue: 'postNorm', gate: 'geluTanh' },
  q4m: { prologue: 'norm', gate: 'silu' },
  q4b: { prologue: 'norm', bias: true },
  q4z: { gate: 'silu' },
  q4t: { bias: true },
  q4k: { add: true },
  q4x: { prologue: 'norm' },
  q4p: { add: true },
  q4h: { prologue: 'norm', gate: 'silu' },
  f4e: { prologue: 'norm', bias: true, gate: 'silu' },
  q8s: { bias: true, add: true },
  q8m: { bias: true, gate: 'silu', add: true },
  q8k: { prologue: 'norm', gate: 'geluTanh' },
  q8h: { prologue: 'norm' },
  f8b: { prologue: 'norm' },
};

/** A narrow and a wide row: odd where a weight can be zero by itself, whole super-blocks where scales ask for it. */
function columnsOf(layout: WeightLayout): readonly [number, number] {
  if (scaleSpan(layout) === 256) return [256, 1280];
  return hasScales(layout) ? [32, 1056] : [50, 1061];
}

/**
 * A matrix of one row. The tolerance is relative to its only output, which must not
 * be what rounding leaves of sums that cancel: of eight matrices the largest is taken.
 */
function loneOutput(options: MatvecOptions, cols: number, seed: number): KernelCase {
  const cases = Array.from({ length: 8 }, (_, k) => matvecCase(options, { rows: 1, cols }, seed + k * 1000));
  const size = (made: KernelCase) => Math.abs(made.reference()['y']![0]!);
  return cases.reduce((best, made) => (size(made) > size(best) ? made : best));
}

function shapeCases(shape: KernelShape): readonly KernelCase[] {
  const cases: KernelCase[] = [];
  const add = (layout: WeightLayout, change: Partial<MatvecOptions>, size: Shape) =>
    cases.push(matvecCase({ ...PLAIN, ...change, layout, shape }, size, cases.length + 1));
  for (const layout of WEIGHT_LAYOUTS) {
    const [narrow, wide] = columnsOf(layout);
    cases.push(loneOutput({ ...PLAIN, ...OPTIONS[layout], layout, shape }, narrow, cases.length + 1));
    add(layout, OPTIONS[layout], { rows: 75, cols: narrow, yOffset: 5 });
    // A cap follows the head alone; after a gate it would only magnify the sums' rounding.
    const softCap = (OPTIONS[layout].gate ?? 'none') === 'none' ? 8 : 0;
    add(layout, OPTIONS[layout], { rows: 13, cols: wide, softCap });
    if (hasScales(layout)) add(layout, OPTIONS[layout], { rows: 9, cols: wide, scales: 'extreme' });
  }
  add('q4s', {}, { rows: 21, cols: 2048, cancelling: true });
  add('q4s', {}, { rows: 576, cols: 576 });
  cases.push(inSquareGrid(cases.at(-1)!));
  return cases;
}

/** The same in two dimensions with workgroups to spare, as a matrix of over 65535 workgroups is launched. */
function inSquareGrid(flat: KernelCase): KernelCase {
  const side = Math.ceil(Math.sqrt(flat.card.grid(flat.params, 1)[0] + 1));
  return {
    ...flat,
    title: `${flat.title} in a square grid`,
    card: { ...flat.card, grid: () => [side, side, 1] },
  };
}

export const matvecSuite: KernelSuite = {
  name: 'matvec',
  cases: () => [...shapeCases('software'), ...shapeCases('hardware')],
};
