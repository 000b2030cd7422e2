/** The plain reading of the weight layouts, in f64, from the comment in formats/layouts.ts. */
import { bf16ToF32, e2m1ToF32, e4m3ToF32, e8m0ToF32, f16ToF32 } from '../../base/floats.ts';
import { IQ4_TABLE, type WeightLayout } from '../../formats/layouts.ts';

type Words = Uint32Array<ArrayBuffer>;

/** The weight of element i, counted over rows of `padded` columns, a multiple of 32. */
export function weightAt(
  layout: WeightLayout,
  padded: number,
  quants: Words,
  scales: Words,
): (i: number) => number {
  const q = quantAt(layout, quants);
  const { half, brain, float, byte, signedByte } = scaleReaders(scales);
  switch (layout) {
    case 'f32':
    case 'f16':
    case 'bf16':
      return q;
    case 'q4s':
    case 'q4t':
    case 'q8s':
      return (i) => half(group(i) * 2) * q(i);
    case 'q4m':
    case 'q8m':
      return (i) => half(group(i) * 4) * q(i) + half(group(i) * 4 + 2);
    case 'q4b':
      return (i) => brain(group(i) * 4) * q(i) + brain(group(i) * 4 + 2);
    case 'q4z':
      return (i) => half(group(i) * 4) * (q(i) - half(group(i) * 4 + 2));
    case 'q4k':
    case 'q8k':
      return (i) => {
        const at = block(i) * 20;
        return half(at) * byte(at + 4 + eighth(i)) * q(i) - half(at + 2) * byte(at + 12 + eighth(i));
      };
    case 'q4x':
      return (i) => half(block(i) * 12) * signedByte(block(i) * 12 + 4 + eighth(i)) * q(i);
    case 'q4p':
      return (i) => {
        const at = block(i) * 36;
        return half(at) * byte(at + 4 + sixteenth(i)) * q(i) - half(at + 2) * byte(at + 20 + sixteenth(i));
      };
    case 'q4h':
    case 'q8h':
      return (i) => half(block(i) * 20) * signedByte(block(i) * 20 + 4 + sixteenth(i)) * q(i);
    case 'f4e':
      return (i) => e8m0ToF32(byte(group(i))) * q(i);
    case 'f8b':
      return (i) => {
        const row = Math.floor(i / padded);
        const scale = row * Math.ceil(padded / 128) + Math.floor((i % padded) / 128);
        return float(scale * 4) * q(i);
      };
    default:
      return layout satisfies never;
  }
}

/** What element i's bits in the quants plane stand for, before any scale. */
function quantAt(layout: WeightLayout, { buffer }: Words): (i: number) => number {
  const view = new DataView(buffer);
  const nibble = (i: number) => {
    const column = i % 32;
    const pair = view.getUint8(group(i) * 16 + (column % 16));
    return column < 16 ? pair & 15 : pair >> 4;
  };
  switch (layout) {
    case 'f32':
      return (i) => view.getFloat32(i * 4, true);
    case 'f16':
      return (i) => f16ToF32(view.getUint16(i * 2, true));
    case 'bf16':
      return (i) => bf16ToF32(view.getUint16(i * 2, true));
    case 'q4m':
    case 'q4b':
    case 'q4z':
    case 'q4k':
    case 'q4p':
      return nibble;
    case 'q4s':
    case 'q4h':
      return (i) => nibble(i) - 8;
    case 'q4t':
    case 'q4x':
      return (i) => IQ4_TABLE[nibble(i)]!;
    case 'f4e':
      return (i) => e2m1ToF32(nibble(i));
    case 'q8m':
    case 'q8k':
      return (i) => view.getUint8(i);
    case 'q8s':
    case 'q8h':
      return (i) => view.getInt8(i);
    case 'f8b':
      return (i) => e4m3ToF32(view.getUint8(i));
    default:
      return layout satisfies never;
  }
}

/** The group of 32, the super-block of 256, and which 32nd or 16th of the latter element i is in. */
const group = (i: number) => Math.floor(i / 32);
const block = (i: number) => Math.floor(i / 256);
const eighth = (i: number) => Math.floor((i % 256) / 32);
const sixteenth = (i: number) => Math.floor((i % 256) / 16);

/** Numbers at a byte of the scales plane. */
function scaleReaders({ buffer }: Words) {
  const view = new DataView(buffer);
  return {
    half: (at: number) => f16ToF32(view.getUint16(at, true)),
    brain: (at: number) => bf16ToF32(view.getUint16(at, true)),
    float: (at: number) => view.getFloat32(at, true),
    byte: (at: number) => view.getUint8(at),
    signedByte: (at: number) => view.getInt8(at),
  };
}
