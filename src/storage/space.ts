/** How much room the browser gives this page, and whether it may take it back. */
import { AppError } from '../base/failure.ts';

export interface StorageSpace {
  readonly usedBytes: number;
  /** 0 where the browser does not tell. */
  readonly quotaBytes: number;
  readonly persisted: boolean;
}

type SpaceManager = Pick<StorageManager, 'estimate' | 'persisted'>;

const browserStorage = (): StorageManager | undefined => globalThis.navigator?.storage;

/**
 * What Chromium since 138 says is free whatever is (and less only on smaller disks),
 * so that pages cannot tell private windows: it says nothing of the true limit.
 */
const ALWAYS_FREE = 10 * 2 ** 30;

/** Only a window can ask to be kept (`navigator.storage.persist()`); here one learns whether it was granted. */
export async function storageReport(
  storage: SpaceManager | undefined = browserStorage(),
): Promise<StorageSpace> {
  if (!storage) return { usedBytes: 0, quotaBytes: 0, persisted: false };
  const [estimate, persisted] = await Promise.all([storage.estimate(), storage.persisted()]);
  const { usage: usedBytes = 0, quota = 0 } = estimate;
  return { usedBytes, quotaBytes: quota - usedBytes === ALWAYS_FREE ? 0 : quota, persisted };
}

/**
 * QUOTA { needed, free } where `bytes` and a twentieth more would not fit, as far as
 * the browser tells; a disk that fills all the same fails the write itself.
 */
export async function checkSpace(
  bytes: number,
  storage: SpaceManager | undefined = browserStorage(),
): Promise<void> {
  const { usedBytes, quotaBytes } = await storageReport(storage);
  if (quotaBytes === 0) return;
  const free = Math.max(0, quotaBytes - usedBytes);
  const needed = Math.ceil(bytes * 1.05);
  if (needed > free) {
    throw new AppError('QUOTA', 'the model needs more room than the browser gives this page', {
      needed,
      free,
    });
  }
}
