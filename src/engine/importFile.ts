/** A model's files, read as far as their weights: what it is, what it says, where its tensors lie. */
import type { TextFacts } from '../base/textFacts.ts';
import { type ByteSource, type DiskType, openGguf, type TensorDirectory } from '../formats/index.ts';
import { type ModelSpec, specFromGguf, type TensorRecipe } from '../models/index.ts';
import { textFactsFromGguf } from '../text/index.ts';

export interface ModelFile {
  readonly spec: ModelSpec;
  readonly recipes: readonly TensorRecipe[];
  readonly directory: TensorDirectory;
  readonly text: TextFacts;
  /** The model's own name for itself, if it has one. */
  readonly title: string | null;
  /** As the file words it; empty where it is silent. */
  readonly license: string;
  /** The type most of the weights have. */
  readonly quantisation: string;
}

/** Failures are those of openGguf, specFromGguf and textFactsFromGguf. */
export async function readModelFile(sources: readonly ByteSource[], signal: AbortSignal): Promise<ModelFile> {
  const { metadata, directory } = await openGguf(sources, signal);
  const { spec, recipes } = specFromGguf(metadata, directory);
  const fact = (key: string): string | null => {
    const value = metadata[key];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  return {
    spec,
    recipes,
    directory,
    text: textFactsFromGguf(metadata),
    title: fact('general.name'),
    license: fact('general.license') ?? '',
    quantisation: mainType(directory),
  };
}

function mainType(directory: TensorDirectory): string {
  const values = new Map<DiskType, number>();
  for (const { type, rows, cols } of directory.tensors.values()) {
    values.set(type, (values.get(type) ?? 0) + rows * cols);
  }
  return [...values].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? '';
}
