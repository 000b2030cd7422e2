/**
 * Multi-head latent attention in plain loops, in the form the paper writes it (arXiv
 * 2405.04434, §2.1): keys and values are made of every latent, nothing is absorbed, and
 * kept, where the GPU keeps the latent. So its absorbed form is held to something it is not.
 */
import type { MlaSpec, RopeSpec } from '../models/spec.ts';
import type { PlainWeights } from './plain.ts';
import type { PlainCache } from './plainAttention.ts';
import { dot, linear, rmsNorm, rotate, softmax, temperatureAt } from './plainMath.ts';

/** x [tokens, hidden], already normed; `cache` grows by these tokens. Returns [tokens, hidden]. */
export function latentAttention(
  x: Float32Array,
  hidden: number,
  spec: MlaSpec,
  rope: RopeSpec,
  weights: PlainWeights,
  cache: PlainCache,
): Float32Array {
  const { heads, nopeDim, ropeDim, kvRank, valueDim } = spec;
  const queryWidth = heads * (nopeDim + ropeDim);
  const first = spec.qRank > 0 ? spec.qRank : queryWidth;
  const width = first + kvRank + ropeDim;
  const rows = linear(x, weights('qkvA'), width); // [tokens, width]
  const tokens = x.length / hidden;
  const mixed = new Float32Array(tokens * heads * valueDim);
  for (let t = 0; t < tokens; t += 1) {
    const position = cache.keys.length;
    const row = rows.subarray(t * width, (t + 1) * width);
    const q = queriesOf(row.subarray(0, first), spec, rope, position, weights);
    const latent = rmsNorm(row.subarray(first, first + kvRank), weights('kvNorm'), spec.latentEps);
    const shared = row.slice(first + kvRank); // the part of the key that all heads have
    rotate(shared, rope, position);
    cache.keys.push(keysOf(latent, shared, spec, weights('kvK')));
    cache.values.push(valuesOf(latent, weights('kvV'), heads * valueDim));
    for (let head = 0; head < heads; head += 1) {
      mixed.set(attendHead(q, head, spec, cache), (t * heads + head) * valueDim);
    }
  }
  return linear(mixed, weights('out'), hidden);
}

/** [heads, nopeDim + ropeDim], the last ones of each head rotated. */
function queriesOf(
  row: Float32Array,
  spec: MlaSpec,
  rope: RopeSpec,
  position: number,
  weights: PlainWeights,
): Float32Array {
  const { heads, nopeDim, ropeDim, qRank, latentEps } = spec;
  const dim = nopeDim + ropeDim;
  const q =
    qRank > 0 ? linear(rmsNorm(row, weights('qANorm'), latentEps), weights('qB'), heads * dim) : row.slice();
  for (let head = 0; head < heads; head += 1) {
    rotate(q.subarray(head * dim + nopeDim, (head + 1) * dim), rope, position);
  }
  const grown = temperatureAt(spec.temperature, position);
  return q.map((value) => value * grown);
}

/** Every head's key of one position: made of the latent, then what they share. [heads, nopeDim + ropeDim] */
function keysOf(
  latent: Float32Array,
  shared: Float32Array,
  { heads, nopeDim, ropeDim, kvRank }: MlaSpec,
  kvK: Float32Array, // [heads * kvRank, nopeDim]
): Float64Array {
  const dim = nopeDim + ropeDim;
  const keys = new Float64Array(heads * dim);
  for (let head = 0; head < heads; head += 1) {
    for (let r = 0; r < kvRank; r += 1) {
      const row = (head * kvRank + r) * nopeDim;
      for (let n = 0; n < nopeDim; n += 1) keys[head * dim + n]! += kvK[row + n]! * latent[r]!;
    }
    keys.set(shared, head * dim + nopeDim);
  }
  return keys;
}

/** Every head's value of one position. [heads * valueDim] */
function valuesOf(latent: Float32Array, kvV: Float32Array, rows: number): Float64Array {
  const values = new Float64Array(rows);
  const cols = latent.length;
  for (let r = 0; r < rows; r += 1) values[r] = dot(kvV, r * cols, latent, 0, cols);
  return values;
}

/** One head over all positions so far. [valueDim] */
function attendHead(
  q: Float32Array,
  head: number,
  { nopeDim, ropeDim, valueDim, scale }: MlaSpec,
  { keys, values }: PlainCache,
): Float32Array {
  const dim = nopeDim + ropeDim;
  const scores = keys.map((key) => dot(q, head * dim, key, head * dim, dim) * scale);
  const sums = new Float64Array(valueDim);
  softmax(scores).forEach((share, position) => {
    const value = values[position]!;
    for (let i = 0; i < valueDim; i += 1) sums[i]! += share * value[head * valueDim + i]!;
  });
  return Float32Array.from(sums);
}
