export interface RankedLogits {
  /** Ids, likeliest first. */
  readonly order: readonly number[];
  readonly logProb: (id: number) => number;
}

/** Log-softmax over the whole vocabulary, in f64. */
export function rankLogits(logits: Float32Array): RankedLogits {
  const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
  const base = largest + Math.log(total);
  const order = [...logits.keys()].sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0));
  return { order, logProb: (id) => (logits[id] ?? NaN) - base };
}
