/** The cases of matmul: every layout in both shapes, each epilogue, odd sizes. */
import { scaleSpan, WEIGHT_LAYOUTS, type WeightLayout } from '../formats/layouts.ts';
import type { HostArray, KernelCase, KernelShape, KernelSuite } from './card.ts';
import { matmul, type MatmulOptions } from './matmul.ts';
import { gated, softCapped } from './matvec/plain.ts';
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
  readonly tokens: number;
  readonly yOffset?: number;
  readonly softCap?: number;
  readonly scales?: ScaleRange;
}

/** Floats past the end of a token's row, which nobody may read into a sum or write. */
const GAP = 32;
const OUT_SCALE = 0.5;

function matmulCase(options: MatmulOptions, shape: Shape, seed: number): KernelCase {
  const random = seededRandom(seed);
  const { rows, cols, tokens, yOffset = 0, softCap = 0, scales = 'usual' } = shape;
  const matrixRows = options.gate === 'none' ? rows : rows * 2;
  const matrix = randomMatrix({ layout: options.layout, rows: matrixRows, cols, scales }, random);
  const card = matmul(options);
  const xStride = matrix.padded + GAP;
  const yStride = yOffset + rows + GAP;
  const x = new Float32Array(tokens * xStride);
  for (let t = 0; t < tokens; t++) {
    x.set(randomRow(cols, matrix.padded, random), t * xStride);
    x.fill(NaN, t * xStride + matrix.padded, (t + 1) * xStride);
  }
  const all: Readonly<Record<string, HostArray>> = {
    ...matrix.planes,
    x,
    y: randomRow(tokens * yStride, tokens * yStride, random),
    bias: randomRow(matrixRows, matrixRows, random),
  };
  const buffers = Object.fromEntries(card.bindings.map(({ name }) => [name, all[name]!]));
  const params = {
    rows,
    groups: matrix.padded / 32,
    xStride,
    yStride,
    yOffset,
    outScale: OUT_SCALE,
    softCap,
  };
  const expected = { y: plainMatmul(options, { ...params, tokens }, matrix, buffers) };
  return {
    title: `${card.name} [${rows}, ${cols}] x ${tokens}${yOffset > 0 ? ' at an offset' : ''}${softCap > 0 ? ' soft cap' : ''}${scales === 'extreme' ? ' extreme scales' : ''}`,
    card,
    params,
    step: { position: 7, tokens, seed: 0 },
    tokens,
    buffers,
    reference: () => expected,
    tolerance: f32Tolerance(expected),
  };
}

type Numbers = Readonly<Record<'rows' | 'xStride' | 'yStride' | 'yOffset' | 'softCap' | 'tokens', number>>;

function plainMatmul(
  options: MatmulOptions,
  params: Numbers,
  matrix: PlainMatrix,
  buffers: Readonly<Record<string, HostArray>>,
): Float32Array<ArrayBuffer> {
  const y = Float32Array.from(buffers['y']!);
  const x = buffers['x']!;
  const sum = (token: number, row: number) => {
    let total = options.bias ? buffers['bias']![row]! : 0;
    for (let c = 0; c < matrix.padded; c++) {
      total += matrix.weights[row * matrix.padded + c]! * x[token * params.xStride + c]!;
    }
    return total;
  };
  for (let t = 0; t < params.tokens; t++) {
    for (let r = 0; r < params.rows; r++) {
      const up = options.gate === 'none' ? 0 : sum(t, params.rows + r);
      const value = OUT_SCALE * gated(options.gate, sum(t, r), up);
      const at = t * params.yStride + params.yOffset + r;
      y[at] = (options.add ? y[at]! : 0) + softCapped(value, params.softCap);
    }
  }
  return y;
}

/**
 * As for matvec, each layout meets one set of options: compiling is what takes the time.
 * SwiftShader needs two seconds for the tiled shape, so that one meets a layout of each
 * kind: without scales, with a scale, with a minimum too, with super-blocks, bytes and nibbles.
 */
const OPTIONS: Readonly<Record<WeightLayout, Omit<MatmulOptions, 'layout' | 'shape'>>> = {
  f32: { bias: false, add: false, gate: 'none' },
  f16: { bias: true, add: false, gate: 'none' },
  bf16: { bias: false, add: true, gate: 'none' },
  q4s: { bias: false, add: false, gate: 'geluTanh' },
  q4m: { bias: false, add: false, gate: 'silu' },
  q4b: { bias: true, add: false, gate: 'none' },
  q4z: { bias: false, add: true, gate: 'none' },
  q4t: { bias: false, add: false, gate: 'silu' },
  q4k: { bias: false, add: true, gate: 'none' },
  q4x: { bias: true, add: false, gate: 'none' },
  q4p: { bias: false, add: false, gate: 'none' },
  q4h: { bias: false, add: true, gate: 'none' },
  f4e: { bias: true, add: false, gate: 'none' },
  q8s: { bias: true, add: true, gate: 'none' },
  q8m: { bias: true, add: true, gate: 'silu' },
  q8k: { bias: false, add: false, gate: 'none' },
  q8h: { bias: true, add: false, gate: 'geluTanh' },
  f8b: { bias: false, add: false, gate: 'none' },
};

const TILED_LAYOUTS: readonly WeightLayout[] = ['bf16', 'q4s', 'q4m', 'q4p', 'q8s', 'f8b'];

function shapeCases(shape: KernelShape, layouts: readonly WeightLayout[]): readonly KernelCase[] {
  const cases: KernelCase[] = [];
  const add = (layout: WeightLayout, size: Shape) =>
    cases.push(matmulCase({ ...OPTIONS[layout], layout, shape }, size, cases.length + 101));
  for (const layout of layouts) {
    const blocked = scaleSpan(layout) === 256;
    const narrow = blocked ? 256 : hasScales(layout) ? 32 : 50;
    const wide = blocked ? 512 : hasScales(layout) ? 288 : 261;
    add(layout, { rows: 1, cols: narrow, tokens: 1 });
    add(layout, { rows: 71, cols: narrow, tokens: 67, yOffset: 5 });
    add(layout, { rows: 33, cols: wide, tokens: 9, softCap: OPTIONS[layout].gate === 'none' ? 8 : 0 });
    if (hasScales(layout)) add(layout, { rows: 9, cols: wide, tokens: 2, scales: 'extreme' });
  }
  add('q4m', { rows: 192, cols: 576, tokens: 20 });
  return cases;
}

export const matmulSuite: KernelSuite = {
  name: 'matmul',
  cases: () => [...shapeCases('software', WEIGHT_LAYOUTS), ...shapeCases('hardware', TILED_LAYOUTS)],
};
