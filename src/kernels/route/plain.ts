/** The choice of experts in f64, by sorting, for kernel cases. */
import type { Params } from '../card.ts';
import type { RouteOptions } from '../route.ts';

export interface PlainEntry {
  readonly id: number;
  readonly weight: number;
}

export interface PlainRoute {
  /** The chosen experts, ascending. */
  readonly entries: readonly PlainEntry[];
  /** By how much the last chosen beat the first refused, of experts and of groups; 0 in a tie. */
  readonly margin: number;
}

export type RouterChoice = Pick<RouteOptions, 'score' | 'groups' | 'selectBias'>;

/** `logits` [experts], `selectBias` [experts] of zeros where there is none. */
export function plainRoute(
  { score, groups, selectBias: biased }: RouterChoice,
  params: Params,
  logits: Float64Array,
  selectBias: ArrayLike<number>,
): PlainRoute {
  const { topK = 0, renormEps = 0, scale = 1 } = params;
  const scores = score === 'softmax' ? softmax(logits) : score === 'sigmoid' ? logits.map(sigmoid) : logits;
  // Scores rise with logits but run into 0 and 1; alone, they order nothing that logits don't.
  const alone = !biased && groups !== 'topTwo';
  const choice = alone ? logits : scores.map((value, e) => value + selectBias[e]!);
  const kept = groups === 'none' ? null : keptGroups(groups, params, choice);
  const allowed = [...choice.keys()].filter((e) => kept?.best.includes(groupOf(e, params)) ?? true);
  const experts = largest(allowed, choice, topK);
  const chosen = experts.best.toSorted((a, b) => a - b);
  const own = chosen.map((e) => scores[e]!);
  const raw = score === 'topkSoftmax' ? softmax(own) : Float64Array.from(own);
  const divisor = params['renormalise'] === 1 ? raw.reduce((a, b) => a + b, 0) + renormEps : 1;
  return {
    entries: chosen.map((id, i) => ({ id, weight: (raw[i]! / divisor) * scale })),
    margin: Math.min(experts.margin, kept?.margin ?? Infinity),
  };
}

function groupOf(expert: number, { experts = 0, groupCount = 1 }: Params): number {
  return Math.floor(expert / (experts / groupCount));
}

function keptGroups(groups: 'max' | 'topTwo', params: Params, choice: Float64Array): Largest {
  const { experts = 0, groupCount = 1, groupKept = 1 } = params;
  const size = experts / groupCount;
  const scores = Array.from({ length: groupCount }, (_, g) => {
    const [best = 0, second = 0] = choice.slice(g * size, (g + 1) * size).toSorted((a, b) => b - a);
    return groups === 'max' ? best : best + second;
  });
  return largest([...scores.keys()], scores, groupKept);
}

interface Largest {
  readonly best: readonly number[];
  readonly margin: number;
}

/** The `count` indices of largest value, the lower index first in a tie. */
function largest(indices: readonly number[], values: ArrayLike<number>, count: number): Largest {
  const sorted = indices.toSorted((a, b) => values[b]! - values[a]! || a - b);
  const [last, next] = [sorted[count - 1], sorted[count]];
  const margin = last === undefined || next === undefined ? Infinity : values[last]! - values[next]!;
  return { best: sorted.slice(0, count), margin };
}

export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

function softmax(values: Iterable<number>): Float64Array {
  const logits = Float64Array.from(values);
  const highest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - highest));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / total);
}
