import { AppError } from '../base/failure.ts';
import type { DiskType } from './directory.ts';
import type { WeightLayout } from './layouts.ts';

/** How a disk type stores a row: whole blocks of `elements` values in `bytes` bytes. */
export interface BlockShape {
  readonly elements: number;
  readonly bytes: number;
  readonly layout: WeightLayout;
}

/** From ggml's ggml-common.h; the floats are blocks of one. */
const BLOCKS: Readonly<Record<DiskType, BlockShape>> = {
  F32: { elements: 1, bytes: 4, layout: 'f32' },
  F16: { elements: 1, bytes: 2, layout: 'f16' },
  BF16: { elements: 1, bytes: 2, layout: 'bf16' },
  Q4_0: { elements: 32, bytes: 18, layout: 'q4s' },
  Q4_1: { elements: 32, bytes: 20, layout: 'q4m' },
  Q5_0: { elements: 32, bytes: 22, layout: 'q8s' },
  Q5_1: { elements: 32, bytes: 24, layout: 'q8m' },
  Q8_0: { elements: 32, bytes: 34, layout: 'q8s' },
  Q4_K: { elements: 256, bytes: 144, layout: 'q4k' },
  Q5_K: { elements: 256, bytes: 176, layout: 'q8k' },
  Q6_K: { elements: 256, bytes: 210, layout: 'q8h' },
  IQ4_NL: { elements: 32, bytes: 18, layout: 'q4t' },
  IQ4_XS: { elements: 256, bytes: 136, layout: 'q4x' },
  MXFP4: { elements: 32, bytes: 17, layout: 'f4e' },
  Q2_K: { elements: 256, bytes: 84, layout: 'q4p' },
  Q3_K: { elements: 256, bytes: 110, layout: 'q4h' },
};

export function isDiskType(name: string): name is DiskType {
  return Object.hasOwn(BLOCKS, name);
}

export function blockShape(type: DiskType): BlockShape {
  return BLOCKS[type];
}

/** The GPU layout that holds a disk type exactly. */
export function layoutOf(type: DiskType): WeightLayout {
  return BLOCKS[type].layout;
}

/** Bytes of one row on disk; BAD_DIMENSIONS where a row is not whole blocks. */
export function rowBytes(type: DiskType, cols: number, tensor: string): number {
  const { elements, bytes } = BLOCKS[type];
  if (cols % elements !== 0) {
    throw new AppError(
      'BAD_DIMENSIONS',
      `${tensor}: rows of ${cols} values are not whole ${type} blocks of ${elements}`,
      { tensor, cols, type },
    );
  }
  return (cols / elements) * bytes;
}
