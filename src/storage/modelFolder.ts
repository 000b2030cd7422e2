/** Which files of a Hugging Face model folder an import reads; there may be weights in other forms beside them. */

export const SAFETENSORS_INDEX = 'model.safetensors.index.json';

const FACTS = [
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'chat_template.jinja',
  SAFETENSORS_INDEX,
];
const WEIGHTS = /\.safetensors$/i;
/** As `save_pretrained` names them; others may be adapters, or the same weights under other names. */
const USUAL_WEIGHTS = /^model(-\d{5}-of-\d{5})?\.safetensors$/i;

/** Whether a name points at a folder rather than at a model of one file. */
export function isFolderFile(name: string): boolean {
  return FACTS.includes(name) || WEIGHTS.test(name);
}

/**
 * Of the files there, those the model is made of: the facts, and the weights that
 * `index` (the content of model.safetensors.index.json) names; without one those
 * with the usual names, else all.
 */
export function folderFiles<F extends { readonly name: string }>(
  files: readonly F[],
  index: unknown,
): readonly F[] {
  const named = namedShards(index);
  const usual = files.some(({ name }) => USUAL_WEIGHTS.test(name));
  const isWeights = (name: string): boolean =>
    WEIGHTS.test(name) && (named ? named.has(name) : !usual || USUAL_WEIGHTS.test(name));
  return files.filter(({ name }) => FACTS.includes(name) || isWeights(name));
}

/** null where there is no index, or one that whoever opens the weights will refuse. */
function namedShards(index: unknown): ReadonlySet<string> | null {
  if (typeof index !== 'object' || index === null || !('weight_map' in index)) return null;
  const map = index.weight_map;
  if (typeof map !== 'object' || map === null) return null;
  const names = Object.values(map).filter((file): file is string => typeof file === 'string');
  return new Set(names.map((file) => file.slice(file.lastIndexOf('/') + 1)));
}
