/**
 * Which tensors of a safetensors file are one matrix in pieces: each becomes one
 * logical tensor under the plain model's name, and its pieces disappear.
 */
import { AppError } from '../base/failure.ts';
import type { PackedTensor, PackedType, Packing, StoredTensor } from './directory.ts';
import { fp8Layout } from './fp8Form.ts';
import { GROUP, type WeightLayout } from './layouts.ts';
import { type Quantisation, unsupported } from './quantisation.ts';

export type StoredTensors = ReadonlyMap<string, StoredTensor>;

/** The packed tensors, and the names of every tensor that is a piece of one. */
export interface Packed {
  readonly tensors: readonly PackedTensor[];
  readonly pieces: ReadonlySet<string>;
}

/**
 * MISSING_TENSOR { tensor } for a piece that is not there, BAD_DIMENSIONS { tensor,
 * expected, found } for one of the wrong shape, UNSUPPORTED_TYPE { tensor, type }.
 */
export function findPacked(stored: StoredTensors, quantisation: Quantisation): Packed {
  const book = new PieceBook(stored);
  for (const tensor of stored.values()) {
    const packed = pack(tensor, quantisation, book);
    if (packed) book.tensors.push(packed);
  }
  return book;
}

/** Pieces found so far, so that they do not appear as tensors of their own. */
class PieceBook implements Packed {
  readonly tensors: PackedTensor[] = [];
  readonly pieces = new Set<string>();
  readonly #stored: StoredTensors;
  constructor(stored: StoredTensors) {
    this.#stored = stored;
  }
  optional(...names: readonly string[]): StoredTensor | null {
    for (const name of names) {
      const tensor = this.#stored.get(name);
      if (!tensor) continue;
      this.pieces.add(name);
      return tensor;
    }
    return null;
  }
  /** The first of these names that is there. */
  required(...names: readonly string[]): StoredTensor {
    const tensor = this.optional(...names);
    if (tensor) return tensor;
    const name = names[0]!;
    throw new AppError('MISSING_TENSOR', `the file has no tensor ${name}`, { tensor: name });
  }
}

function pack(tensor: StoredTensor, quantisation: Quantisation, book: PieceBook): PackedTensor | null {
  const { name, dtype } = tensor;
  const module = (suffix: string): string | null =>
    name.endsWith(suffix) ? name.slice(0, -suffix.length) : null;
  const columns = module('.qweight');
  if (columns !== null) return packColumns(tensor, columns, quantisation, book);
  const compressed = module('.weight_packed');
  if (compressed !== null) return packCompressed(tensor, compressed, quantisation, book);
  const pairs = module('_blocks');
  if (pairs !== null && dtype === 'U8') return packPairs(tensor, pairs, book);
  const plain = module('.weight');
  if (plain !== null && dtype === 'U32') return packMlx(tensor, plain, quantisation, book);
  return dtype === 'F8_E4M3' ? packFp8(tensor, quantisation, book) : null;
}

/** gpt-oss: X_blocks and X_scales are X [E, rows, cols]. */
function packPairs(weights: StoredTensor, name: string, book: PieceBook): PackedTensor {
  book.pieces.add(weights.name);
  const scales = book.required(`${name}_scales`);
  const groups = weights.shape.at(-2) ?? 1;
  const [blocks, rows] = [stackOf(weights.shape, 3), weights.rows / groups];
  // Its rows are [cols/32, 16].
  const lines = { ...weights, rows, cols: groups * weights.cols, rowBytes: groups * weights.rowBytes };
  if (weights.cols !== GROUP / 2) throw wrongShape(weights, `[..., ${GROUP / 2}]`);
  requireType(scales, ['U8', 'F8_E8M0']);
  requireShape(scales, rows, groups);
  return matrix('MXFP4_PAIRS', 'f4e', name, [blocks, rows, groups * GROUP], {
    ...BARE,
    weights: lines,
    scales,
    groupCols: GROUP,
  });
}

