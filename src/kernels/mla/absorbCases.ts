/** mlaAbsorb against plain loops. */
import type { WeightLayout } from '../../formats/layouts.ts';
import {
  NO_TEMPERATURE,
  noise,
  plainRopeTable,
  storeKv,
  throughKv,
  type Temperature,
} from '../attend/plain.ts';
import type { HostArray, KernelCase, KernelShape, KernelSuite } from '../card.ts';
import type { KvType } from '../kv/kv.ts';
import { mlaAbsorb } from '../mlaAbsorb.ts';
import { f32Tolerance, randomMatrix, seededRandom, type PlainMatrix } from '../quant/plain.ts';
import {
  ODD,
  padded,
  plainRotate,
  plainTemperature,
  REAL,
  SMALL,
  type MlaShape,
  type Pairing,
} from './plain.ts';

interface AbsorbSetup extends MlaShape {
  readonly title: string;
  readonly layout: WeightLayout;
  readonly kv: KvType;
  readonly pairing: Pairing;
  readonly position: number;
  readonly tokens: number;
  readonly temperature: Temperature;
  /** Latents and turns whose norm and rotation are exact, so that halves can be compared bit by bit. */
  readonly exact: boolean;
}

const BOTH: readonly KernelShape[] = ['software', 'hardware'];
const EPS = 1e-5;
const SCALE = 0.37;
const GROWING: Temperature = { tempScale: 0.4, tempSpan: 5, tempOffset: 1 };

/** Two pipelines for each shape and count of tokens: a software adapter takes a second over each. */
const PLAIN: Omit<AbsorbSetup, keyof MlaShape | 'title' | 'tokens'> = {
  layout: 'f32',
  kv: 'f32',
  pairing: 'interleaved',
  position: 0,
  temperature: NO_TEMPERATURE,
  exact: false,
};
const QUANTISED = { ...PLAIN, layout: 'q8s', kv: 'f16', pairing: 'half', exact: true } as const;

const ONE: readonly AbsorbSetup[] = [
  { ...PLAIN, ...SMALL, tokens: 1, title: 'first token' },
  { ...PLAIN, ...ODD, tokens: 1, title: 'odd sizes, growing queries', position: 33, temperature: GROWING },
  { ...PLAIN, ...REAL, heads: 2, nopeDim: 192, tokens: 1, title: 'real latent, 192 channels', position: 2 },
  { ...QUANTISED, ...SMALL, tokens: 1, title: '8-bit weights, halves', position: 6 },
  { ...QUANTISED, ...ODD, tokens: 1, title: 'odd sizes, 8-bit weights, halves', position: 1 },
];

const MANY: readonly AbsorbSetup[] = [
  { ...PLAIN, ...SMALL, tokens: 35, title: 'first chunk, across tiles' },
  { ...PLAIN, ...ODD, tokens: 9, title: 'odd sizes, growing queries', position: 7, temperature: GROWING },
  { ...PLAIN, ...REAL, heads: 2, tokens: 3, title: 'real latent', position: 2 },
  { ...QUANTISED, ...SMALL, tokens: 5, title: '8-bit weights, halves', position: 6 },
  { ...QUANTISED, ...ODD, tokens: 1, title: 'odd sizes, one token, 8-bit weights, halves', position: 1 },
];

interface Content {
  readonly matrix: PlainMatrix;
  readonly row: Float32Array<ArrayBuffer>;
  readonly kvNorm: Float32Array<ArrayBuffer>;
  readonly rope: Float32Array<ArrayBuffer>;
  readonly cache: Float32Array<ArrayBuffer>;
  readonly queries: Float32Array<ArrayBuffer>;
}

/** q and latent lie in one row here, q after 4 other floats, as a fused projection leaves them. */
function layoutOf(setup: AbsorbSetup) {
  const { heads, nopeDim, ropeDim, kvRank, exact } = setup;
  const qOffset = 4;
  const latentOffset = qOffset + heads * (nopeDim + ropeDim);
  const stride = padded(latentOffset + kvRank + ropeDim);
  const queryStride = padded(heads * (kvRank + ropeDim));
  return { qOffset, latentOffset, stride, queryStride, eps: exact ? 0 : EPS };
}

