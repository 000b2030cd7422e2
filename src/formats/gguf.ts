/**
 * Opens GGUF files (versions 2 and 3, little-endian), whole or split, out of byte
 * sources. `@huggingface/gguf` parses the structure; it is handed header bytes that
 * ggufHeader.ts has read and proved, through its own fetch option.
 */
import { GGMLQuantizationType, gguf } from '@huggingface/gguf';
import { alignUp, concat } from '../base/bytes.ts';
import { AppError } from '../base/failure.ts';
import { isDiskType, layoutOf, rowBytes } from './blocks.ts';
import type { FileTensor, TensorDirectory } from './directory.ts';
import { badDimensions, corrupt, readGgufHeader } from './ggufHeader.ts';
import type { GgufHeader } from './ggufHeader.ts';
import type { ByteSource } from './source.ts';

/** 64-bit integers are numbers here; none a model needs is beyond 2^53. */
export type GgufValue = string | number | boolean | readonly GgufValue[];
export type GgufMetadata = Readonly<Record<string, GgufValue>>;

export interface GgufModel {
  /** Of the first part, where the model is split. No prototype. */
  readonly metadata: GgufMetadata;
  readonly directory: TensorDirectory;
}

/**
 * One file, or all parts of a split one in any order. Throws NOT_A_MODEL,
 * FILE_TRUNCATED { file, needed, has }, FILE_CORRUPT { file }, BAD_DIMENSIONS
 * { tensor }, UNSUPPORTED_TYPE { tensor, type }, MISSING_PART { file }.
 */
export async function openGguf(sources: readonly ByteSource[], signal?: AbortSignal): Promise<GgufModel> {
  if (sources.length === 0) throw new AppError('BAD_REQUEST', 'no file was given');
  const parts: GgufPart[] = [];
  for (const source of sources) parts.push(await openPart(source, signal));
  const ordered = orderParts(parts);
  const tensors = new Map<string, FileTensor>();
  for (const part of ordered) {
    for (const tensor of part.tensors) {
      if (tensors.has(tensor.name)) throw corrupt(part.source.name, `tensor ${tensor.name} is there twice`);
      tensors.set(tensor.name, tensor);
    }
  }
  const [first] = ordered;
  const promised = first!.metadata['split.tensors.count'];
  if (ordered.length > 1 && typeof promised === 'number' && promised !== tensors.size) {
    throw corrupt(first!.source.name, `it names ${promised} tensors, its parts hold ${tensors.size}`);
  }
  return { metadata: first!.metadata, directory: { tensors } };
}

interface GgufPart {
  readonly source: ByteSource;
  readonly metadata: GgufMetadata;
  readonly tensors: readonly FileTensor[];
}

async function openPart(source: ByteSource, signal: AbortSignal | undefined): Promise<GgufPart> {
  const header = await readGgufHeader(source, signal);
  const parsed = await parse(header, source.name);
  const metadata = readMetadata(parsed.metadata, header);
  const dataStart = alignUp(header.length, alignmentOf(metadata, source.name));
  const tensors = parsed.tensorInfos.map((info) => fileTensor(info, source, dataStart));
  const needed = tensors.reduce(
    (end, { offset, rows, rowBytes: bytes }) => Math.max(end, offset + rows * bytes),
    0,
  );
  if (needed > source.size) {
    throw new AppError('FILE_TRUNCATED', `${source.name} ends before its weights do`, {
      file: source.name,
      needed,
      has: source.size,
    });
  }
  return { source, metadata, tensors };
}

type Parsed = Awaited<ReturnType<typeof gguf>>;

async function parse(header: GgufHeader, file: string): Promise<Parsed> {
  try {
    return await gguf('http://gguf.invalid/', { fetch: serving(withoutStrings(header)) });
  } catch (error) {
    throw corrupt(file, 'its header cannot be read', error);
  }
}

/**
 * The header with every string value empty; readMetadata reads those. The parser
 * begins a list of strings anew with each 2 MB it fetches (seconds for a large
 * vocabulary), and cuts a string short that lies across such an edge if nothing
 * behind it makes it fetch on.
 */
function withoutStrings({ bytes, length, strings }: GgufHeader): Uint8Array<ArrayBuffer> {
  const empty = new Uint8Array(8);
  const starts = [0, ...strings.map(({ end }) => end)];
  return concat(
    starts.flatMap((start, i) => {
      const next = strings[i];
      return next === undefined
        ? [bytes.subarray(start, length)]
        : [bytes.subarray(start, next.start), empty];
    }),
  );
}

