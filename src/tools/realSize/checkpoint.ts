/**
 * A Hugging Face folder of a published shape with seeded random weights in bf16:
 * config.json, shards with their index, a tokenizer. Made once, kept in .cache.
 */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { byteTokenizer } from './byteTokenizer.ts';
import type { Shape, ShapedTensor } from './shapes.ts';

const CACHE = '.cache/real-size';
const SHARD_BYTES = 300_000_000;
/** A prime, so that experts that lie a power of two apart are not the same. */
const BLOCK_VALUES = 16_777_259;
/**
 * A normed row of a thousand values times a matrix gives values of about one. Embeddings
 * are smaller: a head tied to them would repeat the last token, whatever the layers do.
 */
const DEVIATIONS = { matrix: 0.03, embedding: 0.0005, norm: 0.1 };

/** The paths of its files. Throws where the disk has no room. */
export function randomCheckpoint(shape: Shape, layers = shape.layers): readonly string[] {
  const folder = join(CACHE, `${shape.name}-${layers}`);
  if (!existsSync(folder)) {
    const unfinished = `${folder}.part`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    writeFolder(unfinished, shape, layers);
    renameSync(unfinished, folder);
  }
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
}

function writeFolder(folder: string, shape: Shape, layers: number): void {
  const shards = shardsOf(shape.tensors(layers));
  const digits = (n: number): string => String(n).padStart(5, '0');
  const nameOf = (shard: number): string =>
    `model-${digits(shard + 1)}-of-${digits(shards.length)}.safetensors`;
  const json = (name: string, value: unknown): void =>
    writeFileSync(join(folder, name), JSON.stringify(value, null, 1));
  json('config.json', shape.config(layers));
  const { tokenizer, config } = byteTokenizer(shape.vocab);
  json('tokenizer.json', tokenizer);
  json('tokenizer_config.json', config);
  json('model.safetensors.index.json', {
    metadata: { total_size: shards.flat().reduce((sum, tensor) => sum + bytesOf(tensor), 0) },
    weight_map: Object.fromEntries(
      shards.flatMap((tensors, shard) => tensors.map(({ name }) => [name, nameOf(shard)])),
    ),
  });
  const blocks = {
    matrix: randomBlock(0, DEVIATIONS.matrix),
    embedding: randomBlock(0, DEVIATIONS.embedding),
    norm: randomBlock(1, DEVIATIONS.norm),
  };
  let start = 0;
  shards.forEach((tensors, shard) => {
    const file = openSync(join(folder, nameOf(shard)), 'w');
    writeHeader(file, tensors);
    for (const tensor of tensors) {
      writeRepeated(file, blocks[kindOf(tensor)], start, bytesOf(tensor));
      start = (start + 2 * 1_000_003) % (2 * BLOCK_VALUES);
    }
    closeSync(file);
  });
}

function shardsOf(tensors: readonly ShapedTensor[]): readonly (readonly ShapedTensor[])[] {
  const shards: ShapedTensor[][] = [];
  let room = 0;
  for (const tensor of tensors) {
    if (bytesOf(tensor) > room) {
      shards.push([]);
      room = SHARD_BYTES;
    }
    room -= bytesOf(tensor);
    shards.at(-1)?.push(tensor);
  }
  return shards;
}

function kindOf({ name, shape }: ShapedTensor): keyof typeof DEVIATIONS {
  if (shape.length === 1) return 'norm';
  return name === 'model.embed_tokens.weight' ? 'embedding' : 'matrix';
}

function bytesOf({ shape }: ShapedTensor): number {
  return shape.reduce((product, side) => product * side, 2);
}

function writeHeader(file: number, tensors: readonly ShapedTensor[]): void {
  let at = 0;
  const entries = tensors.map((tensor) => {
    const data_offsets = [at, (at += bytesOf(tensor))];
    return [tensor.name, { dtype: 'BF16', shape: tensor.shape, data_offsets }];
  });
  const text = JSON.stringify({ __metadata__: { format: 'pt' }, ...Object.fromEntries(entries) });
  const header = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 8) * 8));
  writeAll(file, new Uint8Array(BigUint64Array.of(BigInt(header.length)).buffer));
  writeAll(file, header);
}

/** Bytes of the block from `start` on, over and over. */
function writeRepeated(file: number, block: Uint8Array, start: number, length: number): void {
  for (let at = start; length > 0; at = 0) {
    const part = block.subarray(at, at + length);
    writeAll(file, part);
    length -= part.length;
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

/** Uniform values of that mean and standard deviation, always the same ones, as bf16. */
function randomBlock(mean: number, deviation: number): Uint8Array {
  const values = new Uint16Array(BLOCK_VALUES);
  const float = new Float32Array(1);
  const bits = new Uint32Array(float.buffer);
  const width = deviation * Math.sqrt(12);
  let state = 0x9e3779b9;
  for (let i = 0; i < BLOCK_VALUES; i++) {
    // xorshift32 (Marsaglia 2003)
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    float[0] = mean + width * ((state >>> 0) / 2 ** 32 - 0.5);
    values[i] = bits[0]! >>> 16;
  }
  return new Uint8Array(values.buffer);
}
