/** Byte sources in memory and GGUF files by hand, for tests: also files no writer would make. */
import { concat } from '../base/bytes.ts';
import { AppError } from '../base/failure.ts';
import type { ByteSource } from '../formats/index.ts';

export interface CountingSource extends ByteSource {
  /** Bytes asked for so far. */
  readonly bytesRead: () => number;
}

/** `size` may be more than the bytes there: what lies past them reads as zeros. */
export function memorySource(name: string, bytes: Uint8Array, size = bytes.length): CountingSource {
  let bytesRead = 0;
  return {
    name,
    size,
    bytesRead: () => bytesRead,
    async read(offset, length, signal) {
      signal?.throwIfAborted();
      if (offset + length > size) {
        throw new AppError('FILE_TRUNCATED', `${name} is short`, {
          file: name,
          needed: offset + length,
          has: size,
        });
      }
      bytesRead += length;
      const out = new Uint8Array(length);
      out.set(bytes.subarray(Math.min(offset, bytes.length), Math.min(offset + length, bytes.length)));
      return out;
    },
  };
}

export const VALUE = { u8: 0, u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9, u64: 10 } as const;

export interface HandTensor {
  readonly name: string;
  /** ne[0] first. */
  readonly dims: readonly (number | bigint)[];
  /** ggml's number of the type. */
  readonly type: number;
  readonly offset: number | bigint;
}

export interface HandFile {
  readonly version?: number;
  readonly keys?: readonly (readonly [key: string, type: number, value: Uint8Array])[];
  readonly tensors?: readonly HandTensor[];
  /** Where the counts should lie about the lists. */
  readonly tensorCount?: bigint;
  readonly keyCount?: bigint;
  readonly dimensionCount?: number;
  readonly data?: number;
}

/** A GGUF file as the lists say, data all zeros from the next multiple of 32. */
export function ggufBytes({
  version = 3,
  keys = [],
  tensors = [],
  tensorCount,
  keyCount,
  dimensionCount,
  data = 0,
}: HandFile): Uint8Array {
  const header = concat([
    new TextEncoder().encode('GGUF'),
    u32(version),
    u64(tensorCount ?? tensors.length),
    u64(keyCount ?? keys.length),
    ...keys.flatMap(([key, type, value]) => [string(key), u32(type), value]),
    ...tensors.flatMap(({ name, dims, type, offset }) => [
      string(name),
      u32(dimensionCount ?? dims.length),
      ...dims.map(u64),
      u32(type),
      u64(offset),
    ]),
  ]);
  const file = new Uint8Array(Math.ceil(header.length / 32) * 32 + data);
  file.set(header);
  return file;
}

export function u32(value: number): Uint8Array {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, value, true);
  return out;
}

export function f32(value: number): Uint8Array {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setFloat32(0, value, true);
  return out;
}

export function u64(value: number | bigint): Uint8Array {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt(value), true);
  return out;
}

export function string(text: string, length?: bigint): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  return concat([u64(length ?? bytes.length), bytes]);
}

export function array(type: number, values: readonly Uint8Array[], length?: bigint): Uint8Array {
  return concat([u32(type), u64(length ?? values.length), ...values]);
}
