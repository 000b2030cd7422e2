/**
 * The worker's end of the wire. A callback travels on a port of its own, so a
 * result could overtake the events before it and cut the end off an answer:
 * here a result waits until its last event has been received.
 */
import { expose, releaseProxy } from 'comlink';
import type { Result, WorkerApi } from './api.ts';

export function serve(api: WorkerApi): void {
  const served: WorkerApi = {
    device: () => api.device(),
    storage: () => api.storage(),
    models: () => api.models(),
    hubFiles: (repo) => api.hubFiles(repo),
    importModel: (job, source, weights, tell) =>
      after(tell, (heard) => api.importModel(job, source, weights, heard)),
    deleteModel: (id) => api.deleteModel(id),
    verifyModel: (job, id, tell) => after(tell, (heard) => api.verifyModel(job, id, heard)),
    loadModel: (job, id, options, tell) => after(tell, (heard) => api.loadModel(job, id, options, heard)),
    unloadModel: () => api.unloadModel(),
    release: () => api.release(),
    countTokens: (text) => api.countTokens(text),
    selfTest: (job, mode, tell) => after(tell, (heard) => api.selfTest(job, mode, heard)),
    benchmark: (job) => api.benchmark(job),
    chat: (job, request, tell) => after(tell, (heard) => api.chat(job, request, heard)),
    complete: (job, request, tell) => after(tell, (heard) => api.complete(job, request, heard)),
    cancel: (job) => api.cancel(job),
    onFailure: (listener) => api.onFailure(listener),
  };
  expose(served);
}

async function after<E extends readonly unknown[], T>(
  tell: (...event: E) => void,
  work: (heard: (...event: E) => void) => Promise<Result<T>>,
): Promise<Result<T>> {
  let last: unknown;
  try {
    return await work((...event) => {
      // To the types it returns nothing; over the wire, a promise of having been received.
      last = tell(...event);
      return last;
    });
  } finally {
    await last;
    closePort(tell);
  }
}

/** Ports are otherwise closed only when the garbage collector comes by. */
function closePort(callback: object): void {
  const release: unknown = Reflect.get(callback, releaseProxy);
  if (typeof release === 'function') Reflect.apply(release, callback, []);
}
