/** How much room the browser gives this page, and whether it may take it back. */
import { AppError } from '../base/failure.ts';

export interface StorageSpace {
  readonly usedBytes: number;
  readonly quotaBytes: number;
  readonly persisted: boolean;
}

type SpaceManager = Pick<StorageManager, 'estimate' | 'persisted'>;

const browserStorage = (): StorageManager | undefined => globalThis.navigator?.storage;

/**
 * Zero bytes of each where the browser tells nothing. Only a window can ask to
 * be kept (`navigator.storage.persist()`); here one learns whether it was granted.
 */
export async function storageReport(
  storage: SpaceManager | undefined = browserStorage(),
): Promise<StorageSpace> {
  if (!storage) return { usedBytes: 0, quotaBytes: 0, persisted: false };
  const [estimate, persisted] = await Promise.all([storage.estimate(), storage.persisted()]);
  return { usedBytes: estimate.usage ?? 0, quotaBytes: estimate.quota ?? 0, persisted };
}

/**
 * What Chromium since 138 says is free whatever is (and less only on smaller disks),
 * so that pages cannot tell private windows: it says nothing of the true limit.
 */
const ALWAYS_FREE = 10 * 2 ** 30;

/**
 * QUOTA { needed, free } where `bytes` and a twentieth more would not fit, as far as
 * the browser tells; a disk that fills all the same fails the write itself.
 */
export async function checkSpace(
  bytes: number,
  storage: SpaceManager | undefined = browserStorage(),
): Promise<void> {
  const { usedBytes, quotaBytes } = await storageReport(storage);
  const free = Math.max(0, quotaBytes - usedBytes);
  if (quotaBytes === 0 || free === ALWAYS_FREE) return;
  const needed = Math.ceil(bytes * 1.05);
  if (needed > free) {
    throw new AppError('QUOTA', 'the model needs more room than the browser gives this page', {
      needed,
      free,
    });
  }
}
