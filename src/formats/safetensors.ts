/**
 * Opens safetensors files, one or sharded: a 64-bit header length, JSON of tensor
 * names to dtype, shape and data range, then the data, row-major.
 */
import * as v from 'valibot';
import { AppError } from '../base/failure.ts';
import { layoutOf } from './blocks.ts';
import type { FileTensor, StoredTensor, TensorDirectory } from './directory.ts';
import { badDimensions, corrupt } from './ggufHeader.ts';
import { findPacked } from './packings.ts';
import { readQuantisation } from './quantisation.ts';
import type { ByteSource } from './source.ts';

/** The format's reference reader refuses longer headers too. */
const MAX_HEADER = 100_000_000;

/** Bytes of an element; other types (F4, F6, C64) are as long as they say. */
const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  F8_E8M0: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
};

const Size = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const EntryShape = v.object({
  dtype: v.string(),
  shape: v.array(Size),
  data_offsets: v.tuple([Size, Size]),
});
const IndexShape = v.looseObject({ weight_map: v.record(v.string(), v.string()) });

/**
 * `index` is the content of model.safetensors.index.json, where there is one; every
 * shard it names must be among the sources. `config` is that of config.json, whose
 * quantisation says how matrices are packed (quantisation.ts); a packed one appears
 * under the plain model's name and with its shape. A tensor of a type that is not
 * read is there too, as UNREADABLE, and fails when a slice of it is asked for.
 *
 * Throws NOT_A_MODEL, FILE_TRUNCATED { file, needed, has }, FILE_CORRUPT { file },
 * UNSUPPORTED_TYPE { tensor?, type }, BAD_DIMENSIONS { tensor }, MISSING_PART { file },
 * MISSING_TENSOR { tensor }.
 */
export async function openSafetensors(
  sources: readonly ByteSource[],
  index?: unknown,
  signal?: AbortSignal,
  config?: unknown,
): Promise<TensorDirectory> {
  const weightMap = index === undefined ? null : readIndex(index);
  if (weightMap !== null) requireShards(weightMap, sources);
  const stored = new Map<string, StoredTensor>();
  for (const source of sources) {
    for (const tensor of await openShard(source, signal)) {
      if (stored.has(tensor.name)) throw corrupt(source.name, `tensor ${tensor.name} is there twice`);
      stored.set(tensor.name, tensor);
    }
  }
  for (const tensor of Object.keys(weightMap ?? {})) {
    if (!stored.has(tensor)) {
      throw new AppError('MISSING_TENSOR', `no shard holds ${tensor}, which the index names`, { tensor });
    }
  }
  const { tensors: packed, pieces } = findPacked(stored, readQuantisation(config));
  const plain = [...stored.values()].filter(({ name }) => !pieces.has(name)).map(plainTensor);
  return { tensors: new Map([...plain, ...packed].map((tensor) => [tensor.name, tensor])) };
}

function readIndex(index: unknown): Readonly<Record<string, string>> {
  const parsed = v.safeParse(IndexShape, index);
  if (parsed.success) return parsed.output.weight_map;
  throw corrupt('model.safetensors.index.json', 'it maps no tensors to files');
}

function requireShards(weightMap: Readonly<Record<string, string>>, sources: readonly ByteSource[]): void {
  const there = new Set(sources.map(({ name }) => baseName(name)));
  for (const file of new Set(Object.values(weightMap))) {
    if (!there.has(baseName(file))) {
      throw new AppError('MISSING_PART', `${file} is missing: the index names it`, { file });
    }
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

async function openShard(
  source: ByteSource,
  signal: AbortSignal | undefined,
): Promise<readonly StoredTensor[]> {
  const { header, dataStart } = await readHeader(source, signal);
  const tensors: StoredTensor[] = [];
  let needed = dataStart;
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const entry = v.safeParse(EntryShape, value);
    if (!entry.success) throw corrupt(source.name, `tensor ${name} is not described as the format asks`);
    const tensor = storedTensor(name, entry.output, source, dataStart);
    needed = Math.max(needed, dataStart + entry.output.data_offsets[1]);
    tensors.push(tensor);
  }
  if (needed > source.size) throw truncated(source, needed, 'its weights do');
  return tensors;
}

async function readHeader(source: ByteSource, signal: AbortSignal | undefined) {
  if (source.size < 8) throw notSafetensors(source);
  const prefix = await source.read(0, 8, signal);
  const length = new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true);
  if (length < 2n || length > BigInt(MAX_HEADER)) throw notSafetensors(source);
  const dataStart = 8 + Number(length);
  if (dataStart > source.size) throw truncated(source, dataStart, 'its header does');
  const text = new TextDecoder().decode(await source.read(8, Number(length), signal));
  // The format asks for it, and it keeps a stray file from being taken for a damaged model.
  if (!text.startsWith('{')) throw notSafetensors(source);
  return { header: parseHeader(text, source.name), dataStart };
}

function parseHeader(text: string, file: string): Readonly<Record<string, unknown>> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw corrupt(file, 'its header is not JSON', error);
  }
  return v.parse(v.record(v.string(), v.unknown()), json);
}

function storedTensor(
  name: string,
  { dtype, shape, data_offsets: [start, end] }: v.InferOutput<typeof EntryShape>,
  source: ByteSource,
  dataStart: number,
): StoredTensor {
  // The last dimension is the row, as in torch; a scalar is a row of one.
  const cols = shape.at(-1) ?? 1;
  const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  if (rows < 1 || cols < 1 || !Number.isSafeInteger(rows * cols * 8))
    throw badDimensions(name, `shape [${shape.join(', ')}]`);
  const size = ELEMENT_BYTES[dtype];
  const rowBytes = size === undefined ? (end - start) / rows : cols * size;
  if (end < start || end - start !== rows * rowBytes) {
    throw corrupt(
      source.name,
      `tensor ${name} has ${end - start} bytes where its shape asks for ${rows * rowBytes}`,
    );
  }
  return { name, dtype, shape, rows, cols, rowBytes, source, offset: dataStart + start };
}

function plainTensor(stored: StoredTensor): FileTensor {
  const { name, dtype, shape, rows, cols, rowBytes, source, offset } = stored;
  const blocks = shape.slice(0, -2).reduce((product, size) => product * size, 1);
  const rest = { name, blocks, rows, cols, rowBytes, source, offset };
  if (dtype === 'F32' || dtype === 'F16' || dtype === 'BF16') {
    return { ...rest, type: dtype, layout: layoutOf(dtype) };
  }
  return { ...rest, type: 'UNREADABLE', layout: 'f32', dtype };
}

function notSafetensors(source: ByteSource): AppError {
  return new AppError('NOT_A_MODEL', `${source.name} is not a safetensors file`, { file: source.name });
}

function truncated(source: ByteSource, needed: number, what: string): AppError {
  return new AppError('FILE_TRUNCATED', `${source.name} ends before ${what}`, {
    file: source.name,
    needed,
    has: source.size,
  });
}
