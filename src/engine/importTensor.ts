/** A recipe and the file's tensors it names → the slices a stored tensor is made of, and its layout. */
import { AppError } from '../base/failure.ts';
import {
  type FileTensor,
  GROUP,
  quantBytes,
  type RowSlice,
  scaleBytes,
  sliceLayout,
  type TensorDirectory,
  type WeightLayout,
  wholeSlice,
} from '../formats/index.ts';
import type { TensorPart, TensorRecipe } from '../models/index.ts';
import type { TensorEntry, WeightChoice } from '../storage/index.ts';

export interface PlannedTensor {
  readonly entry: TensorEntry;
  readonly kind: TensorRecipe['kind'];
  /** Their rows, one after the other, are this tensor's; a vector's values, its one row. */
  readonly parts: readonly PlannedPart[];
}

export interface PlannedPart {
  readonly slice: RowSlice;
  readonly add: number;
}

/** MISSING_TENSOR { tensor }, UNSUPPORTED_TYPE, BAD_DIMENSIONS { tensor, expected, found }. */
export function planTensor(
  recipe: TensorRecipe,
  directory: TensorDirectory,
  weights: WeightChoice,
): PlannedTensor {
  const { name, rows, cols, kind, experts } = recipe;
  if (recipe.parts.length === 0) throw new Error(`recipe ${name} has no parts`);
  const parts = recipe.parts.map((part): PlannedPart => {
    const file = directory.tensors.get(part.tensor);
    if (!file) {
      throw new AppError('MISSING_TENSOR', `the file has no tensor ${part.tensor}`, { tensor: part.tensor });
    }
    return { slice: sliceOf(recipe, part, file), add: part.add ?? 0 };
  });
  const whole =
    kind === 'vector'
      ? rows === 1 && sum(parts, ({ slice }) => slice.rows * slice.cols) === cols
      : sum(parts, ({ slice }) => slice.rows) === rows;
  if (!whole) throw misshapen(recipe, directory);
  const layout = kind === 'vector' ? 'f32' : targetLayout(recipe, keptLayout(name, parts), weights);
  const entry = { name, layout, rows, cols, ...(kind === 'matrix' && experts !== undefined && { experts }) };
  checkExperts(entry);
  return { entry, kind, parts };
}

/** A vector's part is all of a tensor unless it says which rows, or (turned) how many of one column. */
function sliceOf({ kind, cols }: TensorRecipe, part: TensorPart, file: FileTensor): RowSlice {
  if (kind === 'vector' && !isCut(part)) return wholeSlice(file);
  const { rows, block = 0, turned = false, first = 0, step = 1, firstCol = 0 } = part;
  const width = kind === 'matrix' ? cols : turned ? 1 : file.cols;
  return { file, block, turned, first, step, rows, firstCol, cols: width };
}

function isCut({ block, turned, first, step, firstCol }: TensorPart): boolean {
  return turned === true || [block, first, step, firstCol].some((place) => place !== undefined);
}

function misshapen({ name, rows, cols, parts }: TensorRecipe, { tensors }: TensorDirectory): AppError {
  const shapes = parts.map(({ tensor }) => tensors.get(tensor)).map((file) => `${file?.rows}x${file?.cols}`);
  const expected = `${rows}x${cols}`;
  // A hundred experts of one shape are said once.
  const found = [...new Set(shapes)].join(' + ');
  return new AppError('BAD_DIMENSIONS', `${name} should be ${expected}, the file has ${found}`, {
    tensor: name,
    expected,
    found,
  });
}

function keptLayout(name: string, parts: readonly PlannedPart[]): WeightLayout {
  const layouts = new Set(parts.map(({ slice }) => sliceLayout(slice)));
  const [layout] = layouts;
  if (layout === undefined || layouts.size > 1) {
    throw new Error(`recipe ${name} joins ${[...layouts].join(' and ')}`);
  }
  if (parts.some(({ add }) => add !== 0)) {
    throw new Error(`${name}: only vectors can be added to while importing`);
  }
  return layout;
}

/**
 * What a matrix becomes. Requantising never widens: q8 touches only floats. Under
 * q4, embedding and head stay at 8 bits, where 4 would cost most of the quality.
 */
function targetLayout({ name, keep }: TensorRecipe, kept: WeightLayout, weights: WeightChoice): WeightLayout {
  if (weights === 'keep' || keep === true) return kept;
  const outer = name === 'embed' || name === 'head';
  const target = weights === 'q4' && !outer ? 'q4s' : 'q8s';
  return quantBytes(kept, 1, GROUP) > quantBytes(target, 1, GROUP) ? target : kept;
}

/** The GPU is written in whole words, so no expert's scales may end within one that the next one's begin in. */
function checkExperts({ name, layout, rows, cols, experts }: TensorEntry): void {
  if (experts === undefined) return;
  const share = rows / experts;
  if (!Number.isInteger(share)) throw new Error(`${name}: ${rows} rows are not ${experts} equal shares`);
  if (scaleBytes(layout, share, cols) % 4 === 0) return;
  throw new AppError(
    'BAD_DIMENSIONS',
    `${name}: experts of ${share} rows of ${cols} values cannot be stored in ${layout}, whose scales would not fill whole words`,
    { tensor: name, expected: 'an even number of rows', found: `${share}x${cols}` },
  );
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}
