/** How one type of tensor is read in rectangles: the shape that slices.ts builds on. */
import type { TensorPlace } from './directory.ts';
import type { Planes } from './repack.ts';
import type { ByteSource } from './source.ts';

export interface ByteRange {
  readonly source: ByteSource;
  readonly offset: number;
  readonly length: number;
}

/**
 * Rows first, first+step, … of a tensor as the file has it, counted over all its
 * blocks, and whole groups of columns from firstCol on (or up to the row's end).
 */
export interface Window {
  readonly first: number;
  readonly step: number;
  readonly rows: number;
  readonly firstCol: number;
  readonly cols: number;
}

export interface Form {
  /** Columns that cannot be cut without decoding. */
  readonly group: number;
  /** True where a row is contiguous bytes; false where a column is. */
  readonly byRows: boolean;
  /** Always as many, and in the same order, whatever the window. */
  ranges(window: Window): readonly ByteRange[];
  /** Exact, into the tensor's layout; all of `out` is written, and is aligned to 4 bytes. */
  repack(window: Window, bytes: readonly Uint8Array[], out: Planes): void;
  /** [rows, cols] */
  decode(window: Window, bytes: readonly Uint8Array[]): Float32Array<ArrayBuffer>;
}

/** The smallest range that holds `width` bytes from `from` on of each of a window's rows. */
export function stridedRange(
  place: TensorPlace,
  { first, step, rows }: Pick<Window, 'first' | 'step' | 'rows'>,
  from: number,
  width: number,
): ByteRange {
  const { source, offset, rowBytes } = place;
  return { source, offset: offset + first * rowBytes + from, length: (rows - 1) * step * rowBytes + width };
}

/** The rows of a strided range one after the other; a view where they already are. */
export function gatherRows(bytes: Uint8Array, rows: number, stride: number, width: number): Uint8Array {
  const needed = rows === 0 ? 0 : (rows - 1) * stride + width;
  if (bytes.length !== needed) throw new Error(`a slice needs ${needed} bytes, not ${bytes.length}`);
  if (stride === width || rows === 1) return bytes;
  const out = new Uint8Array(rows * width);
  for (let r = 0; r < rows; r += 1) out.set(bytes.subarray(r * stride, r * stride + width), r * width);
  return out;
}
