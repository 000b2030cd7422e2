/** One record of an import: read its rows from the file, repack them for the GPU. */
import {
  type ByteSource,
  decodeRows,
  type FileTensor,
  type Planes,
  quantBytes,
  quantiseRows,
  repackRows,
  scaleBytes,
} from '../formats/index.ts';
import type { Slab, TensorEntry } from '../storage/index.ts';
import { type ImportPlan, pad16, type PlannedPart, slabBytes } from './importPlan.ts';

/** Rows of a file tensor that become rows of a slab; a vector's whole tensor. */
interface Piece {
  readonly part: PlannedPart;
  readonly offset: number;
  readonly length: number;
  readonly rows: number;
  /** Row within the slab; a vector's element within its row. */
  readonly to: number;
}

/** Alignment padding between neighbours is read along rather than asked around. */
const READ_GAP = 64 * 1024;
/** Rows are requantised in steps of this many values: 4 MiB of f32. */
const QUANTISE_STEP = 1024 * 1024;

export async function buildRecord(
  plan: ImportPlan,
  index: number,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const record = plan.records[index];
  if (!record) throw new Error(`the plan has no record ${index}`);
  const pieces = record.slabs.map((slab) => piecesOf(plan, slab));
  const bytesOf = await readPieces(pieces.flat(), signal);
  const out = new Uint8Array(record.bytes);
  let at = 0;
  record.slabs.forEach((slab, i) => {
    const { entry } = tensorOf(plan, slab);
    const size = slabBytes(entry, slab.rows);
    const quants = pad16(quantBytes(entry.layout, slab.rows, entry.cols));
    const planes = { quants: out.subarray(at, at + quants), scales: out.subarray(at + quants, at + size) };
    for (const piece of pieces[i] ?? []) writePiece(entry, piece, bytesOf(piece), planes);
    at += size;
  });
  return out;
}

function tensorOf(plan: ImportPlan, slab: Slab): ImportPlan['tensors'][number] {
  const tensor = plan.tensors[slab.tensor];
  if (!tensor) throw new Error(`the plan has no tensor ${slab.tensor}`);
  return tensor;
}

function isVector({ layout, rows }: TensorEntry): boolean {
  return layout === 'f32' && rows === 1;
}

function piecesOf(plan: ImportPlan, slab: Slab): Piece[] {
  const { entry, parts } = tensorOf(plan, slab);
  const pieces: Piece[] = [];
  let start = 0;
  for (const part of parts) {
    const { file } = part;
    if (isVector(entry)) {
      pieces.push({
        part,
        offset: file.offset,
        length: file.rows * file.rowBytes,
        rows: file.rows,
        to: start,
      });
      start += file.rows * file.cols;
      continue;
    }
    const first = Math.max(slab.row, start);
    const rows = Math.min(slab.row + slab.rows, start + part.rows) - first;
    if (rows > 0) {
      const offset = file.offset + (first - start) * file.rowBytes;
      pieces.push({ part, offset, length: rows * file.rowBytes, rows, to: first - slab.row });
    }
    start += part.rows;
  }
  return pieces;
}

/** Reads neighbours with one request each; gives views into what was read. */
async function readPieces(
  pieces: readonly Piece[],
  signal: AbortSignal,
): Promise<(piece: Piece) => Uint8Array<ArrayBuffer>> {
  const views = new Map<Piece, Uint8Array<ArrayBuffer>>();
  for (const run of contiguousRuns(pieces)) {
    const bytes = await run.source.read(run.from, run.to - run.from, signal);
    for (const piece of run.pieces) {
      views.set(piece, bytes.subarray(piece.offset - run.from, piece.offset - run.from + piece.length));
    }
  }
  return (piece) => {
    const view = views.get(piece);
    if (!view) throw new Error('a piece was not read');
    return view;
  };
}

interface Run {
  readonly source: ByteSource;
  readonly from: number;
  to: number;
  readonly pieces: Piece[];
}

function contiguousRuns(pieces: readonly Piece[]): readonly Run[] {
  const runs: Run[] = [];
  for (const piece of pieces.toSorted((a, b) => a.offset - b.offset)) {
    const { source } = piece.part.file;
    const end = piece.offset + piece.length;
    const near = runs.find((run) => run.source === source && piece.offset - run.to <= READ_GAP);
    if (near) {
      near.to = Math.max(near.to, end);
      near.pieces.push(piece);
    } else {
      runs.push({ source, from: piece.offset, to: end, pieces: [piece] });
    }
  }
  return runs;
}

function writePiece(entry: TensorEntry, piece: Piece, bytes: Uint8Array<ArrayBuffer>, slab: Planes): void {
  const { file, add } = piece.part;
  if (isVector(entry)) {
    const values = decodeRows(file.type, bytes, file.rows, file.cols).map((value) => value + add);
    slab.quants.set(new Uint8Array(values.buffer), piece.to * 4);
    return;
  }
  if (add !== 0) throw new Error(`${entry.name}: only vectors can be added to while importing`);
  if (file.layout === entry.layout) {
    repackInto(entry, file, bytes, piece, slab);
    return;
  }
  requantise(entry, file, bytes, piece, slab);
}

/** The planes of rows [row, row+rows) within a slab's. */
function planesAt({ layout, cols }: TensorEntry, slab: Planes, row: number, rows: number): Planes {
  const quants = quantBytes(layout, row, cols);
  const scales = scaleBytes(layout, row, cols);
  return {
    quants: slab.quants.subarray(quants, quants + quantBytes(layout, rows, cols)),
    scales: slab.scales.subarray(scales, scales + scaleBytes(layout, rows, cols)),
  };
}

function repackInto(
  entry: TensorEntry,
  file: FileTensor,
  bytes: Uint8Array,
  piece: Piece,
  slab: Planes,
): void {
  const planes = planesAt(entry, slab, piece.to, piece.rows);
  // Where a part ends after an odd count of f16 scales, the next one's are not word-aligned.
  const aligned = planes.scales.byteOffset % 4 === 0;
  const scales = aligned ? planes.scales : new Uint8Array(planes.scales.length);
  repackRows(file.type, bytes, piece.rows, file.cols, { quants: planes.quants, scales });
  if (!aligned) planes.scales.set(scales);
}

function requantise(
  entry: TensorEntry,
  file: FileTensor,
  bytes: Uint8Array,
  piece: Piece,
  slab: Planes,
): void {
  const { layout, name } = entry;
  if (layout !== 'q8s' && layout !== 'q4s') throw new Error(`${name}: nothing quantises to ${layout}`);
  const step = Math.max(1, Math.floor(QUANTISE_STEP / file.cols));
  for (let row = 0; row < piece.rows; row += step) {
    const rows = Math.min(step, piece.rows - row);
    const from = bytes.subarray(row * file.rowBytes, (row + rows) * file.rowBytes);
    const values = decodeRows(file.type, from, rows, file.cols);
    quantiseRows(layout, values, rows, file.cols, planesAt(entry, slab, piece.to + row, rows));
  }
}
