/**
 * Records → GPU. One record is read and checked while the one before it is on
 * its way to the GPU; the queue is drained now and then, since writeBuffer keeps
 * a copy until the GPU has taken it.
 */
import type { Gpu } from '../gpu/index.ts';
import type { GpuWeights } from '../graph/index.ts';
import type { ModelManifest, RecordReader } from '../storage/index.ts';
import { slabPlanes } from './slabPlanes.ts';

/** Bytes between two drains. Experts are records of any size, so records are no measure. */
const DRAIN_BYTES = 64 * 1024 * 1024;

export async function loadWeights(
  gpu: Gpu,
  weights: GpuWeights,
  records: RecordReader,
  manifest: ModelManifest,
  onProgress: (doneBytes: number, totalBytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  let done = 0;
  let queued = 0;
  let next: Promise<Uint8Array<ArrayBuffer>> | null = null;
  for (let i = 0; i < manifest.records.length; i++) {
    signal.throwIfAborted();
    const bytes: Uint8Array<ArrayBuffer> = await (next ?? records.read(manifest.id, i, signal));
    next = i + 1 < manifest.records.length ? records.read(manifest.id, i + 1, signal) : null;
    next?.catch(() => undefined); // awaited in the next round; here only so that an abort between is not unhandled
    for (const { tensor, row, rows, quants, scales } of slabPlanes(manifest, i, bytes))
      weights.write(tensor, row, rows, quants, scales);
    done += bytes.length;
    queued += bytes.length;
    if (queued >= DRAIN_BYTES) {
      await gpu.device.queue.onSubmittedWorkDone();
      queued = 0;
    }
    onProgress(done, manifest.bytes);
    gpu.assertHealthy();
  }
  await gpu.device.queue.onSubmittedWorkDone();
}
