import { quantBytes, scaleBytes } from '../formats/index.ts';
import type { ModelManifest } from '../storage/index.ts';
import { pad16 } from './importPlan.ts';

export interface SlabPlanes {
  /** Index into ModelManifest.tensors. */
  readonly tensor: number;
  readonly row: number;
  readonly rows: number;
  readonly quants: Uint8Array<ArrayBuffer>;
  readonly scales: Uint8Array<ArrayBuffer>;
}

/** A record's slabs, as the importer laid them one behind the other. */
export function slabPlanes(
  { records, tensors }: ModelManifest,
  record: number,
  bytes: Uint8Array<ArrayBuffer>,
): readonly SlabPlanes[] {
  let at = 0;
  const take = (length: number): Uint8Array<ArrayBuffer> => bytes.subarray(at, (at += length));
  return records[record]!.slabs.map(({ tensor, row, rows }) => {
    const { layout, cols } = tensors[tensor]!;
    const quants = take(pad16(quantBytes(layout, rows, cols)));
    return { tensor, row, rows, quants, scales: take(pad16(scaleBytes(layout, rows, cols))) };
  });
}
