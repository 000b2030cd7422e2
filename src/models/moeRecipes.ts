/** The tensors of a mixture of experts: the router, the experts one after the other, and the shared one. */
import type { FileTensor } from '../formats/index.ts';
import { KERNEL_LIMITS } from './bounds.ts';
import type { ExpertNames, ExpertPlace } from './families/names.ts';
import { expertFileName, expertNames, findTensor } from './named.ts';
import type { NamedTensors } from './named.ts';
import { pieceLayout, wholePiece } from './recipeBook.ts';
import type { Piece, RecipeBook } from './recipeBook.ts';
import type { MoeFfnSpec } from './spec.ts';

export function moeRecipes(
  book: RecipeBook,
  named: NamedTensors,
  index: number,
  hidden: number,
  spec: MoeFfnSpec,
): void {
  const { experts, router, shared } = spec;
  const rows = [wholePiece(book.file('router', experts, hidden, index))];
  if (shared?.gated === true) rows.push(wholePiece(book.file('sharedScale', 1, hidden, index)));
  book.matrix(`${index}.router`, rows, { keep: true });
  if (router.bias)
    book.vector(`${index}.routerBias`, [wholePiece(book.file('routerBias', 1, experts, index))]);
  if (router.selectBias)
    book.vector(`${index}.selectBias`, [wholePiece(book.file('selectBias', 1, experts, index))]);

  const way = expertNames(named, index);
  const pieces = Array.from({ length: experts }, (_, expert) =>
    expertPieces(book, named, way, { layer: index, expert, hidden, spec }),
  );
  if (shared !== null) {
    const whole = sharedFiles(book, index, hidden, shared.inner);
    if (shared.pooled > 0) pieces.push(...cutShared(whole, spec.inner, hidden));
    else {
      book.matrix(`${index}.sharedGateUp`, [wholePiece(whole.gate), wholePiece(whole.up)]);
      book.matrix(`${index}.sharedDown`, [wholePiece(whole.down)]);
    }
  }
  const count = { experts: pieces.length };
  book.matrix(
    `${index}.expertGateUp`,
    pieces.flatMap(({ gate, up }) => [gate, up]),
    count,
  );
  book.matrix(
    `${index}.expertDown`,
    pieces.map(({ down }) => down),
    count,
  );
  if (spec.expertBias) biasRecipes(book, named, index, hidden, spec, way);
}

/**
 * Into how many pieces of an expert's size the shared expert can be cut so that they
 * lie as experts among the others: 0 where its size or layouts do not allow it, or
 * where tensors are missing, which the recipes then name.
 */
export function pooledPieces(
  named: NamedTensors,
  layer: number,
  hidden: number,
  inner: number,
  sharedInner: number,
): number {
  const gate = findTensor(named, 'sharedGate', layer);
  const up = findTensor(named, 'sharedUp', layer);
  const down = findTensor(named, 'sharedDown', layer);
  if (gate === undefined || up === undefined || down === undefined || sharedInner % inner !== 0) return 0;
  const way = expertNames(named, layer);
  const expert = (place: ExpertPlace): FileTensor | undefined =>
    named.directory.tensors.get(expertFileName(named, place, layer, 0));
  const own = { gate: expert(way.gate), up: expert(way.up), down: expert(way.down) };
  if (own.gate === undefined || own.up === undefined || own.down === undefined) return 0;
  const layouts = {
    gate: pieceLayout(pieceOf(own.gate, way.gate, 0, inner, hidden)),
    up: pieceLayout(pieceOf(own.up, way.up, 0, inner, hidden)),
    down: pieceLayout(pieceOf(own.down, way.down, 0, hidden, inner)),
  };
  if (sharedInner / inner > KERNEL_LIMITS.chosen) return 0;
  const cut = cutShared({ gate, up, down }, inner, hidden);
  const alike = cut.every(
    (piece) =>
      pieceLayout(piece.gate) === layouts.gate &&
      pieceLayout(piece.up) === layouts.up &&
      pieceLayout(piece.down) === layouts.down,
  );
  return alike ? cut.length : 0;
}

interface ExpertPieces {
  readonly gate: Piece;
  readonly up: Piece;
  readonly down: Piece;
}

interface ExpertOf {
  readonly layer: number;
  readonly expert: number;
  readonly hidden: number;
  readonly spec: MoeFfnSpec;
}

