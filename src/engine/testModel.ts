/** For tests: a golden checkpoint, imported into memory and loaded; what a piece of work makes on the GPU. */
import type { ByteSource } from '../formats/index.ts';
import type { Gpu } from '../gpu/index.ts';
import { createMemoryStore } from '../storage/index.ts';
import { importModel } from './importModel.ts';
import { loadModel, type LoadedModel, type LoadOptions } from './loadModel.ts';

/** With its kernels of prefill, unless `early`. */
export async function loadTestModel(
  gpu: Gpu,
  sources: readonly ByteSource[],
  { early = false, ...options }: Partial<LoadOptions> & { readonly early?: boolean },
): Promise<LoadedModel> {
  const store = createMemoryStore();
  const signal = new AbortController().signal;
  const { id } = await importModel({
    store,
    open: () => Promise.resolve(sources),
    origin: 'file:golden',
    weights: 'keep',
    signal,
    onProgress: () => undefined,
  });
  const manifest = await store.readManifest(id);
  const contextLength = options.contextLength ?? 128;
  // The checkpoints were made for 256 positions; rope goes on as far as one likes.
  const longer = { ...manifest, spec: { ...manifest.spec, contextLength } };
  const model = await loadModel(gpu, store, longer, {
    shape: 'software',
    kv: 'f32',
    signal,
    onProgress: () => undefined,
    ...options,
    contextLength,
  });
  if (!early) await model.prefillReady;
  return model;
}

const MAKERS = [
  'createBuffer',
  'createBindGroup',
  'createComputePipeline',
  'createComputePipelineAsync',
  'createShaderModule',
] as const;

/** The calls by which `work` made GPU objects, in order. */
export async function gpuObjectsMadeBy(
  { device }: Gpu,
  work: () => Promise<void>,
): Promise<readonly string[]> {
  const made: string[] = [];
  for (const name of MAKERS) {
    const real = (device[name] as (argument: never) => unknown).bind(device);
    Object.defineProperty(device, name, {
      configurable: true,
      value: (argument: never) => (made.push(name), real(argument)),
    });
  }
  try {
    await work();
    return made;
  } finally {
    for (const name of MAKERS) Reflect.deleteProperty(device, name);
  }
}
