/**
 * The arithmetic of a transformer in plain loops. Values are stored as f32; every
 * sum runs in f64 (a JavaScript number), so the result is closer to the formula
 * than any f32 kernel, and the order of adding does not matter at 1e-4.
 */
import type { Activation, RopeSpec, TemperatureSpec } from '../models/spec.ts';

/** Kept from one token to the next; f64 where the paper's formula would not round there. */
export type Floats = Float32Array | Float64Array;

/** y[t, r] = sum over c of x[t, c] * w[r, c]; `rows` results a token. */
export function linear(x: Float32Array, w: Float32Array, rows: number): Float32Array<ArrayBuffer> {
  const cols = w.length / rows;
  const tokens = x.length / cols;
  const y = new Float32Array(tokens * rows); // [tokens, rows]
  for (let t = 0; t < tokens; t += 1) {
    for (let r = 0; r < rows; r += 1) y[t * rows + r] = dot(x, t * cols, w, r * cols, cols);
  }
  return y;
}

/**
 * a[aStart..] · b[bStart..] over `length` values. In four sums, since one alone would
 * make every addition wait for the one before it.
 */
export function dot(a: Float32Array, aStart: number, b: Floats, bStart: number, length: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const inFours = length - (length % 4);
  for (let i = 0; i < inFours; i += 4) {
    s0 += a[aStart + i]! * b[bStart + i]!;
    s1 += a[aStart + i + 1]! * b[bStart + i + 1]!;
    s2 += a[aStart + i + 2]! * b[bStart + i + 2]!;
    s3 += a[aStart + i + 3]! * b[bStart + i + 3]!;
  }
  for (let i = inFours; i < length; i += 1) s0 += a[aStart + i]! * b[bStart + i]!;
  return s0 + s1 + s2 + s3;
}

/** Adds `bias` [cols] to every row of `x`, in place. */
export function addBias(x: Float32Array, bias: Float32Array): void {
  for (let i = 0; i < x.length; i += 1) x[i] = x[i]! + bias[i % bias.length]!;
}

export function addInto(x: Float32Array, y: Float32Array): void {
  for (let i = 0; i < x.length; i += 1) x[i] = x[i]! + y[i]!;
}

/** Each run of weight.length values divided by its root mean square, times weight. */
export function rmsNorm(x: Float32Array, weight: Float32Array, eps: number): Float32Array {
  const cols = weight.length;
  const y = new Float32Array(x.length);
  for (let start = 0; start < x.length; start += cols) {
    let squares = 0;
    for (let c = 0; c < cols; c += 1) squares += x[start + c]! ** 2;
    const scale = 1 / Math.sqrt(squares / cols + eps);
    for (let c = 0; c < cols; c += 1) y[start + c] = x[start + c]! * scale * weight[c]!;
  }
  return y;
}

/** Rotates the first `rope.dims` channels of one head, in place. */
export function rotate(head: Float32Array, rope: RopeSpec, position: number): void {
  const pairs = rope.dims / 2;
  for (let i = 0; i < pairs; i += 1) {
    const [a, b] = rope.pairing === 'half' ? [i, i + pairs] : [2 * i, 2 * i + 1];
    const angle = position * rope.inverseFrequencies[i]!;
    const cos = Math.cos(angle) * rope.amplitude;
    const sin = Math.sin(angle) * rope.amplitude;
    const [x, y] = [head[a]!, head[b]!];
    head[a] = x * cos - y * sin;
    head[b] = x * sin + y * cos;
  }
}

/** What a gate makes of its up (spec.ts, Activation). */
function gated(kind: Activation, gate: number, up: number): number {
  switch (kind) {
    case 'silu':
      return gate * sigmoid(gate) * up;
    case 'geluTanh':
      return 0.5 * gate * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (gate + 0.044715 * gate ** 3))) * up;
    case 'swigluOai': {
      const g = Math.min(gate, 7);
      return g * sigmoid(1.702 * g) * (Math.min(Math.max(up, -7), 7) + 1);
    }
    default:
      return kind satisfies never;
  }
}

/** Rows of [gate | up], 2*inner wide, to rows of inner. */
export function gateRows(kind: Activation, rows: Float32Array, inner: number): Float32Array {
  const product = new Float32Array(rows.length / 2);
  for (let i = 0; i < product.length; i += 1) {
    const gate = Math.floor(i / inner) * 2 * inner + (i % inner);
    product[i] = gated(kind, rows[gate]!, rows[gate + inner]!);
  }
  return product;
}

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Weights of the softmax over `scores`, and over `sink` beside them where there is one. */
export function softmax(scores: readonly number[], sink = -Infinity): readonly number[] {
  const largest = Math.max(sink, ...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const total = powers.reduce((sum, power) => sum + power, Math.exp(sink - largest));
  return powers.map((power) => power / total);
}

/** What queries at `position` are multiplied by. */
export function temperatureAt(temperature: TemperatureSpec | null, position: number): number {
  if (temperature === null) return 1;
  const { scale, span, offset } = temperature;
  return 1 + scale * Math.log(1 + Math.floor((position + offset) / span));
}

/** cap * tanh(x / cap), or x where cap is 0. */
export function softCapped(x: number, cap: number): number {
  return cap === 0 ? x : cap * Math.tanh(x / cap);
}
