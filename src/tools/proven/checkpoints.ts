/** What a golden checkpoint on disk is: its family and formats, as our own readers see them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openGguf, openSafetensors, type ByteSource, type TensorDirectory } from '../../formats/index.ts';
import { specFromConfig, specFromGguf } from '../../models/index.ts';
import type { Proven } from './table.ts';

const FIXTURES = 'src/graph/fixtures';

/** What a type is called in the file formats' own documentation. */
const PACKINGS: Readonly<Record<string, string>> = {
  MXFP4_PAIRS: 'MXFP4',
  GPTQ_INT4: 'GPTQ',
  AWQ_INT4: 'AWQ',
  CT_INT4: 'compressed-tensors',
  MLX_INT4: 'MLX 4 bit',
  MLX_INT8: 'MLX 8 bit',
};

export async function readProven(name: string, container: Proven['container']): Promise<Proven> {
  if (container === 'safetensors') return { ...(await readFolder(join(FIXTURES, name, 'hf'))), container };
  const { metadata, directory } = await openGguf([sourceOf(join(FIXTURES, name, 'model.gguf'))]);
  const { spec } = await specFromGguf(metadata, directory);
  // GGUF has one name for several families; a folder of the same name, or of its first part, tells which.
  const folders = [name, name.split('-')[0]!].map((one) => join(FIXTURES, one, 'hf'));
  const folder = folders.find((one) => existsSync(one));
  const family = folder === undefined ? spec.family : (await readFolder(folder)).family;
  return { family, container, formats: formatsOf(directory) };
}

async function readFolder(folder: string): Promise<Omit<Proven, 'container'>> {
  const config: unknown = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
  const shards = readdirSync(folder).filter((file) => file.endsWith('.safetensors'));
  const sources = shards.map((file) => sourceOf(join(folder, file)));
  const directory = await openSafetensors(sources, undefined, undefined, config);
  const { spec } = specFromConfig(config, directory);
  return { family: spec.family, formats: formatsOf(directory) };
}

/** Routers are kept in floats or 8 bits whatever the rest is in. */
const ROUTER = /(ffn_gate_inp|router(\.layer)?|(mlp|block_sparse_moe|feed_forward)\.gate)\.weight$/;

/** Types of the matrices; what vectors are stored as says nothing. */
function formatsOf({ tensors }: TensorDirectory): readonly string[] {
  const matrices = [...tensors.values()].filter(
    ({ name, rows, blocks }) => rows / blocks > 1 && !ROUTER.test(name),
  );
  const types = new Set(matrices.map(({ type }) => type));
  const packed = [...types].filter((type) => !['F32', 'F16', 'BF16'].includes(type));
  return (packed.length > 0 ? packed : [...types]).map((type) => PACKINGS[type] ?? type);
}

function sourceOf(path: string): ByteSource {
  const bytes = new Uint8Array(readFileSync(path));
  return {
    name: path,
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.slice(offset, offset + length)),
  };
}
