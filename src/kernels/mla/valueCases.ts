/** mlaValue and mlaValueMany against plain loops. */
import type { WeightLayout } from '../../formats/layouts.ts';
import { noise } from '../attend/plain.ts';
import type { KernelCase, KernelShape, KernelSuite } from '../card.ts';
import { mlaValue, mlaValueMany } from '../mlaValue.ts';
import { f32Tolerance, randomMatrix, seededRandom, type PlainMatrix } from '../quant/plain.ts';
import { ODD, padded, REAL, SMALL, type MlaShape } from './plain.ts';

const BOTH: readonly KernelShape[] = ['software', 'hardware'];

function matrixOf(layout: WeightLayout, { heads, valueDim, kvRank }: MlaShape): PlainMatrix {
  return randomMatrix({ layout, rows: heads * valueDim, cols: kvRank }, seededRandom(11));
}

/** W_V of one head times its z. [valueDim] */
function plainValue(
  matrix: PlainMatrix,
  head: number,
  z: ArrayLike<number>,
  { valueDim, kvRank }: MlaShape,
): number[] {
  return Array.from({ length: valueDim }, (_, j) => {
    let sum = 0;
    for (let r = 0; r < kvRank; r++)
      sum += matrix.weights[(head * valueDim + j) * matrix.padded + r]! * z[r]!;
    return sum;
  });
}

interface OneSetup extends MlaShape {
  readonly title: string;
  readonly layout: WeightLayout;
  readonly splits: number;
  /** Slices at the end that saw nothing and hold rubbish. */
  readonly empty: number;
  /** The slices' highest scores lie this far apart. */
  readonly spread: number;
}

const ONE: readonly OneSetup[] = [
  { ...SMALL, title: 'one slice', layout: 'bf16', splits: 1, empty: 0, spread: 1 },
  { ...ODD, title: 'odd sizes, four slices, one empty', layout: 'bf16', splits: 4, empty: 1, spread: 3 },
  { ...ODD, title: 'scores hundreds apart', layout: 'bf16', splits: 3, empty: 0, spread: 300 },
  { ...ODD, title: 'more slices than threads', layout: 'bf16', splits: 150, empty: 67, spread: 4 },
  { ...SMALL, title: '4-bit weights', layout: 'q4s', splits: 2, empty: 0, spread: 2 },
  { ...REAL, title: 'real latent, 4-bit weights', layout: 'q4s', splits: 5, empty: 2, spread: 2 },
];

function oneCase(setup: OneSetup, shape: KernelShape): KernelCase {
  const { heads, kvRank, valueDim, layout, splits, empty, spread } = setup;
  const record = kvRank + 4;
  const matrix = matrixOf(layout, setup);
  const groups = matrix.padded / 32;
  const partials = noise(5, heads * splits * record);
  for (let i = 0; i < heads * splits; i++) {
    const isEmpty = i % splits >= splits - empty;
    partials[i * record] = isEmpty ? 1e30 : partials[i * record]! * spread;
    partials[i * record + 1] = isEmpty ? 0 : 1 + Math.abs(partials[i * record + 1]!);
  }
  const out = new Float32Array(heads * valueDim + 12).fill(7);
  const expected = out.slice();
  for (let h = 0; h < heads; h++) {
    const slices = Array.from({ length: splits - empty }, (_, s) => (h * splits + s) * record);
    const highest = Math.max(...slices.map((at) => partials[at]!));
    const weights = slices.map((at) => Math.exp(partials[at]! - highest));
    const total = slices.reduce((sum, at, s) => sum + weights[s]! * partials[at + 1]!, 0);
    const z = Array.from(
      { length: kvRank },
      (_, r) => slices.reduce((sum, at, s) => sum + weights[s]! * partials[at + 4 + r]!, 0) / total,
    );
    expected.set(plainValue(matrix, h, z, setup), h * valueDim);
  }
  return {
    title: setup.title,
    card: mlaValue({ layout, shape }, { groups, splits }),
    params: { heads, kvRank, valueDim, groups, splits },
    tokens: 1,
    buffers: { ...matrix.planes, partials, out },
    reference: () => ({ out: expected }),
    tolerance: f32Tolerance({ out: expected }),
  };
}

export const mlaValueSuite: KernelSuite = {
  name: 'mlaValue',
  cases: () => ONE.flatMap((setup) => BOTH.map((shape) => oneCase(setup, shape))),
};

interface ManySetup extends MlaShape {
  readonly title: string;
  readonly layout: WeightLayout;
  readonly tokens: number;
}

const MANY: readonly ManySetup[] = [
  { ...SMALL, title: 'a chunk across tiles', layout: 'bf16', tokens: 35 },
  { ...ODD, title: 'odd sizes', layout: 'bf16', tokens: 7 },
  { ...ODD, title: 'one token, 4-bit weights', layout: 'q4s', tokens: 1 },
  { ...REAL, title: 'real latent, 4-bit weights', layout: 'q4s', tokens: 3 },
];

function manyCase(setup: ManySetup, shape: KernelShape): KernelCase {
  const { heads, kvRank, valueDim, layout, tokens } = setup;
  const matrix = matrixOf(layout, setup);
  const zStride = padded(heads * kvRank);
  const outStride = padded(heads * valueDim);
  // NaN past a row's values, and a head's neighbour beside it: both must be masked.
  const z = noise(6, tokens * zStride);
  const out = new Float32Array(tokens * outStride).fill(7);
  const expected = out.slice();
  for (let t = 0; t < tokens; t++) {
    z.fill(NaN, t * zStride + heads * kvRank, (t + 1) * zStride);
    for (let h = 0; h < heads; h++) {
      const from = t * zStride + h * kvRank;
      expected.set(
        plainValue(matrix, h, z.subarray(from, from + kvRank), setup),
        t * outStride + h * valueDim,
      );
    }
  }
  return {
    title: setup.title,
    card: mlaValueMany({ layout, shape }),
    params: { heads, kvRank, valueDim, groups: matrix.padded / 32, zStride, outStride },
    step: { position: 3, tokens, seed: 0 },
    tokens,
    buffers: { ...matrix.planes, z, out },
    reference: () => ({ out: expected }),
    tolerance: f32Tolerance({ out: expected }),
  };
}

export const mlaValueManySuite: KernelSuite = {
  name: 'mlaValueMany',
  cases: () => MANY.flatMap((setup) => BOTH.map((shape) => manyCase(setup, shape))),
};
