/**
 * Records → GPU. One record is read and checked while the one before it is on
 * its way to the GPU; the queue is drained now and then, since writeBuffer keeps
 * a copy until the GPU has taken it.
 */
import { quantBytes, scaleBytes } from '../formats/index.ts';
import type { Gpu } from '../gpu/index.ts';
import type { GpuWeights } from '../graph/index.ts';
import type { ModelManifest, RecordReader } from '../storage/index.ts';
import { pad16 } from './importPlan.ts';

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
    upload(weights, manifest, i, bytes);
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

function upload(
  weights: GpuWeights,
  manifest: ModelManifest,
  record: number,
  bytes: Uint8Array<ArrayBuffer>,
): void {
  let at = 0;
  for (const slab of manifest.records[record]!.slabs) {
    const entry = manifest.tensors[slab.tensor]!;
    const quants = pad16(quantBytes(entry.layout, slab.rows, entry.cols));
    const scales = pad16(scaleBytes(entry.layout, slab.rows, entry.cols));
    weights.write(
      slab.tensor,
      slab.row,
      slab.rows,
      bytes.subarray(at, at + quants),
      bytes.subarray(at + quants, at + quants + scales),
    );
    at += quants + scales;
  }
}
