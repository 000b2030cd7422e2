/**
 * Sampling in plain loops and f64: what the sample kernel is held to, and the
 * readable statement of what it does.
 */
export interface SampleSettings {
  /** 0 takes the most likely token. */
  readonly temperature: number;
  /** Tokens kept by rank; 0 for all. */
  readonly topK: number;
  /** Smallest set of the most likely tokens with this much probability; 1 for all. */
  readonly topP: number;
  /** Least probability relative to the most likely token's; 0 for all. */
  readonly minP: number;
  /** Divides a seen token's positive logit, multiplies a negative one; 1 for none. */
  readonly repetitionPenalty: number;
  /** Subtracted once per time a token was seen. */
  readonly frequencyPenalty: number;
  /** Subtracted once from every token seen. */
  readonly presencePenalty: number;
}

export interface Candidate {
  readonly id: number;
  readonly probability: number;
}

/** The distribution that is drawn from, most likely first, ties by lower id. */
export function distribution(
  logits: ArrayLike<number>,
  counts: ArrayLike<number>,
  settings: SampleSettings,
): Candidate[] {
  const ranked = Array.from(logits, (logit, id) => ({
    id,
    logit: penalised(logit, counts[id] ?? 0, settings),
  }))
    .filter(({ logit }) => !Number.isNaN(logit))
    .sort((a, b) => b.logit - a.logit || a.id - b.id);
  const [best] = ranked;
  if (best === undefined) return [];
  if (settings.temperature === 0) return [{ id: best.id, probability: 1 }];
  const k = settings.topK > 0 ? settings.topK : ranked.length;
  let kept = ranked
    .slice(0, k)
    .map(({ id, logit }) => ({ id, mass: Math.exp((logit - best.logit) / settings.temperature) }));
  const whole = sum(kept);
  let reached = 0;
  const end = kept.findIndex(({ mass }) => (reached += mass) >= settings.topP * whole);
  if (settings.topP < 1 && end >= 0) kept = kept.slice(0, end + 1);
  kept = kept.filter(({ id, mass }) => mass >= settings.minP || id === best.id);
  const total = sum(kept);
  return kept.map(({ id, mass }) => ({ id, probability: mass / total }));
}

/** The token drawn at an absolute position, or -1 where no logit is a number. */
export function sampleReference(
  logits: ArrayLike<number>,
  counts: ArrayLike<number>,
  settings: SampleSettings,
  seed: number,
  position: number,
): number {
  const ranked = distribution(logits, counts, settings);
  let left = uniformDraw(seed, position);
  for (const { id, probability } of ranked) {
    if (left < probability) return id;
    left -= probability;
  }
  return ranked.at(-1)?.id ?? -1;
}

/** [0, 1) by PCG (O'Neill 2014, RXS-M-XS), keyed by seed and position. */
export function uniformDraw(seed: number, position: number): number {
  return (pcg(pcg(seed >>> 0) ^ position) >>> 8) / 2 ** 24;
}

function pcg(value: number): number {
  const state = (Math.imul(value, 747796405) + 2891336453) >>> 0;
  const word = Math.imul((state >>> ((state >>> 28) + 4)) ^ state, 277803737) >>> 0;
  return ((word >>> 22) ^ word) >>> 0;
}

function penalised(logit: number, count: number, settings: SampleSettings): number {
  if (count === 0) return logit;
  const scaled = logit > 0 ? logit / settings.repetitionPenalty : logit * settings.repetitionPenalty;
  return scaled - settings.frequencyPenalty * count - settings.presencePenalty;
}

function sum(of: readonly { readonly mass: number }[]): number {
  return of.reduce((total, { mass }) => total + mass, 0);
}
