/** A model's files, read as far as their weights: what it is, what it says, where its tensors lie. */
import { AppError } from '../base/failure.ts';
import type { TextFacts } from '../base/textFacts.ts';
import {
  type ByteSource,
  type FileTensor,
  openGguf,
  openSafetensors,
  type PackedType,
  type TensorDirectory,
} from '../formats/index.ts';
import { type ModelSpec, specFromConfig, specFromGguf, type TensorRecipe } from '../models/index.ts';
import { folderFiles, SAFETENSORS_INDEX } from '../storage/index.ts';
import { textFactsFromGguf, textFactsFromTokenizerJson } from '../text/index.ts';

/** A source that can't name its version counts as unchanged. */
export type ImportSource = ByteSource & { readonly validator?: string };

export interface ModelFile {
  /** Those the model is made of: a folder may hold much else. */
  readonly sources: readonly ImportSource[];
  readonly spec: ModelSpec;
  readonly recipes: readonly TensorRecipe[];
  readonly directory: TensorDirectory;
  readonly text: TextFacts;
  /** The model's own name for itself, if it has one. */
  readonly title: string | null;
  /** As the file words it; empty where it is silent. */
  readonly license: string;
  /** The type that takes most of the bytes. */
  readonly quantisation: string;
}

/**
 * A GGUF file, whole or split, or a folder of *.safetensors with config.json and
 * tokenizer.json. Failures are those of the rooms that read them; MISSING_PART
 * { file } where a folder lacks one, FILE_CORRUPT { file } where JSON is none.
 */
export async function readModelFile(given: readonly ImportSource[], signal: AbortSignal): Promise<ModelFile> {
  // Whoever lists a folder has an order of its own; the same files are the same model.
  const sources = given.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const has = (ending: RegExp): boolean => sources.some(({ name }) => ending.test(name));
  const isFolder = has(/\.safetensors$/i) || (has(/^config\.json$/) && !has(/\.gguf$/i));
  return isFolder ? readFolder(sources, signal) : readGguf(sources, signal);
}

async function readGguf(all: readonly ImportSource[], signal: AbortSignal): Promise<ModelFile> {
  const named = all.filter(({ name }) => /\.gguf$/i.test(name));
  const sources = named.length > 0 ? named : all;
  const { metadata, directory } = await openGguf(sources, signal);
  const { spec, recipes } = await specFromGguf(metadata, directory);
  const fact = (key: string): string | null => {
    const value = metadata[key];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  return {
    sources,
    spec,
    recipes,
    directory,
    text: textFactsFromGguf(metadata),
    title: fact('general.name'),
    license: fact('general.license') ?? '',
    quantisation: mainType(directory),
  };
}

async function readFolder(all: readonly ImportSource[], signal: AbortSignal): Promise<ModelFile> {
  const text = async (file: string): Promise<string | null> => {
    const source = all.find(({ name }) => name === file);
    return source ? new TextDecoder().decode(await source.read(0, source.size, signal)) : null;
  };
  const json = async (file: string): Promise<unknown> => parseJson(file, await text(file));
  const config = required('config.json', await json('config.json'));
  const tokenizer = required('tokenizer.json', await json('tokenizer.json'));
  const index = (await json(SAFETENSORS_INDEX)) ?? undefined;
  const sources = folderFiles(all, index);
  const shards = sources.filter(({ name }) => /\.safetensors$/i.test(name));
  if (shards.length === 0 && index === undefined) required('model.safetensors', null);
  const directory = await openSafetensors(shards, index, signal, config);
  const { spec, recipes } = specFromConfig(config, directory);
  return {
    spec,
    recipes,
    sources,
    directory,
    text: textFactsFromTokenizerJson(
      tokenizer,
      await json('tokenizer_config.json'),
      await json('generation_config.json'),
      await text('chat_template.jinja'),
    ),
    title: nameIn(config) ?? spec.family,
    license: '',
    quantisation: mainType(directory),
  };
}

/** What the folder was saved from: a repository, or a folder on somebody's disk. */
function nameIn(config: unknown): string | null {
  const key = '_name_or_path';
  if (typeof config !== 'object' || config === null || !(key in config)) return null;
  const path = config[key];
  return typeof path === 'string' ? (path.split('/').findLast((name) => /\w/.test(name)) ?? null) : null;
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

const PACKED_NAMES: Readonly<Record<PackedType, string>> = {
  FP8: 'FP8',
  MXFP4_PAIRS: 'MXFP4',
  GPTQ_INT4: 'GPTQ int4',
  AWQ_INT4: 'AWQ int4',
  CT_INT4: 'compressed-tensors int4',
  MLX_INT4: 'MLX 4-bit',
  MLX_INT8: 'MLX 8-bit',
};

function typeName(tensor: FileTensor): string {
  if ('packing' in tensor) return PACKED_NAMES[tensor.type];
  return tensor.type === 'UNREADABLE' ? tensor.dtype : tensor.type;
}

function mainType(directory: TensorDirectory): string {
  const bytes = new Map<string, number>();
  for (const tensor of directory.tensors.values()) {
    const name = typeName(tensor);
    bytes.set(name, (bytes.get(name) ?? 0) + tensor.rows * tensor.rowBytes);
  }
  return [...bytes].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? '';
}
