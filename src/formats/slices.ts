/**
 * A part of a file tensor as a matrix of weights, whatever the file packs it into:
 * which bytes to read for it, and what they become. The importer knows no format.
 */
import type { FileTensor } from './directory.ts';
import type { WeightLayout } from './layouts.ts';
import type { Planes } from './repack.ts';
import type { ByteSource } from './source.ts';

/** Row r of the slice is row first + r*step of matrix `block`, columns from firstCol on. */
export interface RowSlice {
  readonly file: FileTensor;
  readonly block: number;
  /** The file holds [cols, rows]. */
  readonly turned: boolean;
  readonly first: number;
  readonly step: number;
  readonly rows: number;
  readonly firstCol: number;
  readonly cols: number;
}

export interface ByteRange {
  readonly source: ByteSource;
  readonly offset: number;
  readonly length: number;
}
