/**
 * Grouped-query attention in plain loops: projections, biases, norms over heads,
 * rope, and the causal softmax over the keys and values kept from earlier tokens.
 */
import type { GqaSpec, RopeSpec } from '../models/spec.ts';
import { addBias, linear, rmsNorm, rotate, softCapped } from './plainMath.ts';

/** One layer's past: an entry a token, each [kvHeads * headDim]. */
export interface PlainKv {
  readonly keys: Float32Array[];
  readonly values: Float32Array[];
}

export interface AttentionWeights {
  readonly qkv: Float32Array; // [(heads + 2*kvHeads) * headDim, hidden]
  readonly qkvBias: Float32Array | null;
  readonly qNorm: Float32Array | null; // [headDim]
  readonly kNorm: Float32Array | null;
  readonly out: Float32Array; // [hidden, heads * headDim]
  readonly outBias: Float32Array | null;
}

/** x [tokens, hidden], already normed; `kv` grows by these tokens. Returns [tokens, hidden]. */
export function attention(
  x: Float32Array,
  hidden: number,
  spec: GqaSpec,
  rope: RopeSpec | null,
  weights: AttentionWeights,
  normEps: number,
  kv: PlainKv,
): Float32Array {
  const width = (spec.heads + 2 * spec.kvHeads) * spec.headDim;
  const qkv = linear(x, weights.qkv, width); // [tokens, width]
  if (weights.qkvBias !== null) addBias(qkv, weights.qkvBias);
  const tokens = x.length / hidden;
  const mixed = new Float32Array(tokens * spec.heads * spec.headDim); // [tokens, heads * headDim]
  for (let t = 0; t < tokens; t += 1) {
    const position = kv.keys.length;
    const parts = splitHeads(qkv.subarray(t * width, (t + 1) * width), spec);
    const prepare = (heads: Float32Array, norm: Float32Array | null): Float32Array => {
      const normed = norm === null ? heads.slice() : rmsNorm(heads, norm, normEps);
      if (rope !== null) forEachHead(normed, spec.headDim, (head) => rotate(head, rope, position));
      return normed;
    };
    const q = prepare(parts.q, weights.qNorm);
    kv.keys.push(prepare(parts.k, weights.kNorm));
    kv.values.push(parts.v.slice());
    for (let head = 0; head < spec.heads; head += 1) {
      const from = (t * spec.heads + head) * spec.headDim;
      mixed.set(attendHead(q, head, position, spec, kv), from);
    }
  }
  const y = linear(mixed, weights.out, hidden);
  if (weights.outBias !== null) addBias(y, weights.outBias);
  return y;
}

function splitHeads(row: Float32Array, spec: GqaSpec): { q: Float32Array; k: Float32Array; v: Float32Array } {
  const qEnd = spec.heads * spec.headDim;
  const kEnd = qEnd + spec.kvHeads * spec.headDim;
  return { q: row.subarray(0, qEnd), k: row.subarray(qEnd, kEnd), v: row.subarray(kEnd) };
}

function forEachHead(x: Float32Array, headDim: number, work: (head: Float32Array) => void): void {
  for (let start = 0; start < x.length; start += headDim) work(x.subarray(start, start + headDim));
}

/** One head's weighted mean of values. [headDim] */
function attendHead(
  q: Float32Array,
  head: number,
  position: number,
  spec: GqaSpec,
  kv: PlainKv,
): Float32Array {
  const { headDim } = spec;
  const kvStart = Math.floor(head / (spec.heads / spec.kvHeads)) * headDim;
  const first = spec.window === 0 ? 0 : Math.max(0, position - spec.window + 1);
  const keys = kv.keys.slice(first, position + 1);
  const scores = keys.map((key) => {
    let dot = 0;
    for (let i = 0; i < headDim; i += 1) dot += q[head * headDim + i]! * key[kvStart + i]!;
    return softCapped(dot * spec.scale, spec.softCap);
  });
  const largest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  const sums = new Float64Array(headDim);
  powers.forEach((power, j) => {
    const value = kv.values[first + j]!;
    for (let i = 0; i < headDim; i += 1) sums[i]! += (power / total) * value[kvStart + i]!;
  });
  return Float32Array.from(sums);
}
