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

/** The forms in which safetensors files pack a matrix into tensors of several. */
export type PackedType =
  | 'FP8'
  | 'MXFP4_PAIRS'
  | 'GPTQ_INT4'
  | 'AWQ_INT4'
  | 'CT_INT4'
  | 'MLX_INT4'
  | 'MLX_INT8';

/** Where the bytes of a tensor lie, row after row. */
export interface TensorPlace {
  readonly source: ByteSource;
  /** Of row 0, from the start of the source. */
  readonly offset: number;
  readonly rowBytes: number;
}

/** One tensor of a safetensors file, as its header tells it; all but the last dimension make rows. */
export interface StoredTensor extends TensorPlace {
  readonly name: string;
  /** The header's own word: 'F16', 'I32', 'F8_E8M0'. */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly rows: number;
  readonly cols: number;
}

interface LogicalTensor extends TensorPlace {
  readonly name: string;
  /** The GPU layout that holds this tensor exactly. */
  readonly layout: WeightLayout;
  /** Matrices stacked in it (experts); 1 for a plain one. */
  readonly blocks: number;
  /** Of all blocks together. */
  readonly rows: number;
  readonly cols: number;
}

/** A tensor whose rows are blocks of one type, rows contiguous; a vector has one row. */
export interface BlockTensor extends LogicalTensor {
  readonly type: DiskType;
}

/**
 * A matrix that a file packs into several tensors, under the name and with the shape
 * the plain model would have. Its place is that of the weights; rowBytes is their
 * share of a row, though GPTQ and AWQ store columns. What the others hold is the
 * business of the type's own file.
 */
export interface PackedTensor extends LogicalTensor {
  readonly type: PackedType;
  readonly packing: Packing;
}

export interface Packing {
  readonly weights: StoredTensor;
  readonly scales: StoredTensor;
  /** Zero points; MLX's biases. */
  readonly zeros: StoredTensor | null;
  /** The group of each input, which must be its number over groupCols (GPTQ's g_idx). */
  readonly groupIndex: StoredTensor | null;
  /** Rows, and columns, that share a scale. */
  readonly groupRows: number;
  readonly groupCols: number;
  /** Added to each word of eight zero points: 0x11111111 where a file stores them less one. */
  readonly zeroAdd: number;
}

/** A tensor of a type nothing here reads, which matters only to who asks for it. */
export interface UnreadableTensor extends LogicalTensor {
  readonly type: 'UNREADABLE';
  readonly dtype: string;
}

export type FileTensor = BlockTensor | PackedTensor | UnreadableTensor;

/** What a parsed model file, or set of files, holds. */
export interface TensorDirectory {
  readonly tensors: ReadonlyMap<string, FileTensor>;
}
