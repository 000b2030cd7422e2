/** The tensors of a file under the roles they play. */
import { AppError } from '../base/failure.ts';
import type { FileTensor, TensorDirectory } from '../formats/index.ts';
import type { ExpertNames, ExpertPlace, TensorNames, TensorRole } from './families/names.ts';

export interface NamedTensors {
  readonly directory: TensorDirectory;
  readonly names: TensorNames;
  readonly experts: readonly ExpertNames[];
  /** Before all names but the head's, and before that. */
  readonly prefix: string;
  readonly headPrefix: string;
}

/** The file's name of a tensor; of those it has not, the most usual. */
export function fileName(named: NamedTensors, role: TensorRole, layer = 0): string {
  const spelling = named.names[role];
  const prefix = role === 'head' ? named.headPrefix : named.prefix;
  const names = (typeof spelling === 'string' ? [spelling] : spelling).map(
    (one) => prefix + one.replace('{L}', String(layer)),
  );
  return names.find((name) => named.directory.tensors.has(name)) ?? names[0]!;
}

export function findTensor(named: NamedTensors, role: TensorRole, layer?: number): FileTensor | undefined {
  return named.directory.tensors.get(fileName(named, role, layer));
}

export function expertFileName(
  { prefix }: NamedTensors,
  place: ExpertPlace,
  layer: number,
  expert: number,
): string {
  return prefix + place.name.replace('{L}', String(layer)).replace('{E}', String(expert));
}

/** How a layer's experts are held: the way of which the file has any tensor, else the most usual. */
export function expertNames(named: NamedTensors, layer: number): ExpertNames {
  const has = (place: ExpertPlace): boolean =>
    [0, 1].some((expert) => named.directory.tensors.has(expertFileName(named, place, layer, expert)));
  const { experts } = named;
  const way = experts.find(({ gate }) => has(gate)) ?? experts.find(({ down }) => has(down)) ?? experts[0];
  if (way === undefined) throw new Error('a family with experts has no names for them');
  return way;
}

/** A tensor as [blocks, rows, cols], as which it must be stored. */
export interface Shape {
  readonly blocks: number;
  readonly rows: number;
  readonly cols: number;
}

/** MISSING_TENSOR { tensor }, BAD_DIMENSIONS { tensor, … }; for one block its stacking is of no account. */
export function requireShape({ tensors }: TensorDirectory, name: string, shape: Shape): FileTensor {
  const tensor = tensors.get(name);
  if (tensor === undefined)
    throw new AppError('MISSING_TENSOR', `the model has no tensor ${name}`, { tensor: name });
  const { blocks, rows, cols } = shape;
  const stacked = blocks === 1 || tensor.blocks === blocks;
  if (stacked && tensor.rows === rows * blocks && tensor.cols === cols) return tensor;
  throw new AppError(
    'BAD_DIMENSIONS',
    `tensor ${name} is ${inWords({ ...tensor, rows: tensor.rows / tensor.blocks })}, not ${inWords(shape)}`,
    { tensor: name, rows: tensor.rows, cols: tensor.cols, neededRows: rows * blocks, neededCols: cols },
  );
}

function inWords({ blocks, rows, cols }: Shape): string {
  return `${blocks === 1 ? '' : `${blocks} x `}${rows} x ${cols}`;
}
