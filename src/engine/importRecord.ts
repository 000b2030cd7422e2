/**
 * A planned record's bytes from its sources. Weights pass through in strips of a
 * few megabytes, so that an expert of hundreds takes little more memory than the
 * record it becomes.
 */
import {
  cutSlice,
  decodeSlice,
  placeColumns,
  type Planes,
  quantBytes,
  quantiseRows,
  type ByteRange,
  type ByteSource,
  repackSlice,
  type RowSlice,
  scaleBytes,
  sliceLayout,
  sliceRanges,
  type WeightLayout,
} from '../formats/index.ts';
import type { TensorEntry } from '../storage/index.ts';
import { type Piece, piecesOf, type Span, spanBytes, spansOf } from './importPieces.ts';
import { type ImportPlan, pad16, slabBytes } from './importPlan.ts';
import type { ReadRange } from './readAhead.ts';

/** Alignment padding between neighbours is read along rather than asked around. */
const READ_GAP = 64 * 1024;
/** Source bytes held at once. */
const BATCH_BYTES = 16 * 1024 * 1024;
/** Source bytes converted at once: at 4 bits their values are eight times as many bytes. */
const STRIP_BYTES = 2 * 1024 * 1024;

/** Part of a piece: what it is made of and who takes it. */
interface Strip {
  readonly ranges: readonly ByteRange[];
  write(bytes: readonly Uint8Array[]): void;
}

export async function buildRecord(
  plan: ImportPlan,
  index: number,
  read: ReadRange,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const record = plan.records[index];
  if (!record) throw new Error(`the plan has no record ${index}`);
  const out = new Uint8Array(record.bytes);
  const strips: Strip[] = [];
  let at = 0;
  for (const slab of record.slabs) {
    const tensor = plan.tensors[slab.tensor];
    if (!tensor) throw new Error(`the plan has no tensor ${slab.tensor}`);
    const { entry, kind } = tensor;
    const end = at + slabBytes(entry, slab.rows);
    const quants = at + pad16(quantBytes(entry.layout, slab.rows, entry.cols));
    const planes = { quants: out.subarray(at, quants), scales: out.subarray(quants, end) };
    for (const piece of piecesOf(tensor, slab)) {
      if (kind === 'vector') strips.push(vectorStrip(piece, planes));
      else strips.push(...matrixStrips(entry, piece, planes));
    }
    at = end;
  }
  for (const batch of batchesOf(strips)) await convertBatch(batch, read, signal);
  return out;
}

/** A function of its own, so that what was read is let go before the next batch is. */
async function convertBatch({ spans, strips }: Batch, read: ReadRange, signal: AbortSignal): Promise<void> {
  const bytesOf = await readSpans(spans, read, signal);
  for (const strip of strips) strip.write(strip.ranges.map(bytesOf));
}

function vectorStrip({ slice, add, to }: Piece, { quants }: Planes): Strip {
  return {
    ranges: sliceRanges(slice),
    write(bytes) {
      const values = decodeSlice(slice, bytes).map((value) => value + add);
      quants.set(new Uint8Array(values.buffer), to * 4);
    },
  };
}

/** Cut along the file: a matrix that lies there turned, or packed by column, gives strips of columns. */
function matrixStrips(entry: TensorEntry, { slice, to }: Piece, slab: Planes): readonly Strip[] {
  const { layout, cols } = entry;
  let row = to;
  return cutSlice(slice, STRIP_BYTES).map((strip): Strip => {
    const ranges = sliceRanges(strip);
    if (strip.cols === slice.cols) {
      const planes = planesAt(entry, slab, row, strip.rows);
      row += strip.rows;
      return { ranges, write: (bytes) => convert(layout, strip, bytes, planes) };
    }
    const matrix = { planes: planesAt(entry, slab, to, slice.rows), rows: slice.rows, cols };
    const firstCol = strip.firstCol - slice.firstCol;
    return {
      ranges,
      write(bytes) {
        const planes = {
          quants: new Uint8Array(quantBytes(layout, strip.rows, strip.cols)),
          scales: new Uint8Array(scaleBytes(layout, strip.rows, strip.cols)),
        };
        convert(layout, strip, bytes, planes);
        placeColumns(layout, { planes, firstCol, cols: strip.cols }, matrix);
      },
    };
  });
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

function convert(layout: WeightLayout, slice: RowSlice, bytes: readonly Uint8Array[], out: Planes): void {
  if (sliceLayout(slice) === layout) {
    repackSlice(slice, bytes, out);
    return;
  }
  if (layout !== 'q8s' && layout !== 'q4s')
    throw new Error(`${slice.file.name}: nothing quantises to ${layout}`);
  quantiseRows(layout, decodeSlice(slice, bytes), slice.rows, slice.cols, out);
}

interface Batch {
  readonly spans: readonly Span[];
  readonly strips: readonly Strip[];
}

/**
 * Strips in the order of their bytes, as many together as may be held at once. What
 * several of them need (gate and up of a turned matrix, say) is then read once.
 */
function* batchesOf(strips: readonly Strip[]): Generator<Batch> {
  let open: { spans: readonly Span[]; strips: Strip[] } = { spans: [], strips: [] };
  for (const strip of inFileOrder(strips)) {
    const spans = spansOf(strip.ranges, READ_GAP, open.spans);
    if (open.strips.length > 0 && spanBytes(spans) > BATCH_BYTES) {
      yield open;
      open = { spans: spansOf(strip.ranges, READ_GAP), strips: [strip] };
    } else {
      open.spans = spans;
      open.strips.push(strip);
    }
  }
  if (open.strips.length > 0) yield open;
}

function inFileOrder(strips: readonly Strip[]): readonly Strip[] {
  const first = ({ ranges }: Strip): ByteRange => {
    const [range] = ranges;
    if (!range) throw new Error('a strip has nothing to read');
    return range;
  };
  const sources = new Map<ByteSource, number>();
  for (const strip of strips) {
    const { source } = first(strip);
    if (!sources.has(source)) sources.set(source, sources.size);
  }
  const order = (strip: Strip): number => sources.get(first(strip).source) ?? 0;
  return strips.toSorted((a, b) => order(a) - order(b) || first(a).offset - first(b).offset);
}

/** One request for each span; gives views into what was read. */
async function readSpans(
  spans: readonly Span[],
  read: ReadRange,
  signal: AbortSignal,
): Promise<(range: ByteRange) => Uint8Array> {
  const held: (Span & { readonly bytes: Uint8Array })[] = [];
  for (const span of spans) {
    const range = { source: span.source, offset: span.from, length: span.to - span.from };
    held.push({ ...span, bytes: await read(range, signal) });
  }
  return ({ source, offset, length }) => {
    const span = held.find(
      (each) => each.source === source && each.from <= offset && each.to >= offset + length,
    );
    if (!span) throw new Error('a range was not read');
    return span.bytes.subarray(offset - span.from, offset - span.from + length);
  };
}
