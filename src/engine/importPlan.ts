/**
 * How a model file becomes records: which rows of which tensor go where. Pure
 * arithmetic on the tensor directory, so the same file always gives the same plan
 * and an import can go on where it stopped.
 */
import { AppError } from '../base/failure.ts';
import {
  type FileTensor,
  GROUP,
  padCols,
  quantBytes,
  scaleBytes,
  type TensorDirectory,
  type WeightLayout,
} from '../formats/index.ts';
import type { TensorRecipe } from '../models/index.ts';
import { RECORD_BYTES, type Slab, type TensorEntry, type WeightChoice } from '../storage/index.ts';

export interface ImportPlan {
  /** In the order of their bytes in the file, so that reading moves forward. */
  readonly tensors: readonly PlannedTensor[];
  readonly records: readonly PlannedRecord[];
  /** Of all records. */
  readonly bytes: number;
  /** Bytes of the sources that have to be read. */
  readonly sourceBytes: number;
}

export interface PlannedTensor {
  readonly entry: TensorEntry;
  /** The file's tensors whose rows, one after the other, are this tensor's. */
  readonly parts: readonly PlannedPart[];
}

export interface PlannedPart {
  readonly file: FileTensor;
  /** Rows of the planned tensor; a vector's parts lie in its one row. */
  readonly rows: number;
  readonly add: number;
}

export interface PlannedRecord {
  readonly slabs: readonly Slab[];
  readonly bytes: number;
  readonly sourceBytes: number;
}

export interface PlanOptions {
  readonly weights: WeightChoice;
  /** The most a record may hold, and be made from; smaller in tests. */
  readonly recordBytes?: number | undefined;
}

/** Slabs begin at a multiple of this many rows, which keeps GPU chunks aligned. */
const SLAB_ROWS = 64;

/** MISSING_TENSOR, or BAD_DIMENSIONS where the file's shapes are not the recipe's. */
export function planImport(
  recipes: readonly TensorRecipe[],
  directory: TensorDirectory,
  { weights, recordBytes = RECORD_BYTES }: PlanOptions,
): ImportPlan {
  const place = placeOf(directory);
  const tensors = recipes
    .map((recipe) => planTensor(recipe, directory, weights))
    .sort((a, b) => place(a) - place(b));
  const records = packRecords(tensors, recordBytes);
  const total = (key: 'bytes' | 'sourceBytes'): number =>
    records.reduce((sum, record) => sum + record[key], 0);
  return { tensors, records, bytes: total('bytes'), sourceBytes: total('sourceBytes') };
}

/** Bytes of a slab in its record: quants, then scales, each padded to 16. */
export function slabBytes({ layout, cols }: TensorEntry, rows: number): number {
  return pad16(quantBytes(layout, rows, cols)) + pad16(scaleBytes(layout, rows, cols));
}

export function pad16(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}

/** A tensor's rank by where its first part lies: sources in the directory's order, then offsets. */
function placeOf(directory: TensorDirectory): (tensor: PlannedTensor) => number {
  const files = [...directory.tensors.values()];
  const sources = [...new Set(files.map((file) => file.source))];
  const ordered = files.toSorted(
    (a, b) => sources.indexOf(a.source) - sources.indexOf(b.source) || a.offset - b.offset,
  );
  const ranks = new Map(ordered.map((file, rank) => [file.name, rank]));
  return (tensor) => ranks.get(tensor.parts[0]?.file.name ?? '') ?? 0;
}

function planTensor(recipe: TensorRecipe, directory: TensorDirectory, weights: WeightChoice): PlannedTensor {
  const parts = recipe.parts.map(({ tensor, rows, add = 0 }) => {
    const file = directory.tensors.get(tensor);
    if (!file) throw new AppError('MISSING_TENSOR', `the file has no tensor ${tensor}`, { tensor });
    return { file, rows, add };
  });
  const first = parts[0]?.file;
  if (!first) throw new Error(`recipe ${recipe.name} has no parts`);
  checkShape(recipe, parts);
  const layout = recipe.kind === 'vector' ? 'f32' : targetLayout(recipe.name, first, weights);
  return { entry: { name: recipe.name, layout, rows: recipe.rows, cols: recipe.cols }, parts };
}

