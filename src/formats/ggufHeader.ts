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
  /** Metadata values that are a string or an array of strings, in the order they lie. */
  readonly strings: readonly StringValue[];
}

/** From its 64-bit length, or count, to the end of its last character. */
export interface StringValue {
  readonly key: string;
  readonly isList: boolean;
  readonly start: number;
  readonly end: number;
}

const READ_STEP = 2 * 1024 * 1024;
/** The largest real headers are near 16 MB; the parser itself stops at 50. */
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
  const walk = beginWalk(new Cursor(bytes, source.name));
  for (;;) {
    const cut = goOn(walk, new Cursor(bytes, source.name, walk.at));
    if (cut === null) return { bytes, length: walk.at, strings: walk.strings };
    if (cut.needed > MAX_HEADER) throw corrupt(source.name, `its header would end past byte ${cut.needed}`);
    if (bytes.length === source.size) throw cutShort(source, cut.needed);
    const length = Math.min(source.size, Math.max(cut.needed, bytes.length + READ_STEP));
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

function cutShort(source: ByteSource, needed: number): AppError {
  return new AppError('FILE_TRUNCATED', `${source.name} ends inside its header`, {
    file: source.name,
    needed,
    has: source.size,
  });
}

const COUNTS_END = 24;

function checkMagic(bytes: Uint8Array, source: ByteSource): void {
  const magic = String.fromCharCode(...bytes.subarray(0, 4));
  if (magic !== 'GGUF')
    throw new AppError('NOT_A_MODEL', `${source.name} is not a GGUF file`, { file: source.name });
  if (bytes.length < COUNTS_END) throw cutShort(source, COUNTS_END);
}

/** Thrown by a cursor that the bytes read so far don't suffice for. */
class HeaderCut {
  readonly needed: number;
  constructor(needed: number) {
    this.needed = needed;
  }
}

class Cursor {
  at: number;
  readonly file: string;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(bytes: Uint8Array, file: string, at = 4) {
    this.at = at;
    this.file = file;
    this.bytes = bytes;
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

  /** A 64-bit count, refused above `limit`; no BigInt, as there is one for every token. */
  count(limit: number, what: string, name: string | number = ''): number {
    const low = this.u32();
    const value = this.u32() * 2 ** 32 + low;
    if (value > limit) throw corrupt(this.file, `${what} ${name} ${value}`);
    return value;
  }

  skipString(limit: number, what: string, name: string | number = ''): void {
    this.skip(this.count(limit, what, name));
  }

  name(what: string, index: number): string {
    const length = this.count(MAX_NAME, what, index);
    if (length === 0) throw corrupt(this.file, `${what} ${index} is empty`);
    const start = this.skip(length);
    return new TextDecoder().decode(this.bytes.subarray(start, this.at));
  }
}

/** How far the header has been walked: a cut is taken up again at the key or tensor it fell in. */
interface Walk {
  at: number;
  readonly keys: number;
  readonly keysDone: Set<string>;
  readonly tensors: number;
  tensorsDone: number;
  readonly strings: StringValue[];
}

function beginWalk(cursor: Cursor): Walk {
  const version = cursor.u32();
  if (version !== 2 && version !== 3) {
    const detail = { file: cursor.file, version };
    throw new AppError(
      'NOT_A_MODEL',
      `${cursor.file} is GGUF of a version not read here (${version})`,
      detail,
    );
  }
  const tensors = cursor.count(MAX_TENSORS, 'the number of tensors is');
  const keys = cursor.count(MAX_KEYS, 'the number of metadata keys is');
  return { at: cursor.at, keys, keysDone: new Set(), tensors, tensorsDone: 0, strings: [] };
}

/** Walks to the end of the header, or to where the bytes end. */
function goOn(walk: Walk, cursor: Cursor): HeaderCut | null {
  try {
    while (walk.keysDone.size < walk.keys) {
      const key = cursor.name('the name of metadata key', walk.keysDone.size);
      if (walk.keysDone.has(key)) throw corrupt(cursor.file, `it says ${key} twice`);
      const value = skipKeyed(cursor, key);
      if (value !== null) walk.strings.push(value);
      walk.keysDone.add(key);
      walk.at = cursor.at;
    }
    for (; walk.tensorsDone < walk.tensors; walk.tensorsDone += 1) {
      skipTensorInfo(cursor, walk.tensorsDone);
      walk.at = cursor.at;
    }
    return null;
  } catch (error) {
    if (error instanceof HeaderCut) return error;
    throw error;
  }
}

/** Bytes of the scalar value types by id; 8 is a string, 9 an array. */
const SCALAR_BYTES: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};
const STRING = 8;
const ARRAY = 9;

/** Steps over a key's value; returns where it lies if it is of strings. */
function skipKeyed(cursor: Cursor, key: string): StringValue | null {
  const type = cursor.u32();
  const payload = cursor.at;
  const elementType = skipValue(cursor, type, key, 0);
  if (type === STRING) return { key, isList: false, start: payload, end: cursor.at };
  // An array's payload begins with the type of its elements.
  if (elementType === STRING) return { key, isList: true, start: payload + 4, end: cursor.at };
  return null;
}

/** Returns the type of an array's elements. */
function skipValue(cursor: Cursor, type: number, key: string, depth: number): number | null {
  if (type !== ARRAY) {
    skipScalar(cursor, type, key);
    return null;
  }
  if (depth === MAX_NESTING) throw corrupt(cursor.file, `${key} has arrays in arrays in arrays`);
  const elementType = cursor.u32();
  const length = cursor.count(MAX_ARRAY, 'the number of elements of', key);
  const size = SCALAR_BYTES[elementType];
  if (size !== undefined) cursor.skip(length * size);
  else if (elementType === ARRAY)
    for (let i = 0; i < length; i += 1) skipValue(cursor, ARRAY, key, depth + 1);
  else for (let i = 0; i < length; i += 1) skipScalar(cursor, elementType, key);
  return elementType;
}

function skipScalar(cursor: Cursor, type: number, key: string): void {
  const size = SCALAR_BYTES[type];
  if (size !== undefined) cursor.skip(size);
  else if (type === STRING) cursor.skipString(MAX_HEADER, 'the length of a string of', key);
  else throw corrupt(cursor.file, `${key} has a value of unknown type ${type}`);
}

function skipTensorInfo(cursor: Cursor, index: number): void {
  const name = cursor.name('the name of tensor', index);
  const dimensions = cursor.u32();
  if (dimensions < 1 || dimensions > 4) throw badDimensions(name, `${dimensions} dimensions`);
  for (let i = 0; i < dimensions; i += 1) {
    const size = cursor.count(Infinity, 'a dimension of', name);
    if (size < 1 || size > MAX_DIMENSION) throw badDimensions(name, `a dimension of ${size}`);
  }
  cursor.skip(4 + 8);
}

export function badDimensions(tensor: string, what: string): AppError {
  return new AppError('BAD_DIMENSIONS', `tensor ${tensor} has ${what}`, { tensor, what });
}
