/**
 * Reads exactly a GGUF file's header and proves its structure before the parser
 * sees it: every count, length and dimension is checked against the bytes that are
 * there, so a hostile file costs no more memory than its own header. GGUF spec,
 * "File Structure": magic, version, counts, key-value pairs, tensor infos.
 */
import { AppError } from '../base/failure.ts';
import type { ByteSource } from './source.ts';

export interface GgufHeader {
  /** The file from its start, at least to `length`. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where the tensor infos end; the data starts at the next multiple of the alignment. */
  readonly length: number;
  /** Where each string value lies, or the last string of an array of strings, by key. */
  readonly lastStrings: ReadonlyMap<string, ByteRange>;
}

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const READ_STEP = 2 * 1024 * 1024;
/** The parser's own limit is 50 MB and it reads half a megabyte ahead; the largest real headers are near 10 MB. */
const MAX_HEADER = 48 * 1000 * 1000;
const MAX_TENSORS = 100_000;
const MAX_KEYS = 65_536;
const MAX_NAME = 1_024;
const MAX_ARRAY = 1_000_000;
const MAX_NESTING = 3;
const MAX_DIMENSION = 2 ** 31;

export async function readGgufHeader(source: ByteSource, signal?: AbortSignal): Promise<GgufHeader> {
  let bytes = await source.read(0, Math.min(source.size, READ_STEP), signal);
  checkMagic(bytes, source);
  for (;;) {
    const result = walkHeader(bytes, source.name);
    if (!(result instanceof HeaderCut)) return result;
    if (result.needed > MAX_HEADER) {
      throw corrupt(source.name, `its header would end past byte ${result.needed}`);
    }
    if (bytes.length === source.size) {
      throw new AppError('FILE_TRUNCATED', `${source.name} ends inside its header`, {
        file: source.name, needed: result.needed, has: source.size,
      });
    }
    const length = Math.min(source.size, Math.max(result.needed, bytes.length + READ_STEP));
    const more = await source.read(bytes.length, length - bytes.length, signal);
    const grown = new Uint8Array(length);
    grown.set(bytes);
    grown.set(more, bytes.length);
    bytes = grown;
  }
}

export function corrupt(file: string, what: string, cause?: unknown): AppError {
  return new AppError('FILE_CORRUPT', `${file} is damaged: ${what}`, { file }, cause);
}

function checkMagic(bytes: Uint8Array, source: ByteSource): void {
  const magic = String.fromCharCode(...bytes.subarray(0, 4));
  if (magic !== 'GGUF') throw new AppError('NOT_A_MODEL', `${source.name} is not a GGUF file`, { file: source.name });
  if (bytes.length < 24) {
    throw new AppError('FILE_TRUNCATED', `${source.name} ends inside its header`, {
      file: source.name, needed: 24, has: source.size,
    });
  }
}

/** Thrown inside the walk, and its result, where the bytes read so far don't suffice. */
class HeaderCut {
  readonly needed: number;
  constructor(needed: number) {
    this.needed = needed;
  }
}

function walkHeader(bytes: Uint8Array<ArrayBuffer>, file: string): GgufHeader | HeaderCut {
  try {
    return walk(new Cursor(bytes, file));
  } catch (error) {
    if (error instanceof HeaderCut) return error;
    throw error;
  }
}

class Cursor {
  at = 4;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly file: string;
  private readonly view: DataView;

  constructor(bytes: Uint8Array<ArrayBuffer>, file: string) {
    this.bytes = bytes;
    this.file = file;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Steps over `length` bytes and returns where they began. */
  skip(length: number): number {
    const start = this.at;
    if (start + length > this.bytes.length) throw new HeaderCut(start + length);
    this.at = start + length;
    return start;
  }

  u32(): number {
    return this.view.getUint32(this.skip(4), true);
  }

  /** A 64-bit count, refused above `limit`. */
  count(limit: number, what: string): number {
    const value = this.view.getBigUint64(this.skip(8), true);
    if (value > BigInt(limit)) throw corrupt(this.file, `${what} ${value}`);
    return Number(value);
  }

  string(limit: number, what: string): ByteRange {
    const length = this.count(limit, `${what} has length`);
    const start = this.skip(length);
    return { start, end: this.at };
  }

  name(what: string): string {
    const { start, end } = this.string(MAX_NAME, what);
    if (start === end) throw corrupt(this.file, `${what} is empty`);
    return new TextDecoder().decode(this.bytes.subarray(start, end));
  }
}

function walk(cursor: Cursor): GgufHeader {
  const version = cursor.u32();
  if (version !== 2 && version !== 3) {
    const detail = { file: cursor.file, version };
    throw new AppError('NOT_A_MODEL', `${cursor.file} is GGUF of a version not read here (${version})`, detail);
  }
  const tensors = cursor.count(MAX_TENSORS, 'the number of tensors is');
  const keys = cursor.count(MAX_KEYS, 'the number of metadata keys is');
  const lastStrings = new Map<string, ByteRange>();
  for (let i = 0; i < keys; i += 1) {
    const key = cursor.name(`metadata key ${i}`);
    const last = skipValue(cursor, cursor.u32(), key, 0);
    if (last !== null) lastStrings.set(key, last);
    else lastStrings.delete(key);
  }
  for (let i = 0; i < tensors; i += 1) skipTensorInfo(cursor, i);
  return { bytes: cursor.bytes, length: cursor.at, lastStrings };
}

/** Bytes of the scalar value types by id; 8 is a string, 9 an array. */
const SCALAR_BYTES: Readonly<Record<number, number>> = {
  0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8,
};
const STRING = 8;
const ARRAY = 9;

/** Steps over a value; returns its string, or its last one, where it holds strings. */
function skipValue(cursor: Cursor, type: number, key: string, depth: number): ByteRange | null {
  if (type === STRING) return cursor.string(MAX_HEADER, `the value of ${key}`);
  const scalar = SCALAR_BYTES[type];
  if (scalar !== undefined) {
    cursor.skip(scalar);
    return null;
  }
  if (type !== ARRAY || depth === MAX_NESTING) throw corrupt(cursor.file, `${key} has a value of unknown type ${type}`);
  const elementType = cursor.u32();
  const length = cursor.count(MAX_ARRAY, `${key} has a number of elements`);
  const size = SCALAR_BYTES[elementType];
  if (size !== undefined) {
    cursor.skip(length * size);
    return null;
  }
  let last: ByteRange | null = null;
  for (let i = 0; i < length; i += 1) last = skipValue(cursor, elementType, key, depth + 1);
  return elementType === STRING ? last : null;
}

function skipTensorInfo(cursor: Cursor, index: number): void {
  const name = cursor.name(`the name of tensor ${index}`);
  const dimensions = cursor.u32();
  if (dimensions < 1 || dimensions > 4) throw badDimensions(name, `${dimensions} dimensions`);
  for (let i = 0; i < dimensions; i += 1) {
    const size = cursor.count(Number.MAX_SAFE_INTEGER, `tensor ${name} has a dimension`);
    if (size < 1 || size > MAX_DIMENSION) throw badDimensions(name, `a dimension of ${size}`);
  }
  cursor.skip(4 + 8);
}

export function badDimensions(tensor: string, what: string): AppError {
  return new AppError('BAD_DIMENSIONS', `tensor ${tensor} has ${what}`, { tensor, what });
}
