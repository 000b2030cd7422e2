/** Reads a stored model as loading it would, to find what is no longer what was written. */
import { AppError } from '../base/failure.ts';
import type { RecordStore } from '../storage/index.ts';

/** The protocol's VerifyReport, which the engine may not name. */
export interface Verdict {
  readonly records: number;
  readonly bytes: number;
  readonly bad: readonly number[];
}

/** `onProgress` in bytes. MODEL_NOT_FOUND where nothing is stored under `id`. */
export async function verifyModel(
  store: RecordStore,
  id: string,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void,
): Promise<Verdict> {
  const { records, bytes } = await store.readManifest(id);
  const bad: number[] = [];
  let done = 0;
  for (const [record, entry] of records.entries()) {
    await store.read(id, record, signal).catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code !== 'RECORD_CORRUPT') throw error;
      bad.push(record);
    });
    onProgress((done += entry.bytes), bytes);
  }
  return { records: records.length, bytes, bad };
}
