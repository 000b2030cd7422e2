/**
 * The worker's end of the wire: checks what comes in, calls the engine, turns
 * whatever it throws into a failure the page has words for.
 */
import { AppError, asAppError, isAbort } from '../base/failure.ts';
import {
  benchmark,
  chat,
  complete,
  Engine,
  fullTest,
  importModel,
  type KernelShape,
  listModels,
  type LoadedModel,
  openSource,
  quickTest,
  verifyModel,
} from '../engine/index.ts';
import type { DeviceReport, Failure, Result, WorkerApi } from '../protocol/api.ts';
import { serve } from '../protocol/serve.ts';
import { createIdbStore, hubListing, idbShelf, storageReport } from '../storage/index.ts';
import { guide } from './guide.ts';
import * as requests from './requests.ts';
import { parse } from './requests.ts';

const store = createIdbStore();
const jobs = new Map<string, AbortController>();
const listeners: ((failure: Failure) => void)[] = [];
const engine = new Engine({
  api: navigator.gpu,
  store,
  onFailure: (error) => listeners.forEach((tell) => tell(failureOf(error))),
  builtIn: guide,
  place: {
    shelf: idbShelf('shoal-verdicts'),
    userAgent: navigator.userAgent,
    // The file's name has a hash of what is in it: another name, another page.
    page: new URL(self.location.href).pathname.split('/').at(-1) ?? '',
  },
});

function failureOf(error: unknown): Failure {
  if (isAbort(error)) return { code: 'CANCELLED', message: 'cancelled', detail: {} };
  const { code, message, detail } = asAppError(error);
  return { code, message, detail };
}

async function answer<T>(work: () => Promise<T>): Promise<Result<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    const failure = failureOf(error);
    if (failure.code === 'INTERNAL') console.error(error); // a bug: its stack is all there is
    return { ok: false, failure };
  }
}

function job<T>(name: string, work: (signal: AbortSignal) => Promise<T>): Promise<Result<T>> {
  return answer(async () => {
    const id = parse(requests.text, name);
    if (jobs.has(id)) throw new AppError('BAD_REQUEST', `job ${id} is already running`);
    const controller = new AbortController();
    jobs.set(id, controller);
    try {
      return await work(controller.signal);
    } finally {
      jobs.delete(id);
    }
  });
}

