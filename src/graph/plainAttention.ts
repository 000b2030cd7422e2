/**
 * Grouped-query attention in plain loops: projections, biases, norms of q and k, rope,
 * and the causal softmax over the keys and values kept from earlier tokens.
 */
import type { GqaSpec, RopeSpec } from '../models/spec.ts';
import type { PlainWeights } from './plain.ts';
import {
  addBias,
  type Floats,
  linear,
  rmsNorm,
  rotate,
  softCapped,
  softmax,
  temperatureAt,
} from './plainMath.ts';

/**
 * One layer's past, an entry a token: keys and values [kvHeads * headDim], of latent
 * attention [heads, nopeDim + ropeDim] and [heads * valueDim]; of a short convolution
 * its inputs in `keys` alone.
 */
export interface PlainCache {
  readonly keys: Floats[];
  readonly values: Floats[];
}

/** x [tokens, hidden], already normed; `cache` grows by these tokens. Returns [tokens, hidden]. */
export function groupedQueryAttention(
  x: Float32Array,
  hidden: number,
  spec: GqaSpec,
  rope: RopeSpec | null,
  weights: PlainWeights,
  normEps: number,
  cache: PlainCache,
): Float32Array {
  const { heads, headDim } = spec;
  const width = (heads + 2 * spec.kvHeads) * headDim;
  const qkv = linear(x, weights('qkv'), width); // [tokens, width]
  if (spec.qkvBias) addBias(qkv, weights('qkvBias'));
  const sinks = spec.sinks ? weights('sinks') : null;
  const tokens = x.length / hidden;
  const mixed = new Float32Array(tokens * heads * headDim); // [tokens, heads * headDim]
  for (let t = 0; t < tokens; t += 1) {
    const position = cache.keys.length;
    const parts = splitHeads(qkv.subarray(t * width, (t + 1) * width), spec);
    const prepare = (vector: Float32Array, norm: 'qNorm' | 'kNorm'): Float32Array => {
      const normed = normVector(vector, spec, norm, weights, normEps);
      if (rope !== null) forEachHead(normed, headDim, (head) => rotate(head, rope, position));
      return normed;
    };
    const grown = temperatureAt(spec.temperature, position);
    const q = prepare(parts.q, 'qNorm').map((value) => value * grown);
    cache.keys.push(prepare(parts.k, 'kNorm'));
    cache.values.push(parts.v.slice());
    for (let head = 0; head < heads; head += 1) {
      mixed.set(attendHead(q, head, position, spec, sinks?.[head], cache), (t * heads + head) * headDim);
    }
  }
  const y = linear(mixed, weights('out'), hidden);
  if (spec.outBias) addBias(y, weights('outBias'));
  return y;
}

/** A copy, normed as the spec says. */
function normVector(
  vector: Float32Array,
  { qkNorm, headDim }: GqaSpec,
  norm: 'qNorm' | 'kNorm',
  weights: PlainWeights,
  eps: number,
): Float32Array {
  switch (qkNorm) {
    case 'none':
      return vector.slice();
    case 'unit':
      return rmsNorm(vector, new Float32Array(headDim).fill(1), eps);
    case 'head':
    case 'row':
      return rmsNorm(vector, weights(norm), eps);
    default:
      return qkNorm satisfies never;
  }
}

function splitHeads(row: Float32Array, spec: GqaSpec): { q: Float32Array; k: Float32Array; v: Float32Array } {
  const qEnd = spec.heads * spec.headDim;
  const kEnd = qEnd + spec.kvHeads * spec.headDim;
  return { q: row.subarray(0, qEnd), k: row.subarray(qEnd, kEnd), v: row.subarray(kEnd) };
}

function forEachHead(x: Float32Array, headDim: number, work: (head: Float32Array) => void): void {
  for (let start = 0; start < x.length; start += headDim) work(x.subarray(start, start + headDim));
}

/** The first position a query sees. */
function firstSeen(position: number, { window, chunk }: GqaSpec): number {
  const ofWindow = window === 0 ? 0 : Math.max(0, position - window + 1);
  return chunk === 0 ? ofWindow : Math.max(ofWindow, position - (position % chunk));
}

/** One head's weighted mean of values. [headDim] */
function attendHead(
  q: Float32Array,
  head: number,
  position: number,
  spec: GqaSpec,
  sink: number | undefined,
  cache: PlainCache,
): Float32Array {
  const { headDim } = spec;
  const kvStart = Math.floor(head / (spec.heads / spec.kvHeads)) * headDim;
  const first = firstSeen(position, spec);
  const scores = cache.keys.slice(first, position + 1).map((key) => {
    let dot = 0;
    for (let i = 0; i < headDim; i += 1) dot += q[head * headDim + i]! * key[kvStart + i]!;
    return softCapped(dot * spec.scale, spec.softCap);
  });
  const sums = new Float64Array(headDim);
  softmax(scores, sink).forEach((share, j) => {
    const value = cache.values[first + j]!;
    for (let i = 0; i < headDim; i += 1) sums[i]! += share * value[kvStart + i]!;
  });
  return Float32Array.from(sums);
}
