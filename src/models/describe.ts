/** A model's files → its spec and recipes. The only place that knows GGUF from safetensors is here. */
import { AppError } from '../base/failure.ts';
import { bf16ToF32, f16ToF32, f32ToBf16, f32ToF16 } from '../base/floats.ts';
import type { FileTensor, GgufMetadata, TensorDirectory } from '../formats/index.ts';
import { badDimension, LIMITS } from './bounds.ts';
import { configFacts } from './configFacts.ts';
import type { ModelFacts } from './facts.ts';
import type { FileRules } from './families/family.ts';
import { ggufFacts } from './ggufFacts.ts';
import { layerSpec } from './layerSpec.ts';
import { fileName, findTensor } from './named.ts';
import type { NamedTensors } from './named.ts';
import { tensorRecipes } from './recipes.ts';
import { ropeSpec } from './rope.ts';
import type { ModelSpec, TensorRecipe } from './spec.ts';

export interface ModelDescription {
  readonly spec: ModelSpec;
  readonly recipes: readonly TensorRecipe[];
}

/**
 * Reads at most the small tensor of rotary divisors. Throws UNSUPPORTED_FAMILY
 * { family }, BAD_DIMENSIONS { key, value } or { tensor, … }, MISSING_TENSOR { tensor },
 * UNSUPPORTED_TYPE { tensor, type }.
 */
export async function specFromGguf(
  metadata: GgufMetadata,
  directory: TensorDirectory,
): Promise<ModelDescription> {
  const facts = await ggufFacts(metadata, directory);
  const named = namedTensors(facts.family.gguf, directory, '', '');
  // llama.cpp multiplies by the f32 root.
  return describe(facts, named, 0, Math.fround);
}

/** `config` is the content of config.json; the directory comes from openSafetensors. Throws as specFromGguf. */
export function specFromConfig(config: unknown, directory: TensorDirectory): ModelDescription {
  const facts = configFacts(config);
  const { safetensors } = facts.family;
  const places = PREFIXES.map(([prefix, head]) => namedTensors(safetensors, directory, prefix, head));
  const named = places.find((place) => findTensor(place, 'embed') !== undefined) ?? places[0]!;
  const type = findTensor(named, 'embed')?.type ?? 'F32';
  return describe(facts, named, safetensors.normOffset, (value) => roundTo(type, value));
}

/** Where a text model lies alone, and inside one that also sees; and where its head does. */
const PREFIXES: readonly (readonly [string, string])[] = [
  ['model.', ''],
  ['model.language_model.', ''],
  ['language_model.model.', 'language_model.'],
  ['', ''],
];

function namedTensors(
  { names, experts }: FileRules,
  directory: TensorDirectory,
  prefix: string,
  headPrefix: string,
): NamedTensors {
  return { directory, names, experts, prefix, headPrefix };
}

/** transformers casts the embedding's scale to the weights' type. */
function roundTo(type: FileTensor['type'], value: number): number {
  if (type === 'BF16') return bf16ToF32(f32ToBf16(value));
  if (type === 'F16') return f16ToF32(f32ToF16(value));
  return Math.fround(value);
}

function describe(
  facts: ModelFacts,
  named: NamedTensors,
  normOffset: number,
  round: (value: number) => number,
): ModelDescription {
  const { family, hidden } = facts;
  const spec: ModelSpec = {
    family: family.name,
    vocab: vocabOf(facts, named),
    hidden,
    contextLength: facts.contextLength,
    embedScale: family.scaledEmbedding ? round(Math.sqrt(hidden)) : facts.embedScale,
    normEps: facts.normEps,
    tiedHead: facts.tiedHead ?? findTensor(named, 'head') === undefined,
    logitScale: facts.logitScale,
    logitSoftCap: facts.logitSoftCap,
    residualScale: facts.residualScale,
    layers: facts.layers.map((_, layer) => layerSpec(facts, named, layer)),
    ropes: [facts.rope, ...(facts.localRope === null ? [] : [facts.localRope])].map((rope) =>
      ropeSpec(rope, facts.pairing),
    ),
  };
  return { spec, recipes: tensorRecipes(spec, named, normOffset, facts.layersAhead) };
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
