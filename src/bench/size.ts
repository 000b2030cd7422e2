/** A published shape with random weights: what importing, loading and decoding it takes here. */
import { overBounds } from '../tools/realSize/bounds.ts';
import { type HeapUse, heapBytes } from '../tools/realSize/heapMeter.ts';
import { measureSize } from '../tools/realSize/measure.ts';
import { errorOf, readRecorded } from '../tools/realSize/recorded.ts';
import { type ShapeName, SHAPES } from '../tools/realSize/shapes.ts';
import type { Row } from './row.ts';

export interface SizeRows {
  readonly rows: readonly Row[];
  readonly device: string;
  /** What is over its bounds, in words. */
  readonly over: readonly string[];
}

export async function sizeRows(shape: ShapeName): Promise<SizeRows> {
  const figures = await measureSize({ shape });
  const recorded = readRecorded(shape, SHAPES[shape].layers);
  const { completion, importMs, importPeak, loadPeak, sourceBytes } = figures;
  const { timings, tokens, weightBytesPerToken } = completion;
  const row = (name: string, value: number, unit: string): Row => ({ suite: 'size', name, value, unit });
  const bytes = (name: string, value: number): Row => row(name, value / 1e6, 'MB');
  const heap = (name: string, peak: HeapUse): Row[] => [
    bytes(`${name}, most JavaScript memory`, heapBytes(peak)),
    bytes(`${name}, of which ArrayBuffers`, peak.buffers),
  ];
  const rows = [
    bytes('weights of the files', sourceBytes),
    bytes('stored at 4 bits', figures.storedBytes),
    row('import', importMs / 1e3, 's'),
    row('import', sourceBytes / 1e3 / importMs, 'MB/s'),
    ...heap('import', importPeak),
    row('load', figures.loadMs / 1e3, 's'),
    ...heap('load', loadPeak),
    bytes('GPU memory', completion.gpuBytes),
    bytes('GPU memory, most', completion.gpuPeakBytes),
    bytes('weights read a token', weightBytesPerToken),
    row('of the least possible', weightBytesPerToken / figures.activeBytes, 'times'),
    row('dispatches a token', completion.dispatchesPerToken, 'dispatches'),
    row(`prefill, ${completion.promptTokens} tokens`, timings.prefillMs, 'ms'),
    row(`decode, ${tokens.length} tokens`, timings.decodeMs / tokens.length, 'ms/token'),
    ...(recorded
      ? [row("logits, error against PyTorch's", errorOf(figures.logits, recorded), 'relative')]
      : []),
  ];
  return { rows, device: figures.adapter, over: overBounds(figures, recorded) };
}