function expertPieces(book: RecipeBook, named: NamedTensors, way: ExpertNames, of: ExpertOf): ExpertPieces {
  const { layer, expert, hidden, spec } = of;
  const piece = (place: ExpertPlace, rows: number, cols: number): Piece => {
    const name = expertFileName(named, place, layer, expert);
    const blocks = place.name.includes('{E}') ? 1 : spec.experts;
    const stored = rows * (place.half === undefined ? 1 : 2);
    const turned = isTurned(named.directory.tensors.get(name), place);
    const shape = turned ? { blocks, rows: cols, cols: stored } : { blocks, rows: stored, cols };
    return pieceOf(book.tensor(name, shape), place, expert, rows, cols);
  };
  return {
    gate: piece(way.gate, spec.inner, hidden),
    up: piece(way.up, spec.inner, hidden),
    down: piece(way.down, hidden, spec.inner),
  };
}

/** Packed forms of a turned tensor lie as others do: their groups run along the inputs. */
function isTurned(file: FileTensor | undefined, { turned }: ExpertPlace): boolean {
  return turned === true && (file === undefined || ['F32', 'F16', 'BF16'].includes(file.type));
}

function pieceOf(file: FileTensor, place: ExpertPlace, expert: number, rows: number, cols: number): Piece {
  const part = {
    tensor: file.name,
    rows,
    ...(place.name.includes('{E}') || expert === 0 ? {} : { block: expert }),
    ...(isTurned(file, place) ? { turned: true } : {}),
    ...rowsOf(place, rows),
  };
  return { file, part, cols };
}

function rowsOf({ half }: ExpertPlace, rows: number): { readonly first?: number; readonly step?: number } {
  switch (half) {
    case undefined:
    case 'first':
      return {};
    case 'second':
      return { first: rows };
    case 'even':
      return { step: 2 };
    case 'odd':
      return { first: 1, step: 2 };
    default:
      return half satisfies never;
  }
}

interface SharedFiles {
  readonly gate: FileTensor;
  readonly up: FileTensor;
  readonly down: FileTensor;
}

function sharedFiles(book: RecipeBook, index: number, hidden: number, inner: number): SharedFiles {
  return {
    gate: book.file('sharedGate', inner, hidden, index),
    up: book.file('sharedUp', inner, hidden, index),
    down: book.file('sharedDown', hidden, inner, index),
  };
}

/** Inner channel i of the shared expert is channel i % inner of piece i / inner: their outputs add up. */
function cutShared({ gate, up, down }: SharedFiles, inner: number, hidden: number): ExpertPieces[] {
  return Array.from({ length: gate.rows / inner }, (_, piece) => {
    const first = piece * inner;
    const rows = first === 0 ? { rows: inner } : { rows: inner, first };
    const columns = first === 0 ? { rows: hidden } : { rows: hidden, firstCol: first };
    return {
      gate: { file: gate, part: { tensor: gate.name, ...rows }, cols: hidden },
      up: { file: up, part: { tensor: up.name, ...rows }, cols: hidden },
      down: { file: down, part: { tensor: down.name, ...columns }, cols: inner },
    };
  });
}

/** Biases lie one expert a row. */
function biasRecipes(
  book: RecipeBook,
  named: NamedTensors,
  index: number,
  hidden: number,
  { experts, inner }: MoeFfnSpec,
  { biases }: ExpertNames,
): void {
  if (biases === undefined) throw new Error('experts with biases that have no names');
  const piece = (place: ExpertPlace, expert: number, width: number): Piece => {
    const cols = width * (place.half === undefined ? 1 : 2);
    const file = book.tensor(expertFileName(named, place, index, expert), { blocks: 1, rows: experts, cols });
    return biasPiece(file, place, expert, width);
  };
  const ids = Array.from({ length: experts }, (_, expert) => expert);
  book.vector(
    `${index}.expertGateUpBias`,
    ids.flatMap((expert) => [piece(biases.gate, expert, inner), piece(biases.up, expert, inner)]),
  );
  book.vector(
    `${index}.expertDownBias`,
    ids.map((expert) => piece(biases.down, expert, hidden)),
  );
}

/** A row, or of some of its values a column as the matrix is seen turned. */
function biasPiece(file: FileTensor, place: ExpertPlace, expert: number, width: number): Piece {
  const tensor = file.name;
  if (place.half === undefined) return { file, part: { tensor, rows: 1, first: expert }, cols: width };
  const part = { tensor, rows: width, turned: true, firstCol: expert, ...rowsOf(place, width) };
  return { file, part, cols: 1 };
}
