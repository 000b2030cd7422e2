/**
 * Which file tensors make up each graph tensor, every one of them found in the
 * directory with the shape the spec needs. A tensor of a layer that nothing uses
 * means the graph is not the model's: that is refused rather than run wrong.
 */
import { unsupported } from './families/all.ts';
import type { TensorRole } from './families/names.ts';
import { findTensor } from './named.ts';
import type { NamedTensors } from './named.ts';
import { moeRecipes } from './moeRecipes.ts';
import { openBook, wholePiece } from './recipeBook.ts';
import type { Piece, RecipeBook } from './recipeBook.ts';
import type { ConvSpec, DenseFfnSpec, GqaSpec, LayerSpec, MlaSpec, ModelSpec, TensorRecipe } from './spec.ts';

/** A layer's own words for its tensors. */
interface Layer {
  readonly book: RecipeBook;
  readonly named: NamedTensors;
  readonly index: number;
  readonly hidden: number;
}

/**
 * `layersAhead` layers behind the spec's are no part of it. MISSING_TENSOR { tensor },
 * BAD_DIMENSIONS { tensor, … }, UNSUPPORTED_TYPE { tensor, type }, UNSUPPORTED_FAMILY
 * { family, tensor }.
 */
export function tensorRecipes(
  spec: ModelSpec,
  named: NamedTensors,
  normOffset: number,
  layersAhead: number,
): readonly TensorRecipe[] {
  const book = openBook(named, normOffset);
  const { hidden, vocab } = spec;
  book.matrix('embed', [wholePiece(book.file('embed', vocab, hidden))]);
  if (!spec.tiedHead) book.matrix('head', [wholePiece(book.file('head', vocab, hidden))]);
  book.norm('norm', book.file('norm', 1, hidden));
  spec.layers.forEach((layer, index) => writeLayer({ book, named, index, hidden }, layer));
  refuseUnused(spec, named, book.used, layersAhead);
  return book.recipes;
}

function writeLayer(layer: Layer, { attention, ffn, postNorms }: LayerSpec): void {
  norm(layer, 'attnNorm');
  if (attention.kind === 'gqa') gqaRecipes(layer, attention);
  else if (attention.kind === 'mla') mlaRecipes(layer, attention);
  else convRecipes(layer, attention);
  if (postNorms) norm(layer, 'attnPostNorm');

  norm(layer, 'ffnNorm');
  if (ffn.kind === 'dense') denseRecipes(layer, ffn);
  else moeRecipes(layer.book, layer.named, layer.index, layer.hidden, ffn);
  if (postNorms) norm(layer, 'ffnPostNorm');
}

function norm({ book, index, hidden }: Layer, role: TensorRole, cols = hidden, name: string = role): void {
  book.norm(`${index}.${name}`, book.file(role, 1, cols, index));
}

function gqaRecipes(layer: Layer, spec: GqaSpec): void {
  const { book, index, hidden } = layer;
  const queries = spec.heads * spec.headDim;
  const keys = spec.kvHeads * spec.headDim;
  book.fused(index, 'qkv', [
    ['q', book.file('q', queries, hidden, index)],
    ['k', book.file('k', keys, hidden, index)],
    ['v', book.file('v', keys, hidden, index)],
  ]);
  if (spec.qkvBias) {
    const biases = [
      book.file('qBias', 1, queries, index),
      book.file('kBias', 1, keys, index),
      book.file('vBias', 1, keys, index),
    ];
    book.vector(`${index}.qkvBias`, biases.map(wholePiece));
  }
  if (spec.qkNorm === 'head' || spec.qkNorm === 'row') {
    const row = spec.qkNorm === 'row';
    norm(layer, 'qNorm', row ? queries : spec.headDim);
    norm(layer, 'kNorm', row ? keys : spec.headDim);
  }
  if (spec.sinks) book.vector(`${index}.sinks`, [wholePiece(book.file('sinks', 1, spec.heads, index))]);
  book.matrix(`${index}.out`, [wholePiece(book.file('out', hidden, queries, index))]);
  if (spec.outBias) book.vector(`${index}.outBias`, [wholePiece(book.file('outBias', 1, hidden, index))]);
}