const api: WorkerApi = {
  device: () => answer(deviceReport),
  storage: () => answer(() => storageReport()),
  models: () => answer(async () => [...(await storedModels()), await guide.card()]),
  hubFiles: (repo) => answer(() => hubListing(parse(requests.text, repo))),

  importModel: (name, source, weights, onProgress) =>
    job(name, async (signal) => {
      const opened = await openSource(
        store,
        parse(requests.modelSource, source),
        parse(requests.weightsMode, weights),
      );
      return importModel({ store, ...opened, signal, onProgress });
    }),

  deleteModel: (id) =>
    answer(async () => {
      notBuiltIn(parse(requests.text, id));
      if (engine.loadedId === id) engine.unload();
      await store.remove(id);
      return null;
    }),

  verifyModel: (name, id, onProgress) =>
    job(name, (signal) => verifyModel(store, notBuiltIn(parse(requests.text, id)), signal, onProgress)),

  loadModel: (name, id, options, onProgress) =>
    job(name, async (signal) => {
      const { contextLength } = parse(requests.loadOptions, options);
      const started = performance.now();
      onProgress({ phase: 'device', done: 0, total: 1 });
      const model = await engine.load(parse(requests.text, id), {
        contextLength,
        signal,
        onProgress: (phase, done, total) => onProgress({ phase, done, total }),
      });
      onProgress({ phase: 'ready', done: 1, total: 1 });
      return {
        modelId: id,
        contextLength: model.contextLength,
        runsOn: model.runsOn,
        gpuBytes: (await memoryOf(model)).bytes,
        loadMs: performance.now() - started,
      };
    }),

  unloadModel: () =>
    answer(() => {
      engine.unload();
      return Promise.resolve(null);
    }),

  release: () =>
    answer(async () => {
      await engine.release();
      return null;
    }),

  countTokens: (text) =>
    answer(() => Promise.resolve(engine.model.tokenizer.encode(parse(requests.text, text)).length)),

  selfTest: (name, mode, onCase) =>
    job(name, async (signal) => {
      const asked = parse(requests.selfTestMode, mode);
      const gpu = await engine.gpu();
      const verdicts = await engine.verdicts();
      const outcome =
        asked === 'full'
          ? await fullTest(gpu, verdicts, { shape: await testedFirst(), signal, onCase })
          : await quickTest(gpu, verdicts, engine.model.gpuRunner?.kernels ?? [], { signal, onCase });
      return { key: verdicts.key, mode: asked, ...outcome };
    }),

  benchmark: (name) =>
    job(name, async (signal) => {
      const gpu = await engine.gpu();
      const model = engine.loadedId === null ? null : engine.model;
      return { rows: await benchmark(gpu, await engine.kernelShape(), model, signal) };
    }),

  chat: (name, request, onEvent) =>
    job(name, (signal) => {
      const { routes, ...rest } = parse(requests.chatRequest, request);
      return chat(engine.model, {
        ...rest,
        signal,
        onPrefill: (done, total) => onEvent({ kind: 'prefill', done, total }),
        onText: (text, tokens) => onEvent({ kind: 'text', text, tokens }),
        onRoutes: routes ? (token, chosen) => onEvent({ kind: 'routes', token, ...chosen }) : undefined,
      });
    }),

  complete: (name, request, onLogits) =>
    job(name, async (signal) => {
      const { logits, ...rest } = parse(requests.completionRequest, request);
      const { model } = engine;
      const made = await complete(model, {
        ...rest,
        signal,
        ...(logits ? { onLogits: async (rows) => onLogits(rows) } : {}),
      });
      const memory = await memoryOf(model);
      return {
        ...made,
        dispatchesPerToken: model.runner.dispatchesPerToken,
        weightBytesPerToken: model.weightBytesPerToken,
        gpuBytes: memory.bytes,
        gpuPeakBytes: memory.peakBytes,
      };
    }),

  cancel: (name) => jobs.get(name)?.abort(),
  onFailure: (listener) => void listeners.push(listener),
};

/** BAD_REQUEST for what is not in storage. */
function notBuiltIn(id: string): string {
  if (id === guide.id)
    throw new AppError('BAD_REQUEST', 'the built-in model is part of the page', { model: id });
  return id;
}

async function memoryOf({ runsOn }: LoadedModel): Promise<{ bytes: number; peakBytes: number }> {
  return runsOn === 'cpu' ? { bytes: 0, peakBytes: 0 } : (await engine.gpu()).memory;
}

/** None where the browser gives the page no storage: the guide is here all the same. */
async function storedModels(): Promise<Awaited<ReturnType<typeof listModels>>> {
  try {
    return await listModels(store);
  } catch (error) {
    if (asAppError(error).code !== 'STORAGE') throw error;
    return [];
  }
}

/** Where no shape passes its check, the self-test is how one learns what is wrong. */
async function testedFirst(): Promise<KernelShape> {
  try {
    return await engine.kernelShape();
  } catch (error) {
    if (asAppError(error).code !== 'KERNEL_CHECK_FAILED') throw error;
    return 'hardware';
  }
}

async function deviceReport(): Promise<DeviceReport> {
  const { facts } = await engine.gpu();
  const { shape, checked } = await engine.shapeChoice();
  return {
    vendor: facts.vendor,
    architecture: facts.architecture,
    description: facts.description,
    software: facts.software,
    features: facts.features,
    maxBufferBytes: facts.limits['maxBufferSize'] ?? 0,
    maxBindingBytes: facts.limits['maxStorageBufferBindingSize'] ?? 0,
    limits: facts.limits,
    kernelShape: shape,
    kernelShapes: Object.entries(checked).map(([name, { passed, message, milliseconds }]) => ({
      shape: name,
      passed,
      words: message,
      ms: milliseconds ?? 0,
    })),
  };
}

serve(api);
