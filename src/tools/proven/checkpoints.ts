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
  if (container === 'GGUF') {
    const { metadata, directory } = await openGguf([sourceOf(join(FIXTURES, name, 'model.gguf'))]);
    const { spec } = await specFromGguf(metadata, directory);
    return { family: spec.family, container, formats: formatsOf(directory) };
  }
  const folder = join(FIXTURES, name, 'hf');
  const config: unknown = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
  const shards = readdirSync(folder).filter((file) => file.endsWith('.safetensors'));
  const index = join(folder, 'model.safetensors.index.json');
  const directory = await openSafetensors(
    shards.map((file) => sourceOf(join(folder, file))),
    existsSync(index) ? JSON.parse(readFileSync(index, 'utf8')) : undefined,
    undefined,
    config,
  );
  const { spec } = specFromConfig(config, directory);
  return { family: spec.family, container, formats: formatsOf(directory) };
}

/** Types of the matrices; what vectors and routers are stored as beside packed ones says nothing. */
function formatsOf({ tensors }: TensorDirectory): readonly string[] {
  const matrices = [...tensors.values()].filter(({ rows, blocks }) => rows / blocks > 1);
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