function mlaRecipes(layer: Layer, spec: MlaSpec): void {
  const { book, index, hidden } = layer;
  const { heads, qRank, kvRank, nopeDim, ropeDim, valueDim } = spec;
  const queries = heads * (nopeDim + ropeDim);
  const q = qRank > 0 ? book.file('qA', qRank, hidden, index) : book.file('q', queries, hidden, index);
  book.fused(index, 'qkvA', [
    ['qA', q],
    ['kvA', book.file('kvA', kvRank + ropeDim, hidden, index)],
  ]);
  if (qRank > 0) {
    norm(layer, 'qANorm', qRank);
    book.matrix(`${index}.qB`, [wholePiece(book.file('qB', queries, qRank, index))]);
  }
  norm(layer, 'kvANorm', kvRank, 'kvNorm');
  latentRecipes(layer, spec);
  book.matrix(`${index}.out`, [wholePiece(book.file('out', hidden, heads * valueDim, index))]);
}

/** What turns the latent into each head's keys and values: one matrix, or cut as llama.cpp has it. */
function latentRecipes({ book, named, index }: Layer, { heads, kvRank, nopeDim, valueDim }: MlaSpec): void {
  if (findTensor(named, 'kvB', index) === undefined && findTensor(named, 'kB', index) !== undefined) {
    book.matrix(`${index}.kvK`, [wholePiece(book.file('kB', heads * kvRank, nopeDim, index))]);
    book.matrix(`${index}.kvV`, [wholePiece(book.file('vB', heads * valueDim, kvRank, index))]);
    return;
  }
  const file = book.file('kvB', heads * (nopeDim + valueDim), kvRank, index);
  const perHead = (piece: (firstRow: number) => Piece): Piece[] =>
    Array.from({ length: heads }, (_, head) => piece(head * (nopeDim + valueDim)));
  const tensor = file.name;
  book.matrix(
    `${index}.kvK`,
    perHead((first) => ({
      file,
      part: { tensor, rows: kvRank, turned: true, firstCol: first },
      cols: nopeDim,
    })),
  );
  book.matrix(
    `${index}.kvV`,
    perHead((first) => ({ file, part: { tensor, rows: valueDim, first: first + nopeDim }, cols: kvRank })),
  );
}

function convRecipes({ book, named, index, hidden }: Layer, { width, bias }: ConvSpec): void {
  // PyTorch has [hidden, 1, width], MLX [hidden, width, 1]: the same values in the same order.
  const apart = findTensor(named, 'convWeight', index)?.cols === 1;
  const [rows, cols] = apart ? [hidden * width, 1] : [hidden, width];
  book.matrix(`${index}.convIn`, [wholePiece(book.file('convIn', 3 * hidden, hidden, index))]);
  book.vector(`${index}.convWeight`, [wholePiece(book.file('convWeight', rows, cols, index))]);
  if (bias) book.vector(`${index}.convBias`, [wholePiece(book.file('convBias', 1, hidden, index))]);
  book.matrix(`${index}.out`, [wholePiece(book.file('convOut', hidden, hidden, index))]);
}

function denseRecipes({ book, index, hidden }: Layer, { inner }: DenseFfnSpec): void {
  book.fused(index, 'gateUp', [
    ['gate', book.file('gate', inner, hidden, index)],
    ['up', book.file('up', inner, hidden, index)],
  ]);
  book.matrix(`${index}.down`, [wholePiece(book.file('down', hidden, inner, index))]);
}

/** Buffers some exporters write beside the weights; the spec has what they say. */
const NOT_WEIGHTS = /rotary_emb\.inv_freq$/;

function refuseUnused(
  spec: ModelSpec,
  named: NamedTensors,
  used: ReadonlySet<string>,
  layersAhead: number,
): void {
  const { attnNorm } = named.names;
  const layerPrefix =
    named.prefix + (typeof attnNorm === 'string' ? attnNorm : attnNorm[0]!).split('{L}')[0]!;
  const count = spec.layers.length;
  for (const name of named.directory.tensors.keys()) {
    if (!name.startsWith(layerPrefix) || used.has(name) || NOT_WEIGHTS.test(name)) continue;
    const layer = Number.parseInt(name.slice(layerPrefix.length), 10);
    if (layer >= count && layer < count + layersAhead) continue;
    throw unsupported(spec.family, `with a tensor ${name}`);
  }
}
