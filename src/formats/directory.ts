import type { WeightLayout } from './layouts.ts';
import type { ByteSource } from './source.ts';

/** Tensor element types as files spell them; the quantised ones are ggml's. */
export type DiskType =
  | 'F32'
  | 'F16'
  | 'BF16'
  | 'Q4_0'
  | 'Q4_1'
  | 'Q5_0'
  | 'Q5_1'
  | 'Q8_0'
  | 'Q4_K'
  | 'Q5_K'
  | 'Q6_K'
  | 'IQ4_NL'
  | 'IQ4_XS'
  | 'MXFP4'
  | 'Q2_K'
  | 'Q3_K';

/** A tensor as it lies in a file, rows contiguous; a vector has one row. */
export interface FileTensor {
  readonly name: string;
  readonly type: DiskType;
  /** The GPU layout that holds this type exactly. */
  readonly layout: WeightLayout;
  /** Matrices stacked in it (experts); 1 for a plain one. */
  readonly blocks: number;
  /** Of all blocks together. */
  readonly rows: number;
  readonly cols: number;
  readonly rowBytes: number;
  readonly source: ByteSource;
  /** Of row 0, from the start of the source. */
  readonly offset: number;
}

/** What a parsed model file, or set of files, holds. */
export interface TensorDirectory {
  readonly tensors: ReadonlyMap<string, FileTensor>;
}
