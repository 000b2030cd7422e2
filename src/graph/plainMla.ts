/**
 * Multi-head latent attention in plain loops, in the form the paper writes it (arXiv
 * 2405.04434, §2.1): keys and values are made of every latent, nothing is absorbed. So
 * the GPU's absorbed form is held to something it is not.
 */
import type { MlaSpec, RopeSpec } from '../models/spec.ts';
import type { PlainWeights } from './plain.ts';
import type { PlainCache } from './plainAttention.ts';
import { linear, rmsNorm, rotate, softmax, temperatureAt } from './plainMath.ts';

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
    cache.keys.push(cached(row.subarray(first), spec, rope, position, weights));
    for (let head = 0; head < heads; head += 1) {
      mixed.set(attendHead(q, head, spec, weights, cache), (t * heads + head) * valueDim);
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

/** The latent, normed, and the key all heads share, rotated. [kvRank + ropeDim] */
function cached(
  row: Float32Array,
  { kvRank, latentEps }: MlaSpec,
  rope: RopeSpec,
  position: number,
  weights: PlainWeights,
): Float32Array {
  const out = row.slice();
  out.set(rmsNorm(row.subarray(0, kvRank), weights('kvNorm'), latentEps));
  rotate(out.subarray(kvRank), rope, position);
  return out;
}

/** One head over all positions so far. [valueDim] */
function attendHead(
  q: Float32Array,
  head: number,
  spec: MlaSpec,
  weights: PlainWeights,
  { keys }: PlainCache,
): Float32Array {
  const { nopeDim, ropeDim, kvRank, valueDim } = spec;
  const dim = nopeDim + ropeDim;
  const own = q.subarray(head * dim, (head + 1) * dim);
  const keyRows = weights('kvK').subarray(head * kvRank * nopeDim, (head + 1) * kvRank * nopeDim); // [kvRank, nopeDim]
  const valueRows = weights('kvV').subarray(head * valueDim * kvRank, (head + 1) * valueDim * kvRank);
  const scores = keys.map((entry) => {
    let score = 0;
    for (let n = 0; n < nopeDim; n += 1) {
      let key = 0;
      for (let r = 0; r < kvRank; r += 1) key += keyRows[r * nopeDim + n]! * entry[r]!;
      score += own[n]! * key;
    }
    for (let i = 0; i < ropeDim; i += 1) score += own[nopeDim + i]! * entry[kvRank + i]!;
    return score * spec.scale;
  });
  const sums = new Float64Array(valueDim);
  softmax(scores).forEach((share, position) => {
    const value = linear(keys[position]!.subarray(0, kvRank), valueRows, valueDim);
    for (let i = 0; i < valueDim; i += 1) sums[i]! += share * value[i]!;
  });
  return Float32Array.from(sums);
}
