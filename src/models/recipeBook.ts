/** Collects recipes, and which of the file's tensors they use. */
import { AppError } from '../base/failure.ts';
import { sliceLayout } from '../formats/index.ts';
import type { FileTensor, WeightLayout } from '../formats/index.ts';
import type { TensorRole } from './families/names.ts';
import { fileName, requireShape } from './named.ts';
import type { NamedTensors, Shape } from './named.ts';
import type { TensorPart, TensorRecipe } from './spec.ts';

/** A part of a recipe and the tensor it is of; `cols` of its matrix. */
export interface Piece {
  readonly file: FileTensor;
  readonly part: TensorPart;
  readonly cols: number;
}

export function pieceLayout({ file, part, cols }: Piece): WeightLayout {
  const { rows, block = 0, turned = false, first = 0, step = 1, firstCol = 0 } = part;
  return sliceLayout({ file, block, turned, first, step, rows, firstCol, cols });
}

/** All of a tensor, its rows one after the other. */
export function wholePiece(file: FileTensor): Piece {
  return { file, part: { tensor: file.name, rows: file.rows }, cols: file.cols };
}

export type RecipeBook = ReturnType<typeof openBook>;

export function openBook(named: NamedTensors, normOffset: number) {
  const recipes: TensorRecipe[] = [];
  const used = new Set<string>();

  const matrix = (name: string, pieces: readonly Piece[], more: Partial<TensorRecipe> = {}): void => {
    requireOneLayout(pieces);
    const rows = pieces.reduce((total, { part }) => total + part.rows, 0);
    const parts = pieces.map(({ part }) => part);
    recipes.push({ name, rows, cols: pieces[0]!.cols, kind: 'matrix', ...more, parts });
  };
  /** Of pieces of rows one after the other; what is added is added to all. */
  const vector = (name: string, pieces: readonly Piece[], add = 0): void => {
    const cols = pieces.reduce((total, { part, cols: width }) => total + part.rows * width, 0);
    const parts = pieces.map(({ part }) => (add === 0 ? part : { ...part, add }));
    recipes.push({ name, rows: 1, cols, kind: 'vector', parts });
  };
  const tensor = (name: string, shape: Shape): FileTensor => {
    used.add(name);
    return requireShape(named.directory, name, shape);
  };
  return {
    recipes,
    used,
    matrix,
    vector,
    tensor,
    norm: (name: string, file: FileTensor): void => vector(name, [wholePiece(file)], normOffset),
    file: (role: TensorRole, rows: number, cols: number, layer?: number): FileTensor =>
      tensor(fileName(named, role, layer), { blocks: 1, rows, cols }),
    /** One matrix where the parts' layouts allow, else one for each run of neighbours that share theirs. */
    fused(layer: number, whole: string, parts: readonly (readonly [string, FileTensor])[]): void {
      for (let first = 0; first < parts.length;) {
        const other = parts.findIndex(([, file], i) => i > first && file.layout !== parts[first]![1].layout);
        const run = parts.slice(first, other < 0 ? parts.length : other);
        const name = run.length === parts.length ? whole : run.map(([own]) => own).join('');
        matrix(
          `${layer}.${name}`,
          run.map(([, file]) => wholePiece(file)),
        );
        first += run.length;
      }
    },
  };
}

function requireOneLayout(pieces: readonly Piece[]): void {
  const [first] = pieces;
  if (first === undefined) throw new Error('a recipe without parts');
  const layout = pieceLayout(first);
  const other = pieces.find((piece) => pieceLayout(piece) !== layout);
  if (other === undefined) return;
  const { name, type } = other.file;
  throw new AppError(
    'UNSUPPORTED_TYPE',
    `${name} is stored as ${type}, ${first.file.name} as ${first.file.type}: only alike do they run together`,
    { tensor: name, type },
  );
}
