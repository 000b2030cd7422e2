/** Experts and their router, from either kind of file. */
import { badDimension, KERNEL_LIMITS, LIMITS } from './bounds.ts';
import type { MoeFacts } from './facts.ts';
import { unsupported } from './families/all.ts';
import type { Family, MoeRules } from './families/family.ts';
import type { Reader } from './reader.ts';
import type { RouterSpec } from './spec.ts';

/** null where the model has no experts. */
export function moeFacts(read: Reader, family: Family): MoeFacts | null {
  const { moe } = family;
  const key = ['n_routed_experts', 'num_experts', 'num_local_experts'].find(
    (one) => read.get(one) !== undefined,
  );
  const experts = key === undefined ? 0 : read.countOrNone(key, KERNEL_LIMITS.experts);
  if (key === undefined || experts === 0) return null;
  if (moe === null) throw unsupported(family.name, 'with experts');

  const inner = read.count(
    read.get('moe_intermediate_size') === undefined ? 'intermediate_size' : 'moe_intermediate_size',
    LIMITS.inner,
  );
  const topK = read.count('num_experts_per_tok', LIMITS.experts);
  if (topK > experts)
    throw badDimension(read.name('num_experts_per_tok'), topK, `there are only ${experts} experts`);
  if (topK > KERNEL_LIMITS.chosen)
    throw badDimension(
      read.name('num_experts_per_tok'),
      topK,
      `at most ${KERNEL_LIMITS.chosen} are run here`,
    );
  const groups = groupsOf(read, moe, experts, topK);
  return {
    experts,
    topK,
    inner,
    sharedInner: sharedInner(read, inner),
    score: scoreOf(read, family, moe),
    selectBias: moe.selectBias === 'asTold' ? null : moe.selectBias && read.flag('use_expert_bias', true),
    groups,
    renormalise: read.flag('norm_topk_prob', false) ? moe.renormaliseEps : null,
    scale: read.positive('routed_scaling_factor', 1),
  };
}

function sharedInner(read: Reader, inner: number): number {
  const told = read.countOrNone('shared_expert_intermediate_size', LIMITS.inner);
  return told > 0 ? told : read.countOrNone('n_shared_experts', LIMITS.experts) * inner;
}

function scoreOf(read: Reader, { name }: Family, { score }: MoeRules): RouterSpec['score'] | null {
  const told = read.text('scoring_func');
  if (told !== null && told !== 'softmax' && told !== 'sigmoid')
    throw unsupported(name, `whose router scores by ${told}`);
  if (score === 'asTold') return told;
  const own = score === 'topkSoftmax' ? 'softmax' : score;
  if (told !== null && told !== own) throw unsupported(name, `whose router scores by ${told}`);
  return score;
}

function groupsOf(read: Reader, moe: MoeRules, experts: number, topK: number): MoeFacts['groups'] {
  const count = read.countOrNone('n_group', LIMITS.experts);
  if (count <= 1 || read.text('topk_method') === 'greedy') return null;
  const each = experts / count;
  if (!Number.isInteger(each))
    throw badDimension(read.name('n_group'), count, `the ${experts} experts are not that many equal groups`);
  const kept = read.count('topk_group', count);
  if (topK > kept * each)
    throw badDimension(
      read.name('topk_group'),
      kept,
      `${topK} experts are chosen, those groups have ${kept * each}`,
    );
  if (moe.groupScore !== 'max' && each < 2)
    throw badDimension(read.name('n_group'), count, 'a group is judged by two experts and has but one');
  return kept === count ? null : { count, kept };
}
