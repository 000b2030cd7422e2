/** A model's files → its spec and recipes. The only place that knows GGUF from safetensors is here. */
import { AppError } from '../base/failure.ts';
import { bf16ToF32, f16ToF32, f32ToBf16, f32ToF16 } from '../base/floats.ts';
import type { DiskType, GgufMetadata, TensorDirectory } from '../formats/index.ts';
import { badDimension, LIMITS } from './bounds.ts';
import { configFacts } from './configFacts.ts';
import type { ModelFacts } from './facts.ts';
import { ggufFacts } from './ggufFacts.ts';
import { fileName, findTensor, tensorRecipes } from './recipes.ts';
import type { NamedTensors } from './recipes.ts';
import { ropeSpec } from './rope.ts';
import type { LayerSpec, ModelSpec, RopeSpec, TensorRecipe } from './spec.ts';

export interface ModelDescription {
  readonly spec: ModelSpec;
  readonly recipes: readonly TensorRecipe[];
}

/**
 * Reads at most the small tensor of rotary divisors. Throws UNSUPPORTED_FAMILY
 * { family }, BAD_DIMENSIONS { key, value } or { tensor, … }, MISSING_TENSOR { tensor }.
 */
export async function specFromGguf(
  metadata: GgufMetadata,
  directory: TensorDirectory,
): Promise<ModelDescription> {
  const facts = await ggufFacts(metadata, directory);
  const { names, pairing } = facts.family.gguf;
  // llama.cpp multiplies by the f32 root.
  return describe(facts, { directory, names, prefix: '' }, pairing, 0, Math.fround);
}

/** `config` is the content of config.json; the directory comes from openSafetensors. Throws as specFromGguf. */
export function specFromConfig(config: unknown, directory: TensorDirectory): ModelDescription {
  const facts = configFacts(config);
  const { names, normOffset } = facts.family.safetensors;
  const prefix = PREFIXES.find((one) => directory.tensors.has(one + names.embed)) ?? 'model.';
  const named = { directory, names, prefix };
  const type = findTensor(named, 'embed')?.type ?? 'F32';
  return describe(facts, named, 'half', normOffset, (value) => roundTo(type, value));
}

/** Where a text model lies alone, and inside one that also sees. */
const PREFIXES = ['model.', 'model.language_model.', 'language_model.model.', ''];

/** transformers casts the embedding's scale to the weights' type. */
function roundTo(type: DiskType, value: number): number {
  if (type === 'BF16') return bf16ToF32(f32ToBf16(value));
  if (type === 'F16') return f16ToF32(f32ToF16(value));
  return Math.fround(value);
}

function describe(
  facts: ModelFacts,
  named: NamedTensors,
  pairing: RopeSpec['pairing'],
  normOffset: number,
  round: (value: number) => number,
): ModelDescription {
  checkShape(facts);
  const { family } = facts;
  const spec: ModelSpec = {
    family: family.name,
    vocab: vocabOf(facts, named),
    hidden: facts.hidden,
    contextLength: facts.contextLength,
    embedScale: family.scaledEmbedding ? round(Math.sqrt(facts.hidden)) : 1,
    normEps: facts.normEps,
    tiedHead: facts.tiedHead ?? findTensor(named, 'head') === undefined,
    logitSoftCap: facts.logitSoftCap,
    layers: Array.from({ length: facts.layers }, (_, layer) => layerSpec(facts, named, layer)),
    ropes: [facts.rope, ...(facts.localRope === null ? [] : [facts.localRope])].map((rope) =>
      ropeSpec(rope, pairing),
    ),
  };
  return { spec, recipes: tensorRecipes(spec, named, normOffset) };
}

function checkShape({ heads, kvHeads, headDim }: ModelFacts): void {
  if (heads % kvHeads !== 0)
    throw badDimension('key-value heads', kvHeads, `the ${heads} heads must be a multiple of it`);
  if (headDim % 4 !== 0) throw badDimension('head size', headDim, 'a multiple of 4 is needed');
}

function vocabOf({ vocab }: ModelFacts, named: NamedTensors): number {
  const embed = findTensor(named, 'embed');
  if (embed === undefined) {
    const tensor = fileName(named, 'embed');
    throw new AppError('MISSING_TENSOR', `the model has no tensor ${tensor}`, { tensor });
  }
  if (embed.rows > LIMITS.vocab)
    throw badDimension('vocabulary', embed.rows, `at most ${LIMITS.vocab} are read here`);
  return vocab ?? embed.rows;
}

function layerSpec(facts: ModelFacts, named: NamedTensors, layer: number): LayerSpec {
  const { family, heads, kvHeads, headDim, inner } = facts;
  const windowed = facts.isWindowed(layer);
  return {
    attention: {
      kind: 'gqa',
      heads,
      kvHeads,
      headDim,
      scale: facts.attentionScale,
      window: windowed ? facts.window : 0,
      softCap: facts.attentionSoftCap,
      qkNorm: family.qkNorm,
      qkvBias: findTensor(named, 'qBias', layer) !== undefined,
      outBias: findTensor(named, 'outBias', layer) !== undefined,
      rope: windowed && facts.localRope !== null ? 1 : 0,
    },
    ffn: { kind: 'dense', inner, activation: family.activation },
    postNorms: family.postNorms,
  };
}
