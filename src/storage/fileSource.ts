import { AppError } from '../base/failure.ts';
import type { VersionedSource } from './types.ts';

/**
 * A file the user chose, or one Node opened with `openAsBlob`. Slices are read on
 * demand: a file of many gigabytes never lies in memory.
 */
export function fileSource(file: Blob & { readonly name: string }): VersionedSource {
  return {
    name: file.name,
    size: file.size,
    validator: '',
    async read(offset, length, signal) {
      signal?.throwIfAborted();
      checkRange(file, offset, length);
      const bytes = await readSlice(file, offset, length);
      signal?.throwIfAborted();
      return bytes;
    },
  };
}

/** FILE_TRUNCATED { file, needed, has } where the range goes past the end. */
export function checkRange(
  source: { readonly name: string; readonly size: number },
  offset: number,
  length: number,
): void {
  if (offset + length <= source.size) return;
  throw new AppError('FILE_TRUNCATED', `${source.name} ends before its contents do`, {
    file: source.name,
    needed: offset + length,
    has: source.size,
  });
}

async function readSlice(file: Blob & { readonly name: string }, offset: number, length: number) {
  try {
    return new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
  } catch (error) {
    // Browsers refuse to read a file that was written to, moved or deleted since it was chosen.
    throw new AppError(
      'SOURCE_CHANGED',
      `${file.name} changed or went away while it was read`,
      { file: file.name },
      error,
    );
  }
}
