/**
 * Plain reference: the f32 each value of a disk block stands for, as gguf-py's
 * quants.py computes it, rounding once per operation.
 */
import { bf16ToF32, e2m1ToF32, e8m0ToF32, f16ToF32 } from '../base/floats.ts';
import type { DiskType } from './directory.ts';
import { blockShape } from './blocks.ts';
import { IQ4_TABLE } from './layouts.ts';
import { iq4Scale, packedMin, packedScale, q3Scale } from './packedBits.ts';

/** Writes the values of the block at `at` from `out[to]` on. */
type DecodeBlock = (view: DataView, at: number, out: Float32Array, to: number) => void;

/** Values of whole rows as they lie in a file. [rows, cols] */
export function decodeRows(
  type: DiskType,
  bytes: Uint8Array,
  rows: number,
  cols: number,
): Float32Array<ArrayBuffer> {
  const shape = blockShape(type);
  const out = new Float32Array(rows * cols);
  const blocks = out.length / shape.elements;
  if (bytes.length !== blocks * shape.bytes) {
    throw new Error(`${rows}x${cols} of ${type} are ${blocks * shape.bytes} bytes, not ${bytes.length}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decode = DECODERS[type];
  for (let block = 0; block < blocks; block += 1) {
    decode(view, block * shape.bytes, out, block * shape.elements);
  }
  return out;
}

function half(view: DataView, at: number): number {
  return f16ToF32(view.getUint16(at, true));
}

/** Element i of 32 nibbles: low ones first, then the high ones. */
function nibble(view: DataView, at: number, i: number): number {
  const byte = view.getUint8(at + (i & 15));
  return i < 16 ? byte & 15 : byte >> 4;
}

const DECODERS: Readonly<Record<DiskType, DecodeBlock>> = {
  F32: (view, at, out, to) => {
    out[to] = view.getFloat32(at, true);
  },
  F16: (view, at, out, to) => {
    out[to] = half(view, at);
  },
  BF16: (view, at, out, to) => {
    out[to] = bf16ToF32(view.getUint16(at, true));
  },
  Q4_0: (view, at, out, to) => {
    const d = half(view, at);
    for (let i = 0; i < 32; i += 1) out[to + i] = d * (nibble(view, at + 2, i) - 8);
  },
  Q4_1: (view, at, out, to) => {
    const d = half(view, at);
    const m = half(view, at + 2);
    for (let i = 0; i < 32; i += 1) out[to + i] = Math.fround(d * nibble(view, at + 4, i)) + m;
  },
  Q5_0: (view, at, out, to) => {
    const d = half(view, at);
    const high = view.getUint32(at + 2, true);
    for (let i = 0; i < 32; i += 1) {
      out[to + i] = d * ((nibble(view, at + 6, i) | (((high >>> i) & 1) << 4)) - 16);
    }
  },
  Q5_1: (view, at, out, to) => {
    const d = half(view, at);
    const m = half(view, at + 2);
    const high = view.getUint32(at + 4, true);
    for (let i = 0; i < 32; i += 1) {
      out[to + i] = Math.fround(d * (nibble(view, at + 8, i) | (((high >>> i) & 1) << 4))) + m;
    }
  },
  Q8_0: (view, at, out, to) => {
    const d = half(view, at);
    for (let i = 0; i < 32; i += 1) out[to + i] = d * view.getInt8(at + 2 + i);
  },
  Q4_K: (view, at, out, to) => decodeTwoLevel(view, at, null, at + 16, out, to),
  Q5_K: (view, at, out, to) => decodeTwoLevel(view, at, at + 16, at + 48, out, to),
  Q6_K: (view, at, out, to) => {
    const d = half(view, at + 208);
    for (let i = 0; i < 256; i += 1) {
      const part = i >> 7;
      const quarter = (i >> 5) & 3;
      const l = i & 31;
      const low = view.getUint8(at + part * 64 + (quarter & 1) * 32 + l) >> (quarter < 2 ? 0 : 4);
      const high = view.getUint8(at + 128 + part * 32 + l) >> (2 * quarter);
      const q = ((low & 15) | ((high & 3) << 4)) - 32;
      out[to + i] = Math.fround(d * view.getInt8(at + 192 + (i >> 4))) * q;
    }
  },
  IQ4_NL: (view, at, out, to) => {
    const d = half(view, at);
    for (let i = 0; i < 32; i += 1) out[to + i] = d * IQ4_TABLE[nibble(view, at + 2, i)]!;
  },
  IQ4_XS: (view, at, out, to) => {
    const d = half(view, at);
    const head = bytesAt(view, at, 8);
    for (let i = 0; i < 256; i += 1) {
      const group = i >> 5;
      const scale = Math.fround(d * iq4Scale(head, 0, group));
      out[to + i] = scale * IQ4_TABLE[nibble(view, at + 8 + group * 16, i & 31)]!;
    }
  },
  MXFP4: (view, at, out, to) => {
    const scale = e8m0ToF32(view.getUint8(at));
    // ggml's table has no negative zero: adding 0 makes e2m1's positive.
    for (let i = 0; i < 32; i += 1) out[to + i] = scale * e2m1ToF32(nibble(view, at + 1, i)) + 0;
  },
  Q2_K: (view, at, out, to) => {
    const d = half(view, at + 80);
    const dmin = half(view, at + 82);
    for (let i = 0; i < 256; i += 1) {
      const levels = view.getUint8(at + (i >> 4));
      const scaled = Math.fround(Math.fround(d * (levels & 15)) * twoBits(view, at + 16, i));
      out[to + i] = scaled - Math.fround(dmin * (levels >> 4));
    }
  },
  Q3_K: (view, at, out, to) => {
    const d = half(view, at + 108);
    const packed = bytesAt(view, at + 96, 12);
    for (let i = 0; i < 256; i += 1) {
      const third = (view.getUint8(at + (i & 31)) >> (i >> 5)) & 1;
      const q = (twoBits(view, at + 32, i) | (third << 2)) - 4;
      out[to + i] = Math.fround(d * q3Scale(packed, 0, i >> 4)) * q;
    }
  },
};

function bytesAt(view: DataView, at: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, length);
}

/** Element i of 256 of two bits: 32 bytes hold four groups of 32, the first in the lowest bits. */
function twoBits(view: DataView, at: number, i: number): number {
  return (view.getUint8(at + (i >> 7) * 32 + (i & 31)) >> (2 * ((i >> 5) & 3))) & 3;
}

/** Q4_K and Q5_K: eight groups of 32, each with a 6-bit scale and min of its own. */
function decodeTwoLevel(
  view: DataView,
  at: number,
  fifthBits: number | null,
  nibbles: number,
  out: Float32Array,
  to: number,
): void {
  const d = half(view, at);
  const dmin = half(view, at + 2);
  const packed = bytesAt(view, at + 4, 12);
  for (let i = 0; i < 256; i += 1) {
    const group = i >> 5;
    const l = i & 31;
    const byte = view.getUint8(nibbles + (group >> 1) * 32 + l);
    const low = group % 2 === 0 ? byte & 15 : byte >> 4;
    const fifth = fifthBits === null ? 0 : (view.getUint8(fifthBits + l) >> group) & 1;
    const scaled = Math.fround(Math.fround(d * packedScale(packed, 0, group)) * (low | (fifth << 4)));
    out[to + i] = scaled - Math.fround(dmin * packedMin(packed, 0, group));
  }
}
