/**
 * One writer for each model over all tabs of this origin, by Web Locks.
 */
import { AppError } from '../base/failure.ts';

export interface ModelLock {
  dispose(): void;
}

/**
 * MODEL_BUSY where another tab, or another import in this one, holds the model.
 * Where there are no Web Locks (Node) there is one writer anyway.
 */
export async function modelLock(
  model: string,
  signal?: AbortSignal,
  locks: LockManager | undefined = globalThis.navigator?.locks,
): Promise<ModelLock> {
  signal?.throwIfAborted();
  if (!locks) return { dispose: () => undefined };
  return new Promise((resolve, reject) => {
    // `ifAvailable` and `signal` exclude each other; nothing waits here, so none is needed.
    locks
      .request(`shoal-model/${model}`, { ifAvailable: true }, (lock) => {
        if (!lock) throw new AppError('MODEL_BUSY', `model ${model} is being written elsewhere`, { model });
        return new Promise<void>((release) => resolve({ dispose: release }));
      })
      .catch(reject);
  });
}
