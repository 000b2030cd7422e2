/**
 * How a model file becomes records: which rows of which tensor go where. Pure
 * arithmetic on the tensor directory, so the same file always gives the same plan
 * and an import can go on where it stopped.
 */
import { AppError } from '../base/failure.ts';
import {
  type ByteSource,
  padCols,
  quantBytes,
  scaleBytes,
  sliceRanges,
  type TensorDirectory,
} from '../formats/index.ts';
import type { TensorRecipe } from '../models/index.ts';
import { RECORD_BYTES, type Slab, type TensorEntry, type WeightChoice } from '../storage/index.ts';
import { piecesOf, spanBytes, spansOf } from './importPieces.ts';
import { type PlannedTensor, planTensor } from './importTensor.ts';

export interface ImportPlan {
  /** In the order of their bytes in the file, so that reading moves forward. */
  readonly tensors: readonly PlannedTensor[];
  readonly records: readonly PlannedRecord[];
  /** Of all records. */
  readonly bytes: number;
  /** Bytes of the sources that have to be read. */
  readonly sourceBytes: number;
}

export interface PlannedRecord {
  readonly slabs: readonly Slab[];
  readonly bytes: number;
  readonly sourceBytes: number;
}

export interface PlanOptions {
  readonly weights: WeightChoice;
  /** The most a record that is no expert may hold, and be made from; smaller in tests. */
  readonly recordBytes?: number | undefined;
}

/** Slabs begin at a multiple of this many rows, which keeps GPU chunks aligned. */
const SLAB_ROWS = 64;

/**
 * MISSING_TENSOR, UNSUPPORTED_TYPE, or BAD_DIMENSIONS where the file's shapes are
 * not the recipe's.
 */
export function planImport(
  recipes: readonly TensorRecipe[],
  directory: TensorDirectory,
  { weights, recordBytes = RECORD_BYTES }: PlanOptions,
): ImportPlan {
  const place = placesIn(directory);
  const planned = recipes.map((recipe) => planTensor(recipe, directory, weights));
  const first = (tensor: PlannedTensor): number => place(sliceRanges(tensor.parts[0]!.slice));
  const places = new Map(planned.map((tensor) => [tensor, first(tensor)]));
  const tensors = planned.toSorted((a, b) => places.get(a)! - places.get(b)!);

  const units: Unit[] = tensors.flatMap((tensor, index) =>
    tensor.entry.experts === undefined ? [{ place: places.get(tensor)!, resident: index }] : [],
  );
  for (const slabs of expertSlabs(planned, tensors)) {
    const ranges = slabs.flatMap((slab) => slabRanges(tensors, slab));
    units.push({ place: place(ranges), slabs });
  }
  const records = packRecords(
    tensors,
    units.toSorted((a, b) => a.place - b.place),
    recordBytes,
  );
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

type Ranges = ReturnType<typeof sliceRanges>;

/** A tensor to be cut into records with its neighbours, or one expert's whole record. */
type Unit =
  | { readonly place: number; readonly resident: number }
  | { readonly place: number; readonly slabs: readonly Slab[] };

/** Where the first byte of some ranges lies, the sources standing one after the other in the directory's order. */
function placesIn({ tensors }: TensorDirectory): (ranges: Ranges) => number {
  const starts = new Map<ByteSource, number>();
  let end = 0;
  for (const { source } of tensors.values()) {
    if (starts.has(source)) continue;
    starts.set(source, end);
    end += source.size;
  }
  return (ranges) =>
    ranges.reduce((least, r) => Math.min(least, (starts.get(r.source) ?? 0) + r.offset), Infinity);
}

/**
 * For each expert of each layer ('3' of '3.expertDown') its rows of that layer's
 * expert matrices, in the order of the recipes.
 */
function expertSlabs(
  planned: readonly PlannedTensor[],
  tensors: readonly PlannedTensor[],
): (readonly Slab[])[] {
  const indexOf = new Map(tensors.map((tensor, index) => [tensor, index]));
  const layers = new Map<string, PlannedTensor[]>();
  for (const tensor of planned) {
    if (tensor.entry.experts === undefined) continue;
    const layer = tensor.entry.name.split('.', 1)[0] ?? '';
    layers.set(layer, [...(layers.get(layer) ?? []), tensor]);
  }
  return [...layers].flatMap(([layer, matrices]) => {
    const counts = new Set(matrices.map(({ entry }) => entry.experts ?? 0));
    const [experts = 0] = counts;
    if (counts.size !== 1)
      throw new Error(`layer ${layer} has matrices of ${[...counts].join(' and ')} experts`);
    return Array.from({ length: experts }, (_, expert) =>
      matrices.map((matrix): Slab => {
        const rows = matrix.entry.rows / experts;
        return { tensor: indexOf.get(matrix)!, row: expert * rows, rows };
      }),
    );
  });
}

function slabRanges(tensors: readonly PlannedTensor[], slab: Slab): Ranges {
  return piecesOf(tensors[slab.tensor]!, slab).flatMap(({ slice }) => sliceRanges(slice));
}

/**
 * Fills records one after the other; a record ends before the limit, stored or read,
 * and before an expert's, so that reading moves forward.
 */
function packRecords(
  tensors: readonly PlannedTensor[],
  units: readonly Unit[],
  limit: number,
): readonly PlannedRecord[] {
  const records: PlannedRecord[] = [];
  const push = (slabs: readonly Slab[]): void => {
    const bytes = slabs.reduce((sum, slab) => sum + slabBytes(tensors[slab.tensor]!.entry, slab.rows), 0);
    const ranges = slabs.flatMap((slab) => slabRanges(tensors, slab));
    records.push({ slabs, bytes, sourceBytes: spanBytes(spansOf(ranges, 0)) });
  };
  let open = { slabs: [] as Slab[], bytes: 0, sourceBytes: 0 };
  const close = (): void => {
    if (open.slabs.length > 0) push(open.slabs);
    open = { slabs: [], bytes: 0, sourceBytes: 0 };
  };
  for (const unit of units) {
    if ('slabs' in unit) {
      close();
      push(unit.slabs);
      continue;
    }
    const tensor = unit.resident;
    const { entry, parts } = tensors[tensor]!;
    const sourceRow =
      spanBytes(
        spansOf(
          parts.flatMap(({ slice }) => sliceRanges(slice)),
          0,
        ),
      ) / entry.rows;
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
  }
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