function contentOf(setup: AbsorbSetup): Content {
  const { heads, nopeDim, ropeDim, kvRank, position, tokens, exact, kv } = setup;
  const { latentOffset, stride, queryStride } = layoutOf(setup);
  const capacity = position + tokens + 2;
  const coarse = (values: Float32Array<ArrayBuffer>) => values.map((v) => Math.round(v * 64) / 64);
  const row = exact ? coarse(noise(1, tokens * stride, 2)) : noise(1, tokens * stride, 2);
  const rope = plainRopeTable(capacity, ropeDim);
  if (exact) {
    for (let t = 0; t < tokens; t++) {
      for (let r = 0; r < kvRank; r++) {
        const at = t * stride + latentOffset + r;
        row[at] = row[at]! < 0 ? -1 : 1;
      }
    }
    // Quarter turns, all four of them.
    for (let i = 0; i < rope.length / 2; i++)
      rope.set(
        [
          [1, 0],
          [0, 1],
          [-1, 0],
          [0, -1],
        ][i % 4]!,
        2 * i,
      );
  }
  const matrix = randomMatrix({ layout: setup.layout, rows: heads * kvRank, cols: nopeDim }, seededRandom(7));
  return {
    matrix,
    row,
    rope,
    kvNorm: coarse(noise(2, kvRank)).map((v) => 1 + v / 2),
    cache: noise(3, capacity * (kvRank + ropeDim)).map((v) => throughKv(kv, v)),
    queries: noise(4, tokens * queryStride),
  };
}

function plainAbsorb(setup: AbsorbSetup, content: Content): Record<string, HostArray> {
  const { heads, nopeDim, ropeDim, kvRank, position, tokens, pairing, temperature } = setup;
  const { qOffset, latentOffset, stride, queryStride, eps } = layoutOf(setup);
  const { matrix, row, rope, kvNorm } = content;
  const cache = content.cache.slice();
  const queries = content.queries.slice();
  for (let t = 0; t < tokens; t++) {
    const at = position + t;
    const turns = rope.subarray(at * ropeDim, (at + 1) * ropeDim);
    const scale = SCALE * plainTemperature(temperature, at);
    for (let h = 0; h < heads; h++) {
      const from = t * stride + qOffset + h * (nopeDim + ropeDim);
      const to = t * queryStride + h * (kvRank + ropeDim);
      for (let r = 0; r < kvRank; r++) {
        let sum = 0;
        for (let n = 0; n < nopeDim; n++)
          sum += matrix.weights[(h * kvRank + r) * matrix.padded + n]! * row[from + n]!;
        queries[to + r] = scale * sum;
      }
      const turned = plainRotate(row.subarray(from + nopeDim, from + nopeDim + ropeDim), turns, pairing);
      queries.set(
        turned.map((v) => v * scale),
        to + kvRank,
      );
    }
    const from = t * stride + latentOffset;
    const latent = row.subarray(from, from + kvRank);
    const meanSquare = latent.reduce((sum, v) => sum + v * v, 0) / kvRank;
    const normed = Array.from(latent, (v, r) => (v / Math.sqrt(meanSquare + eps)) * kvNorm[r]!);
    const key = plainRotate(row.subarray(from + kvRank, from + kvRank + ropeDim), turns, pairing);
    cache.set([...normed, ...key], at * (kvRank + ropeDim));
  }
  return { queries, cache: storeKv(setup.kv, cache) };
}

function absorbCase(setup: AbsorbSetup, shape: KernelShape, many: boolean): KernelCase {
  const { heads, nopeDim, ropeDim, kvRank, position, tokens, temperature } = setup;
  const { qOffset, latentOffset, stride, queryStride, eps } = layoutOf(setup);
  const content = contentOf(setup);
  const groups = content.matrix.padded / 32;
  const expected = plainAbsorb(setup, content);
  return {
    title: setup.title,
    card: mlaAbsorb({ ...setup, shape, many, groups }),
    params: {
      heads,
      nopeDim,
      ropeDim,
      kvRank,
      groups,
      qOffset,
      qStride: stride,
      latentOffset,
      latentStride: stride,
      queryStride,
      eps,
      scale: SCALE,
      ...temperature,
    },
    step: { position, tokens, seed: 0 },
    tokens,
    buffers: {
      ...content.matrix.planes,
      q: content.row,
      latent: content.row,
      kvNorm: content.kvNorm,
      rope: content.rope,
      cache: storeKv(setup.kv, content.cache),
      queries: content.queries,
    },
    reference: () => expected,
    tolerance: f32Tolerance({ queries: expected['queries']! }),
  };
}

export const mlaAbsorbSuite: KernelSuite = {
  name: 'mlaAbsorb',
  cases: () => [
    ...BOTH.flatMap((shape) => ONE.map((setup) => absorbCase(setup, shape, false))),
    ...BOTH.flatMap((shape) => MANY.map((setup) => absorbCase(setup, shape, true))),
  ],
};