/** A fetch that knows one file; past its end it answers nothing, as the parser reads ahead. */
function serving(bytes: Uint8Array<ArrayBuffer>): typeof fetch {
  return async (_uri, init) => {
    const range = /^bytes=(\d+)-(\d+)$/.exec(new Headers(init?.headers).get('range') ?? '');
    if (range === null) throw new Error('the GGUF parser asked for no range');
    return new Response(bytes.subarray(Number(range[1]), Number(range[2]) + 1));
  };
}

function readMetadata(parsed: object, header: GgufHeader): GgufMetadata {
  const plain = Object.entries(parsed).map(([key, value]) => [key, jsonValue(value)] as const);
  const metadata: Record<string, GgufValue> = Object.assign(Object.create(null), Object.fromEntries(plain));
  const view = new DataView(header.bytes.buffer, header.bytes.byteOffset, header.bytes.byteLength);
  const decoder = new TextDecoder();
  for (const { key, isList, start } of header.strings) {
    let at = start;
    // The walk has proved the counts: their low halves are all there is.
    const count = (): number => {
      at += 8;
      return view.getUint32(at - 8, true);
    };
    const text = (): string => {
      const length = count();
      at += length;
      return decoder.decode(header.bytes.subarray(at - length, at));
    };
    metadata[key] = isList ? Array.from({ length: count() }, text) : text();
  }
  return metadata;
}

function jsonValue(value: unknown): GgufValue {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value))
    return typeof value[0] === 'bigint' || Array.isArray(value[0]) ? value.map(jsonValue) : value;
  return value as GgufValue;
}

function alignmentOf(metadata: GgufMetadata, file: string): number {
  const alignment = metadata['general.alignment'] ?? 32;
  const isPowerOfTwo = typeof alignment === 'number' && Number.isInteger(Math.log2(alignment));
  if (isPowerOfTwo && alignment >= 1 && alignment <= 65_536) return alignment;
  throw corrupt(file, `general.alignment is ${String(alignment)}`);
}

function fileTensor(info: Parsed['tensorInfos'][number], source: ByteSource, dataStart: number): FileTensor {
  const { name } = info;
  const type = GGMLQuantizationType[info.dtype] ?? String(info.dtype);
  if (!isDiskType(type)) {
    throw new AppError('UNSUPPORTED_TYPE', `tensor ${name} is stored as ${type}, which is not read here`, {
      tensor: name,
      type,
    });
  }
  // ne[0] varies fastest: it is the length of a row. Above two dimensions lie matrices in a stack.
  const [cols = 1, blockRows = 1, ...higher] = info.shape.map(Number);
  const blocks = higher.reduce((product, size) => product * size, 1);
  const rows = blocks * blockRows;
  if (!Number.isSafeInteger(rows * cols * 4)) throw badDimensions(name, `${rows} x ${cols} values`);
  return {
    name,
    type,
    blocks,
    rows,
    cols,
    source,
    layout: layoutOf(type),
    rowBytes: rowBytes(type, cols, name),
    offset: dataStart + Number(info.offset),
  };
}

/** Parts in the order of their `split.no`, all of them; a model in one file as it is. */
function orderParts(parts: readonly GgufPart[]): readonly GgufPart[] {
  const [first] = parts;
  const count = first!.metadata['split.count'] ?? 1;
  if (count === 1 || count === 0) {
    if (parts.length === 1) return parts;
    throw new AppError(
      'BAD_REQUEST',
      `${first!.source.name} is a model of its own: choose one model at a time`,
      {
        file: first!.source.name,
      },
    );
  }
  if (typeof count !== 'number') throw corrupt(first!.source.name, 'split.count is not a number');
  const byNumber = new Map<number, GgufPart>();
  for (const part of parts) {
    const number = part.metadata['split.no'];
    if (
      part.metadata['split.count'] !== count ||
      typeof number !== 'number' ||
      number >= count ||
      byNumber.has(number)
    ) {
      throw new AppError(
        'BAD_REQUEST',
        `${part.source.name} is not a part of the same model, or is given twice`,
        {
          file: part.source.name,
        },
      );
    }
    byNumber.set(number, part);
  }
  return Array.from({ length: count }, (_, number) => {
    const part = byNumber.get(number);
    if (part !== undefined) return part;
    const file = partName(first!.source.name, number, count);
    throw new AppError('MISSING_PART', `${file} is missing: the model is split into ${count} files`, {
      file,
      parts: count,
    });
  });
}

const PART_NAME = /^(?<prefix>.*)-\d{5}-of-\d{5}\.gguf$/;

function partName(sibling: string, number: number, count: number): string {
  const digits = (n: number): string => String(n).padStart(5, '0');
  const prefix = PART_NAME.exec(sibling)?.groups?.['prefix'];
  if (prefix === undefined) return `part ${number + 1} of ${count}`;
  return `${prefix}-${digits(number + 1)}-of-${digits(count)}.gguf`;
}
