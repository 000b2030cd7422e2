/** Plain floats, whose elements can be moved one by one: any columns, and turned matrices too. */
import { f16ToF32 } from '../base/floats.ts';
import type { BlockTensor } from './directory.ts';
import { type Form, gatherRows, stridedRange, type Window } from './form.ts';
import { padCols } from './layouts.ts';
import { type Planes, repackRows } from './repack.ts';

export type FloatType = 'F32' | 'F16' | 'BF16';

export interface FloatForm extends Form {
  /** A window as the file has it, columns becoming rows: every step-th of them, from the first. */
  repackTurned(window: Window, step: number, bytes: readonly Uint8Array[], out: Planes): void;
}

export function isFloat(file: { readonly type: string }): file is BlockTensor & { readonly type: FloatType } {
  return file.type === 'F32' || file.type === 'F16' || file.type === 'BF16';
}

export function floatForm(file: BlockTensor & { readonly type: FloatType }): FloatForm {
  const { type, rowBytes } = file;
  const size = type === 'F32' ? 4 : 2;
  const gather = ({ rows, step, cols }: Window, bytes: readonly Uint8Array[]): Uint8Array =>
    gatherRows(bytes[0]!, rows, step * rowBytes, cols * size);
  return {
    group: 1,
    byRows: true,
    ranges: (window) => [stridedRange(file, window, window.firstCol * size, window.cols * size)],
    repack: (window, bytes, out) => repackRows(type, gather(window, bytes), window.rows, window.cols, out),
    decode: (window, bytes) => decodeFloats(type, gather(window, bytes)),
    repackTurned: (window, step, bytes, out) => {
      const words = wordsOf(gather(window, bytes), size);
      const to = wordsOf(out.quants, size);
      const rows = Math.ceil(window.cols / step);
      const width = padCols(window.rows);
      for (let r = 0; r < rows; r += 1) {
        for (let c = 0; c < window.rows; c += 1) to[r * width + c] = words[c * window.cols + r * step]!;
        to.fill(0, r * width + window.rows, (r + 1) * width);
      }
    },
  };
}

/** Values of floats as a file stores them, little-endian. */
function decodeFloats(type: FloatType, bytes: Uint8Array): Float32Array<ArrayBuffer> {
  if (type === 'F32') return new Float32Array(bytes.slice().buffer);
  const { buffer, byteOffset, length } = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
  const stored = new Uint16Array(buffer, byteOffset, length >> 1);
  return type === 'F16' ? decodeHalves(stored) : decodeBrainFloats(stored);
}

function decodeHalves(stored: Uint16Array): Float32Array<ArrayBuffer> {
  const table = halfTable();
  const out = new Float32Array(stored.length);
  for (let i = 0; i < stored.length; i += 1) out[i] = table[stored[i]!]!;
  return out;
}

function decodeBrainFloats(stored: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(stored.length);
  for (let i = 0; i < stored.length; i += 1) bits[i] = stored[i]! << 16;
  return new Float32Array(bits.buffer);
}

/** Aligned views; bytes at an odd place are copied. */
function wordsOf(bytes: Uint8Array, size: 2 | 4): Uint16Array | Uint32Array {
  const { buffer, byteOffset, length } = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  return size === 2
    ? new Uint16Array(buffer, byteOffset, length >> 1)
    : new Uint32Array(buffer, byteOffset, length >> 2);
}

let halves: Float32Array | null = null;

/** Every half as a f32, 256 KiB: a gigabyte of them is decoded by looking up. */
function halfTable(): Float32Array {
  halves ??= Float32Array.from({ length: 0x10000 }, (_, bits) => f16ToF32(bits));
  return halves;
}