/** GPTQ and AWQ: X.qweight is X.weight [out, in] turned. */
function packColumns(
  weights: StoredTensor,
  module: string,
  quantisation: Quantisation,
  book: PieceBook,
): PackedTensor {
  const { method } = quantisation;
  if (method !== 'gptq' && method !== 'awq') throw unsupported(`qweight under ${method}`, weights.name);
  book.pieces.add(weights.name);
  requireType(weights, ['I32']);
  const [inputs, outputs] =
    method === 'awq' ? [weights.rows, weights.cols * 8] : [weights.rows * 8, weights.cols];
  const groupCols = checkedGroup(quantisation.groupCols, inputs, weights.name);
  const scales = book.required(`${module}.scales`);
  const zeros = book.required(`${module}.qzeros`);
  const groupIndex = book.optional(`${module}.g_idx`);
  const groups = inputs / groupCols;
  if (outputs % 8 !== 0 || inputs % GROUP !== 0) throw wrongShape(weights, `[${GROUP}n, 8n] weights`);
  requireType(scales, ['F16', 'BF16']);
  requireShape(scales, groups, outputs);
  requireType(zeros, ['I32']);
  requireShape(zeros, groups, outputs / 8);
  if (groupIndex) {
    requireType(groupIndex, ['I32']);
    requireShape(groupIndex, 1, inputs);
  }
  const zeroAdd = method === 'gptq' ? quantisation.zeroAdd : 0;
  return matrix(
    method === 'gptq' ? 'GPTQ_INT4' : 'AWQ_INT4',
    'q4z',
    `${module}.weight`,
    [1, outputs, inputs],
    {
      ...BARE,
      weights,
      scales,
      zeros,
      groupIndex,
      groupCols,
      zeroAdd,
    },
  );
}

function packCompressed(
  weights: StoredTensor,
  module: string,
  quantisation: Quantisation,
  book: PieceBook,
): PackedTensor {
  const { method } = quantisation;
  if (method !== 'compressed-tensors') throw unsupported(`weight_packed under ${method}`, weights.name);
  const scheme = quantisation.schemeOf(module);
  if (scheme.bits !== 4) throw unsupported(`compressed-tensors of ${scheme.bits} bits`, weights.name);
  book.pieces.add(weights.name);
  book.optional(`${module}.weight_shape`);
  requireType(weights, ['I32']);
  const scales = book.required(`${module}.weight_scale`);
  // Some writers store a symmetric matrix's zero points, which are zeros, too.
  const zeroName = `${module}.weight_zero_point`;
  const zeros = scheme.symmetric ? null : book.required(zeroName);
  book.pieces.add(zeroName);
  const groupIndex = book.optional(`${module}.weight_g_idx`);
  const { rows } = weights;
  const cols = weights.cols * 8;
  const groupCols = checkedGroup(scheme.groupCols, cols, weights.name);
  requireType(scales, ['F16', 'BF16']);
  requireShape(scales, rows, cols / groupCols);
  const blocks = stackOf(weights.shape, 2);
  if (zeros) {
    requireType(zeros, ['I32']);
    requireShape(zeros, blocks * Math.ceil(rows / blocks / 8), cols / groupCols);
    if (blocks > 1 && (rows / blocks) % 8 !== 0) throw wrongShape(weights, 'stacked matrices of 8n rows');
  }
  if (groupIndex) {
    requireType(groupIndex, ['I32']);
    requireShape(groupIndex, 1, cols);
  }
  const layout = zeros ? 'q4z' : scales.dtype === 'F16' ? 'q4s' : 'q4b';
  const packing = { ...BARE, weights, scales, zeros, groupIndex, groupCols };
  return matrix('CT_INT4', layout, `${module}.weight`, [blocks, rows, cols], packing);
}

function packMlx(
  weights: StoredTensor,
  module: string,
  quantisation: Quantisation,
  book: PieceBook,
): PackedTensor {
  const { name, rows, shape } = weights;
  if (quantisation.method !== 'mlx') throw unsupported(`words under ${quantisation.method}`, name);
  const { bits, mode, groupCols: groupSize } = quantisation.schemeOf(module);
  const kind = mode === 'affine' && (bits === 4 || bits === 8) ? `int${bits}` : mode;
  if (kind !== 'int4' && kind !== 'int8' && kind !== 'mxfp4') {
    throw unsupported(`MLX's ${mode} of ${bits} bits`, name);
  }
  book.pieces.add(name);
  const cols = weights.cols * (kind === 'int8' ? 4 : 8);
  const groupCols = checkedGroup(groupSize, cols, name);
  const scales = book.required(`${module}.scales`);
  requireShape(scales, rows, cols / groupCols);
  const shapes = [stackOf(shape, 2), rows, cols] as const;
  if (kind === 'mxfp4') {
    requireType(scales, ['U8']);
    if (groupCols !== GROUP) throw unsupported(`MLX's mxfp4 in groups of ${groupCols}`, name);
    return matrix('MXFP4_PAIRS', 'f4e', name, shapes, { ...BARE, weights, scales, groupCols });
  }
  const zeros = book.required(`${module}.biases`);
  requireType(scales, ['F16', 'BF16']);
  requireType(zeros, [scales.dtype]);
  requireShape(zeros, rows, cols / groupCols);
  const packing = { ...BARE, weights, scales, zeros, groupCols };
  const halves = scales.dtype === 'F16';
  return kind === 'int4'
    ? matrix('MLX_INT4', halves ? 'q4m' : 'q4b', name, shapes, packing)
    : matrix('MLX_INT8', halves ? 'q8m' : 'f32', name, shapes, packing);
}