function checkShape(recipe: TensorRecipe, parts: readonly PlannedPart[]): void {
  const vector = recipe.kind === 'vector';
  const fits = vector
    ? recipe.rows === 1 && parts.reduce((sum, { file }) => sum + file.rows * file.cols, 0) === recipe.cols
    : parts.every(({ file, rows }) => file.cols === recipe.cols && file.rows === rows) &&
      parts.reduce((sum, part) => sum + part.rows, 0) === recipe.rows;
  if (!fits) {
    const found = parts.map(({ file }) => `${file.rows}x${file.cols}`).join(' + ');
    throw new AppError(
      'BAD_DIMENSIONS',
      `${recipe.name} should be ${recipe.rows}x${recipe.cols}, the file has ${found}`,
      {
        tensor: recipe.name,
        expected: `${recipe.rows}x${recipe.cols}`,
        found,
      },
    );
  }
  const layouts = new Set(parts.map(({ file }) => file.layout));
  if (!vector && layouts.size > 1)
    throw new Error(`recipe ${recipe.name} joins ${[...layouts].join(' and ')}`);
}

/**
 * What a matrix becomes. Requantising never widens: q8 touches only floats. Under
 * q4, embedding and head stay at 8 bits, where 4 would cost most of the quality.
 */
function targetLayout(name: string, { layout: kept }: FileTensor, weights: WeightChoice): WeightLayout {
  const bytesPerGroup = quantBytes(kept, 1, GROUP);
  const outer = name === 'embed' || name === 'head';
  if (weights === 'keep') return kept;
  if (weights === 'q4' && !outer) return bytesPerGroup > quantBytes('q4s', 1, GROUP) ? 'q4s' : kept;
  return bytesPerGroup > quantBytes('q8s', 1, GROUP) ? 'q8s' : kept;
}

/** Fills records one after the other; a record ends before the limit, stored or read. */
function packRecords(tensors: readonly PlannedTensor[], limit: number): PlannedRecord[] {
  const records: { slabs: Slab[]; bytes: number; sourceBytes: number }[] = [];
  let open = { slabs: [] as Slab[], bytes: 0, sourceBytes: 0 };
  const close = (): void => {
    if (open.slabs.length > 0) records.push(open);
    open = { slabs: [], bytes: 0, sourceBytes: 0 };
  };
  tensors.forEach(({ entry, parts }, tensor) => {
    const sourceRow = parts.reduce((sum, { file }) => sum + file.rows * file.rowBytes, 0) / entry.rows;
    const fits = (rows: number): boolean =>
      open.bytes + slabBytes(entry, rows) <= limit && open.sourceBytes + rows * sourceRow <= limit;
    for (let row = 0; row < entry.rows;) {
      const rows = rowsThatFit(entry.rows - row, fits);
      if (rows === 0 && open.slabs.length === 0) throw tooWide(entry);
      if (rows === 0) {
        close();
        continue;
      }
      open.slabs.push({ tensor, row, rows });
      open.bytes += slabBytes(entry, rows);
      open.sourceBytes += rows * sourceRow;
      row += rows;
    }
  });
  close();
  return records;
}

/** All that is left, or the most whole steps of 64 rows. */
function rowsThatFit(left: number, fits: (rows: number) => boolean): number {
  if (fits(left)) return left;
  let none = 0;
  let many = Math.ceil(left / SLAB_ROWS);
  while (many - none > 1) {
    const middle = Math.floor((none + many) / 2);
    if (fits(middle * SLAB_ROWS)) none = middle;
    else many = middle;
  }
  return none * SLAB_ROWS;
}

function tooWide({ name, cols }: TensorEntry): AppError {
  return new AppError('BAD_DIMENSIONS', `rows of ${name} are too wide to store`, {
    tensor: name,
    cols: padCols(cols),
  });
}
