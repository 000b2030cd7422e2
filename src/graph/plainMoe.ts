/** A mixture of experts in plain loops: router, choice, experts one after the other. */
import type { MoeFfnSpec, RouterSpec } from '../models/spec.ts';
import type { PlainWeights } from './plain.ts';
import { gateRows, linear, sigmoid, softmax } from './plainMath.ts';

/** One expert a token chose, and what its output (or input) is multiplied by. */
export interface PlainChoice {
  readonly expert: number;
  readonly weight: number;
}

/** x [tokens, hidden], already normed. y [tokens, hidden]; `choices` of each token, in ascending order of expert. */
export function mixtureOfExperts(
  x: Float32Array,
  hidden: number,
  spec: MoeFfnSpec,
  weights: PlainWeights,
): { readonly y: Float32Array; readonly choices: readonly (readonly PlainChoice[])[] } {
  const tokens = x.length / hidden;
  const y = new Float32Array(x.length);
  const router = weights('router');
  const choices: (readonly PlainChoice[])[] = [];
  for (let t = 0; t < tokens; t += 1) {
    const row = x.subarray(t * hidden, (t + 1) * hidden);
    const logits = Array.from(linear(row, router, router.length / hidden));
    const chosen = chooseExperts(logits.slice(0, spec.experts), spec, weights);
    const sums = new Float64Array(hidden);
    for (const { expert, weight } of chosen)
      addInto(sums, runExpert(row, hidden, expert, weight, spec, weights));
    addShared(sums, row, hidden, spec, logits, weights);
    y.set(sums, t * hidden);
    choices.push(chosen);
  }
  return { y, choices };
}

/** In ascending order of expert. */
function chooseExperts(
  raw: readonly number[],
  { router, topK, experts }: MoeFfnSpec,
  weights: PlainWeights,
): readonly PlainChoice[] {
  const bias = router.bias ? weights('routerBias') : null;
  const logits = raw.map((logit, expert) => logit + (bias?.[expert] ?? 0));
  const scores = scoresOf(logits, router.score);
  const added = router.selectBias ? weights('selectBias') : null;
  const wanted = scores.map((score, expert) => score + (added?.[expert] ?? 0));
  const allowed = allowedExperts(wanted, router.groups);
  const ids = Array.from({ length: experts }, (_, expert) => expert)
    .filter((expert) => allowed(expert))
    .toSorted((a, b) => wanted[b]! - wanted[a]! || a - b)
    .slice(0, topK)
    .toSorted((a, b) => a - b);
  const picked = ids.map((expert) => scores[expert]!);
  const own = router.score === 'topkSoftmax' ? softmax(picked) : picked;
  const divisor = router.renormalise === null ? 1 : own.reduce((sum, w) => sum + w, router.renormalise);
  return ids.map((expert, k) => ({ expert, weight: (own[k]! / divisor) * router.scale }));
}

function scoresOf(logits: readonly number[], score: RouterSpec['score']): readonly number[] {
  switch (score) {
    case 'softmax':
      return softmax(logits);
    case 'sigmoid':
      return logits.map(sigmoid);
    case 'topkSoftmax':
      return logits;
    default:
      return score satisfies never;
  }
}

/** Whether an expert's group is among the best; a tie goes to the lower group. */
function allowedExperts(
  wanted: readonly number[],
  groups: RouterSpec['groups'],
): (expert: number) => boolean {
  if (groups === null) return () => true;
  const size = wanted.length / groups.count;
  const best = Array.from({ length: groups.count }, (_, group) => {
    const [first = 0, second = 0] = wanted.slice(group * size, (group + 1) * size).toSorted((a, b) => b - a);
    return { group, score: groups.score === 'max' ? first : first + second };
  })
    .toSorted((a, b) => b.score - a.score || a.group - b.group)
    .slice(0, groups.kept)
    .map(({ group }) => group);
  return (expert) => best.includes(Math.floor(expert / size));
}

function runExpert(
  row: Float32Array,
  hidden: number,
  expert: number,
  weight: number,
  spec: MoeFfnSpec,
  weights: PlainWeights,
): Float32Array {
  const { inner, expertBias, weigh } = spec;
  const own = (name: string, size: number): Float32Array =>
    weights(name).subarray(expert * size, (expert + 1) * size);
  const input = weigh === 'input' ? row.map((value) => value * weight) : row;
  const gates = linear(input, own('expertGateUp', 2 * inner * hidden), 2 * inner);
  if (expertBias) addInto(gates, own('expertGateUpBias', 2 * inner));
  const y = linear(gateRows(spec.activation, gates, inner), own('expertDown', hidden * inner), hidden);
  if (expertBias) addInto(y, own('expertDownBias', hidden));
  return weigh === 'input' ? y : y.map((value) => value * weight);
}

/** The network every token takes: pieces behind the experts, or tensors of its own. */
function addShared(
  sums: Float64Array,
  row: Float32Array,
  hidden: number,
  spec: MoeFfnSpec,
  logits: readonly number[],
  weights: PlainWeights,
): void {
  const { shared, experts } = spec;
  if (shared === null) return;
  const weight = shared.gated ? sigmoid(logits[experts]!) : 1;
  const unweighed: MoeFfnSpec = { ...spec, weigh: 'output' };
  for (let piece = 0; piece < shared.pooled; piece += 1) {
    addInto(sums, runExpert(row, hidden, experts + piece, weight, unweighed, weights));
  }
  if (shared.pooled > 0) return;
  const gates = linear(row, weights('sharedGateUp'), 2 * shared.inner);
  const y = linear(gateRows(spec.activation, gates, shared.inner), weights('sharedDown'), hidden);
  addInto(
    sums,
    y.map((value) => value * weight),
  );
}

function addInto(sums: Float64Array | Float32Array, values: Float32Array): void {
  for (let i = 0; i < sums.length; i += 1) sums[i] = sums[i]! + values[i]!;
}
