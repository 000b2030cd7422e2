/** File tensors made by rule, for tests of the importer: each value says where it lies. */
import { f32ToBf16 } from '../base/floats.ts';
import { type ByteSource, type FileTensor, layoutOf, type TensorDirectory } from '../formats/index.ts';

import type { TensorRecipe } from '../models/index.ts';
import type { WeightChoice } from '../storage/index.ts';
import { type ImportPlan, planImport } from '../engine/importPlan.ts';
import { buildRecord } from '../engine/importRecord.ts';
import type { ReadRange } from '../engine/readAhead.ts';

export const signal = new AbortController().signal;
export const directly: ReadRange = ({ source, offset, length }) => source.read(offset, length);

export interface RuledTensor {
  readonly name: string;
  readonly type: 'F32' | 'BF16';
  /** 1 where not given. */
  readonly blocks?: number;
  /** Of all blocks together. */
  readonly rows: number;
  readonly cols: number;
  /** Of the row counted over all blocks. */
  readonly value: (row: number, col: number) => number;
}

export interface RuledFile {
  readonly directory: TensorDirectory;
  readonly source: ByteSource;
  /** Offset and length of each. */
  readonly reads: (readonly [offset: number, length: number])[];
}

/** The tensors one after the other in a source that makes its bytes when they are read. */
export function ruledFile(...ruled: readonly RuledTensor[]): RuledFile {
  const reads: (readonly [number, number])[] = [];
  const places: { tensor: RuledTensor; offset: number; width: number }[] = [];
  let size = 64;
  for (const tensor of ruled) {
    const width = tensor.type === 'F32' ? 4 : 2;
    places.push({ tensor, offset: size, width });
    size += tensor.rows * tensor.cols * width;
  }
  const source: ByteSource = {
    name: 'ruled',
    size,
    async read(offset, length, signal) {
      signal?.throwIfAborted();
      reads.push([offset, length]);
      const out = new Uint8Array(length);
      for (const place of places) fill(out, offset, place);
      return out;
    },
  };
  const files = places.map(({ tensor, offset, width }): [string, FileTensor] => {
    const { name, type, blocks = 1, rows, cols } = tensor;
    return [
      name,
      { name, type, layout: layoutOf(type), blocks, rows, cols, rowBytes: cols * width, source, offset },
    ];
  });
  return { directory: { tensors: new Map(files) }, source, reads };
}

function fill(
  out: Uint8Array,
  from: number,
  { tensor, offset, width }: { tensor: RuledTensor; offset: number; width: number },
): void {
  const { rows, cols, type, value } = tensor;
  const view = new DataView(out.buffer);
  // Reads of these tests begin and end between values.
  const first = Math.max(0, (from - offset) / width);
  const last = Math.min(rows * cols, (from + out.length - offset) / width);
  for (let i = first; i < last; i++) {
    const at = offset + i * width - from;
    const number = value(Math.floor(i / cols), i % cols);
    if (type === 'F32') view.setFloat32(at, number, true);
    else view.setUint16(at, f32ToBf16(number), true);
  }
}

/** Plans and builds all records. */
export async function recordsOf(
  file: RuledFile,
  recipes: readonly TensorRecipe[],
  weights: WeightChoice = 'keep',
): Promise<{ readonly plan: ImportPlan; readonly records: readonly Uint8Array[] }> {
  const plan = planImport(recipes, file.directory, { weights });
  const records: Uint8Array[] = [];
  for (const index of plan.records.keys()) records.push(await buildRecord(plan, index, directly, signal));
  return { plan, records };
}

/** Where each record first differs from what it should be; megabytes are compared, so not by `toEqual`. */
export function differences(
  records: readonly Uint8Array[],
  expected: readonly Uint8Array[],
): { record: number; byte: number }[] {
  const found: { record: number; byte: number }[] = [];
  for (let record = 0; record < Math.max(records.length, expected.length); record++) {
    const is = records[record] ?? new Uint8Array();
    const shouldBe = expected[record] ?? new Uint8Array();
    if (is.length > 0 && Buffer.compare(is, shouldBe) === 0) continue;
    const byte = is.findIndex((value, at) => value !== shouldBe[at]);
    found.push({ record, byte: byte < 0 ? is.length : byte });
  }
  return found;
}
