/** A model's files, read as far as their weights: what it is, what it says, where its tensors lie. */
import { AppError } from '../base/failure.ts';
import type { TextFacts } from '../base/textFacts.ts';
import {
  type ByteSource,
  type DiskType,
  openGguf,
  openSafetensors,
  type TensorDirectory,
} from '../formats/index.ts';
import { type ModelSpec, specFromConfig, specFromGguf, type TensorRecipe } from '../models/index.ts';
import { textFactsFromGguf, textFactsFromTokenizerJson } from '../text/index.ts';

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

/**
 * A GGUF file, whole or split, or *.safetensors with config.json and tokenizer.json.
 * Failures are those of the rooms that read them; MISSING_PART { file } where a
 * folder lacks one, FILE_CORRUPT { file } where JSON is none.
 */
export async function readModelFile(sources: readonly ByteSource[], signal: AbortSignal): Promise<ModelFile> {
  const isFolder = sources.some(({ name }) => /\.safetensors$/i.test(name));
  return isFolder ? readFolder(sources, signal) : readGguf(sources, signal);
}

async function readGguf(sources: readonly ByteSource[], signal: AbortSignal): Promise<ModelFile> {
  const { metadata, directory } = await openGguf(sources, signal);
  const { spec, recipes } = await specFromGguf(metadata, directory);
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

async function readFolder(sources: readonly ByteSource[], signal: AbortSignal): Promise<ModelFile> {
  const text = async (file: string): Promise<string | null> => {
    const source = sources.find(({ name }) => name === file);
    return source ? new TextDecoder().decode(await source.read(0, source.size, signal)) : null;
  };
  const json = async (file: string): Promise<unknown> => parseJson(file, await text(file));
  const config = required('config.json', await json('config.json'));
  const tokenizer = required('tokenizer.json', await json('tokenizer.json'));
  const shards = sources.filter(({ name }) => /\.safetensors$/i.test(name));
  const index = (await json('model.safetensors.index.json')) ?? undefined;
  const directory = await openSafetensors(shards, index, signal);
  return {
    ...specFromConfig(config, directory),
    directory,
    text: textFactsFromTokenizerJson(
      tokenizer,
      await json('tokenizer_config.json'),
      await json('generation_config.json'),
      await text('chat_template.jinja'),
    ),
    title: null,
    license: '',
    quantisation: mainType(directory),
  };
}

function parseJson(file: string, content: string | null): unknown {
  if (content === null) return null;
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new AppError('FILE_CORRUPT', `${file} is not JSON`, { file }, error);
  }
}

function required(file: string, content: unknown): unknown {
  if (content !== null) return content;
  throw new AppError('MISSING_PART', `${file} is missing: it belongs to the model`, { file });
}

function mainType(directory: TensorDirectory): string {
  const values = new Map<DiskType, number>();
  for (const { type, rows, cols } of directory.tensors.values()) {
    values.set(type, (values.get(type) ?? 0) + rows * cols);
  }
  return [...values].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? '';
}
