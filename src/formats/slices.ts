/**
 * A part of a file tensor as a matrix of weights, whatever the file packs it into:
 * which bytes to read for it, and what they become. The importer knows no format.
 *
 * Reading a slice is sliceRanges → bytes of each range → repackSlice or decodeSlice.
 * One that is too big to read at once is cut by cutSlice into strips: of rows where
 * the file has them one after the other, else of columns, which placeColumns puts
 * where they belong.
 */
import { AppError } from '../base/failure.ts';
import type { FileTensor } from './directory.ts';
import { floatForm, isFloat } from './floatForm.ts';
import type { ByteRange, Form, Window } from './form.ts';
import { formOf } from './forms.ts';
import { GROUP, padCols, quantBytes, scaleBytes, type WeightLayout } from './layouts.ts';
import type { Planes } from './repack.ts';

/**
 * Row r of the slice is row first + r*step of matrix `block`, columns from firstCol on.
 * Rows may run on into the matrices after it, as a stacked tensor's do in the file.
 */
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

/** All of a tensor, its blocks one after the other; decoded, the whole of a vector. */
export function wholeSlice(file: FileTensor): RowSlice {
  const { rows, cols } = file;
  return { file, block: 0, turned: false, first: 0, step: 1, rows, firstCol: 0, cols };
}

/** What to read, in an order that depends on the tensor's type alone. */
export function sliceRanges(slice: RowSlice): readonly ByteRange[] {
  return formOf(slice.file).ranges(windowOf(slice));
}

/**
 * The GPU layout that keeps a slice exactly: the file's, or f32 where a quantised
 * tensor is turned (its groups then run the wrong way) or a group is cut.
 */
export function sliceLayout(slice: RowSlice): WeightLayout {
  const { file, turned, firstCol, cols } = slice;
  if (isFloat(file)) return file.layout;
  const { group } = formOf(file);
  const end = firstCol + cols;
  const whole = firstCol % group === 0 && (end % group === 0 || end === file.cols);
  return whole && !turned ? file.layout : 'f32';
}

/** Exact, into sliceLayout; every byte of `out` is written, padding columns as zero weights. */
export function repackSlice(slice: RowSlice, bytes: readonly Uint8Array[], out: Planes): void {
  const { file, turned, rows, cols, step } = slice;
  if (out.scales.byteOffset % 4 !== 0) {
    // Where f16 scales of an odd count end, the next ones are not word-aligned.
    const scales = new Uint8Array(out.scales.length);
    repackSlice(slice, bytes, { quants: out.quants, scales });
    out.scales.set(scales);
  } else if (isFloat(file) && turned) {
    floatForm(file).repackTurned(windowOf(slice), step, bytes, out);
  } else if (file.layout !== 'f32' && sliceLayout(slice) === file.layout) {
    formOf(file).repack(windowOf(slice), bytes, out);
  } else {
    writeFloats(decodeSlice(slice, bytes), rows, cols, out);
  }
}

/** Values, rounded to f32 once per operation of the format's definition. [rows, cols] */
export function decodeSlice(slice: RowSlice, bytes: readonly Uint8Array[]): Float32Array<ArrayBuffer> {
  const { file, turned, rows, cols, firstCol, first, step } = slice;
  const window = windowOf(slice);
  const values = formOf(file).decode(window, bytes);
  const skipped = (turned ? first : firstCol) - window.firstCol;
  if (!turned && window.cols === cols) return values;
  const out = new Float32Array(rows * cols);
  const [down, across] = turned ? [step, window.cols] : [window.cols, 1];
  for (let r = 0; r < rows; r += 1) {
    const from = r * down + skipped;
    for (let c = 0; c < cols; c += 1) out[r * cols + c] = values[from + c * across]!;
  }
  return out;
}

/**
 * Strips of a slice that are read with about `bytes` bytes each (a single row, or
 * group of columns, may take more): their rows follow each other, or all have the
 * slice's rows and their columns do, cut at multiples of 32 and of the type's group.
 */
