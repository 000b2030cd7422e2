/** Which parts of which file tensors a slab is made of, and which bytes those are. */
import type { ByteRange, ByteSource, RowSlice } from '../formats/index.ts';
import type { Slab } from '../storage/index.ts';
import type { PlannedTensor } from './importTensor.ts';

/** Rows of a file tensor that become rows of a slab; a vector's whole part. */
export interface Piece {
  readonly slice: RowSlice;
  readonly add: number;
  /** Row within the slab; a vector's element within its row. */
  readonly to: number;
}

export function piecesOf({ kind, parts }: PlannedTensor, slab: Slab): readonly Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  for (const { slice, add } of parts) {
    if (kind === 'vector') {
      pieces.push({ slice, add, to: start });
      start += slice.rows * slice.cols;
      continue;
    }
    const row = Math.max(slab.row, start);
    const rows = Math.min(slab.row + slab.rows, start + slice.rows) - row;
    if (rows > 0) {
      const first = slice.first + (row - start) * slice.step;
      pieces.push({ slice: { ...slice, first, rows }, add, to: row - slab.row });
    }
    start += slice.rows;
  }
  return pieces;
}

/** Bytes read at once. */
export interface Span {
  readonly source: ByteSource;
  readonly from: number;
  readonly to: number;
}

/** Ranges that overlap, or lie at most `gap` bytes apart, joined. */
export function spansOf(
  ranges: readonly ByteRange[],
  gap: number,
  spans: readonly Span[] = [],
): readonly Span[] {
  const joined = [...spans];
  const ordered = ranges.length > 1 ? ranges.toSorted((a, b) => a.offset - b.offset) : ranges;
  for (const { source, offset, length } of ordered) {
    const end = offset + length;
    const at = joined.findIndex(
      (span) => span.source === source && offset <= span.to + gap && end >= span.from - gap,
    );
    const near = joined[at];
    if (near) joined[at] = { source, from: Math.min(near.from, offset), to: Math.max(near.to, end) };
    else joined.push({ source, from: offset, to: end });
  }
  return joined;
}

export function spanBytes(spans: readonly Span[]): number {
  return spans.reduce((sum, { from, to }) => sum + to - from, 0);
}
