/**
 * The page's end of the wire: the worker as a WorkerApi that never rejects.
 * Comlink wants callbacks wrapped in `proxy`, turns a bug in the worker into a
 * rejection, and waits for ever when the worker's script could not start; here
 * all of these become the Result the rest of the page already handles.
 */
import { proxy, wrap } from 'comlink';
import type { Failure, Result, WorkerApi } from './api.ts';

export function connect(worker: Worker): WorkerApi {
  const remote = wrap<WorkerApi>(worker);
  const listeners: ((failure: Failure) => void)[] = [];
  const report = (failure: Failure): void => listeners.forEach((listener) => listener(failure));

  let answered = false;
  const neverStarted = new Promise<Result<never>>((resolve) => {
    worker.addEventListener('error', (event) => {
      const failure = internal(event.message || 'the worker stopped');
      // A worker that has spoken survives an uncaught error; one that has not never will speak.
      if (answered) report(failure);
      else resolve({ ok: false, failure });
    });
  });

  async function settle<T>(call: Promise<Result<T>>): Promise<Result<T>> {
    const spoken = call.then(
      (result) => {
        answered = true;
        return result;
      },
      (error: unknown) =>
        ({ ok: false, failure: internal(error instanceof Error ? error.message : String(error)) }) as const,
    );
    return Promise.race([spoken, neverStarted]);
  }

  return {
    device: () => settle(remote.device()),
    storage: () => settle(remote.storage()),
    models: () => settle(remote.models()),
    hubFiles: (repo) => settle(remote.hubFiles(repo)),
    importModel: (job, source, weights, onProgress) =>
      settle(remote.importModel(job, source, weights, proxy(onProgress))),
    deleteModel: (id) => settle(remote.deleteModel(id)),
    verifyModel: (job, id, onProgress) => settle(remote.verifyModel(job, id, proxy(onProgress))),
    loadModel: (job, id, options, onProgress) =>
      settle(remote.loadModel(job, id, options, proxy(onProgress))),
    unloadModel: () => settle(remote.unloadModel()),
    release: () => settle(remote.release()),
    countTokens: (text) => settle(remote.countTokens(text)),
    selfTest: (job, mode, onCase) => settle(remote.selfTest(job, mode, proxy(onCase))),
    benchmark: (job) => settle(remote.benchmark(job)),
    chat: (job, request, onEvent) => settle(remote.chat(job, request, proxy(onEvent))),
    complete: (job, request, onLogits) => settle(remote.complete(job, request, proxy(onLogits))),
    cancel: (job) => void remote.cancel(job),
    onFailure: (listener) => {
      listeners.push(listener);
      void remote.onFailure(proxy(listener));
    },
  };
}

function internal(message: string): Failure {
  return { code: 'INTERNAL', message, detail: {} };
}
