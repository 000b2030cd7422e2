/** Tensors whose rows are blocks one after the other: GGUF's types and plain floats. */
import { blockShape } from './blocks.ts';
import { decodeRows } from './decode.ts';
import type { BlockTensor } from './directory.ts';
import { type Form, gatherRows, stridedRange, type Window } from './form.ts';
import { repackRows } from './repack.ts';

export function blockForm(file: BlockTensor): Form {
  const { elements, bytes: blockBytes } = blockShape(file.type);
  const width = (cols: number): number => (cols / elements) * blockBytes;
  const gather = (window: Window, bytes: readonly Uint8Array[]): Uint8Array =>
    gatherRows(bytes[0]!, window.rows, window.step * file.rowBytes, width(window.cols));
  return {
    group: elements,
    byRows: true,
    ranges: (window) => [stridedRange(file, window, width(window.firstCol), width(window.cols))],
    repack: (window, bytes, out) =>
      repackRows(file.type, gather(window, bytes), window.rows, window.cols, out),
    decode: (window, bytes) => decodeRows(file.type, gather(window, bytes), window.rows, window.cols),
  };
}
