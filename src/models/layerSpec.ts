/** Facts, and which tensors a layer has → its spec. */
import type { GqaFacts, LayerFacts, MlaFacts, ModelFacts, MoeFacts } from './facts.ts';
import type { MoeRules } from './families/family.ts';
import { pooledPieces } from './moeRecipes.ts';
import { findTensor } from './named.ts';
import type { NamedTensors } from './named.ts';
import type {
  AttentionSpec,
  FfnSpec,
  LayerSpec,
  RouterSpec,
  SharedExpertSpec,
  TemperatureSpec,
} from './spec.ts';

export function layerSpec(facts: ModelFacts, named: NamedTensors, layer: number): LayerSpec {
  return {
    attention: attentionSpec(facts, named, layer),
    ffn: ffnSpec(facts, named, layer),
    postNorms: facts.family.postNorms,
  };
}

function attentionSpec(facts: ModelFacts, named: NamedTensors, layer: number): AttentionSpec {
  const own = facts.layers[layer]!;
  if (own.mixes === 'conv') {
    const bias = findTensor(named, 'convBias', layer) !== undefined;
    return { kind: 'conv', width: facts.convWidth, bias };
  }
  if (facts.mla !== null) return mlaSpec(facts, facts.mla, own);
  if (facts.gqa === null) throw new Error('a model without attention');
  return {
    ...gqaSpec(facts, facts.gqa, own),
    qkvBias: findTensor(named, 'qBias', layer) !== undefined,
    outBias: findTensor(named, 'outBias', layer) !== undefined,
  };
}

function gqaSpec({ family, heads, temperature, localRope }: ModelFacts, gqa: GqaFacts, own: LayerFacts) {
  const normed = family.qkNorm !== 'unit' || (own.rotates && gqa.unitNorm);
  const turned = own.mixes === 'window' && localRope !== null ? 1 : 0;
  return {
    kind: 'gqa' as const,
    heads,
    kvHeads: gqa.kvHeads,
    headDim: gqa.headDim,
    scale: gqa.scale,
    window: own.mixes === 'window' ? gqa.window : 0,
    chunk: own.mixes === 'chunk' ? gqa.chunk : 0,
    softCap: gqa.softCap,
    qkNorm: normed ? family.qkNorm : ('none' as const),
    sinks: family.sinks,
    temperature: temperatureOf(temperature, own),
    rope: own.rotates ? turned : -1,
  };
}

function mlaSpec({ heads, temperature }: ModelFacts, mla: MlaFacts, own: LayerFacts): AttentionSpec {
  return { kind: 'mla', heads, ...mla, temperature: temperatureOf(temperature, own), rope: 0 };
}

function temperatureOf(given: ModelFacts['temperature'], { rotates }: LayerFacts): TemperatureSpec | null {
  return given !== null && (given.of === 'all' || !rotates) ? given.spec : null;
}

function ffnSpec(facts: ModelFacts, named: NamedTensors, layer: number): FfnSpec {
  const { family, moe, inner } = facts;
  const { activation } = family;
  if (moe === null || family.moe === null || !facts.layers[layer]!.sparse)
    return { kind: 'dense', inner, activation };
  return {
    kind: 'moe',
    experts: moe.experts,
    topK: moe.topK,
    inner: moe.inner,
    activation,
    router: routerSpec(moe, family.moe, named, layer),
    expertBias: family.moe.bias,
    weigh: family.moe.weigh,
    shared: sharedSpec(facts.hidden, moe, family.moe, named, layer),
  };
}

function routerSpec(moe: MoeFacts, rules: MoeRules, named: NamedTensors, layer: number): RouterSpec {
  const selectBias = moe.selectBias ?? findTensor(named, 'selectBias', layer) !== undefined;
  const { renormalise, scale } = moe;
  const score = moe.score ?? (selectBias ? 'sigmoid' : 'softmax');
  const judged = score === 'sigmoid' ? 'topTwo' : 'max';
  const groupScore = rules.groupScore === 'byScore' ? judged : rules.groupScore;
  const groups = moe.groups === null ? null : { ...moe.groups, score: groupScore };
  return { score, bias: rules.bias, selectBias, groups, renormalise, scale };
}

function sharedSpec(
  hidden: number,
  { inner, sharedInner }: MoeFacts,
  rules: MoeRules,
  named: NamedTensors,
  layer: number,
): SharedExpertSpec | null {
  if (sharedInner === 0) return null;
  const pooled = pooledPieces(named, layer, hidden, inner, sharedInner);
  return { inner: sharedInner, pooled, gated: rules.gatedShared };
}