export function cutSlice(slice: RowSlice, bytes: number): readonly RowSlice[] {
  const { file, turned, step } = slice;
  const form = formOf(file);
  const byRows = form.byRows !== turned;
  const total = byRows ? slice.rows : slice.cols;
  const unit = byRows ? 1 : turned ? GROUP : Math.max(GROUP, form.group);
  const unitBytes = byRows ? lineBytes(file, form) * step : lineBytes(file, form) * unit;
  const size = Math.max(1, Math.floor(bytes / unitBytes)) * unit;
  const strips: RowSlice[] = [];
  for (let at = 0; at < total; at += size) {
    const length = Math.min(size, total - at);
    strips.push(
      byRows
        ? { ...slice, first: slice.first + at * step, rows: length }
        : { ...slice, firstCol: slice.firstCol + at, cols: length },
    );
  }
  return strips;
}

/** Where a strip of columns goes among all rows of a matrix; both have the layout's planes. */
export function placeColumns(
  layout: WeightLayout,
  strip: { readonly planes: Planes; readonly firstCol: number; readonly cols: number },
  matrix: { readonly planes: Planes; readonly rows: number; readonly cols: number },
): void {
  const copy = (plane: 'quants' | 'scales', bytes: typeof quantBytes): void => {
    const from = bytes(layout, 1, strip.cols);
    const to = bytes(layout, 1, matrix.cols);
    const skipped = bytes(layout, 1, strip.firstCol);
    for (let r = 0; r < matrix.rows; r += 1) {
      const row = strip.planes[plane].subarray(r * from, (r + 1) * from);
      matrix.planes[plane].set(row, r * to + skipped);
    }
  };
  copy('quants', quantBytes);
  copy('scales', scaleBytes);
}

/** Bytes that one more row (column, where columns are contiguous) adds to a read. */
function lineBytes(file: FileTensor, form: Form): number {
  return form.byRows ? file.rowBytes : (file.rowBytes * file.rows) / (file.blocks * file.cols);
}

/** A slice as the file lies: a turned one's rows are columns; columns widened to whole groups. */
function windowOf(slice: RowSlice): Window {
  const { file, block, turned, first, step, rows, firstCol, cols } = slice;
  const base = block * (file.rows / file.blocks);
  const span = (rows - 1) * step + 1;
  const lines = turned
    ? { first: base + firstCol, step: 1, rows: cols }
    : { first: base + first, step, rows };
  const [from, to] = turned ? [first, first + span] : [firstCol, firstCol + cols];
  const lastLine = lines.first + (lines.rows - 1) * lines.step;
  const lastRow = turned ? base + file.rows / file.blocks : file.rows;
  const inside = first >= 0 && firstCol >= 0 && block >= 0 && lastLine < lastRow && to <= file.cols;
  if (!inside || rows < 1 || cols < 1) throw outside(slice);
  const { group } = formOf(file);
  const start = Math.floor(from / group) * group;
  const end = Math.min(Math.ceil(to / group) * group, file.cols);
  return { ...lines, firstCol: start, cols: end - start };
}

function outside({ file, block, rows, cols }: RowSlice): AppError {
  const found = `${file.rows}x${file.cols}`;
  return new AppError(
    'BAD_DIMENSIONS',
    `${file.name} is ${found}, too small for ${rows}x${cols} of block ${block}`,
    {
      tensor: file.name,
      expected: `${rows}x${cols}`,
      found,
    },
  );
}

function writeFloats(values: Float32Array, rows: number, cols: number, { quants }: Planes): void {
  const width = padCols(cols);
  const to = new Float32Array(quants.buffer, quants.byteOffset, rows * width);
  for (let r = 0; r < rows; r += 1) {
    to.set(values.subarray(r * cols, (r + 1) * cols), r * width);
    to.fill(0, r * width + cols, (r + 1) * width);
  }
}