function packFp8(weights: StoredTensor, quantisation: Quantisation, book: PieceBook): PackedTensor {
  const { name, rows, cols, shape } = weights;
  const module = name.endsWith('.weight') ? name.slice(0, -'.weight'.length) : null;
  const found =
    module === null
      ? book.required(`${name}_scale_inv`, `${name}_scale`)
      : book.required(`${module}.weight_scale_inv`, `${module}.weight_scale`, `${module}.scale`);
  const blocks = stackOf(shape, 2);
  const scales = found.rows * found.cols === blocks ? oneEach(found) : found;
  requireType(scales, ['F32', 'F16', 'BF16', 'F8_E8M0', 'U8']);
  // Of activations, which stay in f32 here.
  for (const side of ['input_scale', 'activation_scale'])
    book.optional(`${module ?? name}.${side}`, `${name}_${side}`);
  book.pieces.add(name);
  const blockRows = rows / blocks;
  const [groupRows, groupCols] = fp8Block(
    scales,
    blocks,
    blockRows,
    cols,
    fp8BlockOf(quantisation, module ?? name),
  );
  requireShape(scales, blocks * Math.ceil(blockRows / groupRows), Math.ceil(cols / groupCols));
  const packing = { ...BARE, weights, scales, groupRows, groupCols };
  return matrix('FP8', fp8Layout(packing, cols), name, [blocks, rows, cols], packing);
}

function fp8BlockOf(quantisation: Quantisation, module: string): readonly [number, number] | null {
  if (quantisation.method === 'fp8') return quantisation.block;
  return quantisation.method === 'compressed-tensors' ? quantisation.schemeOf(module).block : null;
}

/** Scales of whole matrices as a column, whatever dimensions they came in. */
function oneEach(scales: StoredTensor): StoredTensor {
  const count = scales.rows * scales.cols;
  return { ...scales, rows: count, cols: 1, rowBytes: (scales.rows * scales.rowBytes) / count };
}

/** The model's block; or, where it has none, one scale for a whole matrix, or one for each row. */
function fp8Block(
  scales: StoredTensor,
  blocks: number,
  rows: number,
  cols: number,
  block: readonly [number, number] | null,
): readonly [number, number] {
  if (scales.rows === blocks && scales.cols === 1) return [rows, cols];
  if (block) return block;
  if (scales.cols === 1) return [1, cols];
  throw wrongShape(scales, 'one scale, or one for each row, where config.json names no weight_block_size');
}

const BARE = { zeros: null, groupIndex: null, groupRows: 1, zeroAdd: 0 } as const;

function matrix(
  type: PackedType,
  layout: WeightLayout,
  name: string,
  [blocks, rows, cols]: readonly [number, number, number],
  packing: Packing,
): PackedTensor {
  const { source, offset, rowBytes } = packing.weights;
  // GPTQ's and AWQ's lines are columns.
  const turned = type === 'GPTQ_INT4' || type === 'AWQ_INT4';
  const place = { source, offset, rowBytes: turned ? cols / 2 : rowBytes };
  return { ...place, name, type, layout, blocks, rows, cols, packing };
}

/** Matrices stacked in a tensor whose last `inner` dimensions make one. */
function stackOf(shape: readonly number[], inner: number): number {
  return shape.slice(0, -inner).reduce((product, size) => product * size, 1);
}

/** Scales of whole groups of 32, which divide the row; Infinity is one for the row. */
function checkedGroup(groupCols: number, cols: number, name: string): number {
  if (groupCols === Infinity) return cols;
  if (groupCols % GROUP !== 0) throw unsupported(`groups of ${groupCols}, not a multiple of ${GROUP}`, name);
  if (cols % groupCols === 0) return groupCols;
  throw new AppError('BAD_DIMENSIONS', `${name}: rows of ${cols} are not whole groups of ${groupCols}`, {
    tensor: name,
    cols,
  });
}

function requireType(tensor: StoredTensor, types: readonly string[]): void {
  if (!types.includes(tensor.dtype))
    throw unsupported(`${tensor.dtype} for ${types.join(' or ')}`, tensor.name);
}

/** Leading ones and dimensions of a stack do not matter. */
function requireShape(tensor: StoredTensor, rows: number, cols: number): void {
  if (tensor.rows !== rows || tensor.cols !== cols) throw wrongShape(tensor, `${rows}x${cols}`);
}

function wrongShape({ name, shape }: StoredTensor, expected: string): AppError {
  const found = `[${shape.join(', ')}]`;
  return new AppError('BAD_DIMENSIONS', `${name} is ${found}, not ${expected}`, {
    tensor: name,
    expected,
    found,
  });
}
