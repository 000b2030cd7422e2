/** LFM2's gated short convolution in plain loops: y = out(C * conv(B * x)). */
import type { ConvSpec } from '../models/spec.ts';
import type { PlainWeights } from './plain.ts';
import type { PlainCache } from './plainAttention.ts';
import { linear } from './plainMath.ts';

/** x [tokens, hidden], already normed; `cache` keeps B * x of every token. Returns [tokens, hidden]. */
export function shortConvolution(
  x: Float32Array,
  hidden: number,
  { width, bias }: ConvSpec,
  weights: PlainWeights,
  { keys: inputs }: PlainCache,
): Float32Array {
  const rows = linear(x, weights('convIn'), 3 * hidden); // [tokens, B | C | x]
  const taps = weights('convWeight'); // [hidden, width]
  const biases = bias ? weights('convBias') : null;
  const tokens = x.length / hidden;
  const mixed = new Float32Array(tokens * hidden);
  for (let t = 0; t < tokens; t += 1) {
    const row = rows.subarray(t * 3 * hidden, (t + 1) * 3 * hidden);
    inputs.push(row.subarray(0, hidden).map((b, c) => b * row[2 * hidden + c]!));
    for (let c = 0; c < hidden; c += 1) {
      let sum = biases?.[c] ?? 0;
      for (let j = 0; j < width; j += 1) {
        sum += taps[c * width + j]! * (inputs[inputs.length - width + j]?.[c] ?? 0);
      }
      mixed[t * hidden + c] = row[hidden + c]! * sum;
    }
  }
  return linear(mixed, weights('out'), hidden);
}
