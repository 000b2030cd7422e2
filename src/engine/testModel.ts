/** For tests: a golden checkpoint, imported into memory and loaded. */
import type { ByteSource } from '../formats/index.ts';
import type { Gpu } from '../gpu/index.ts';
import { createMemoryStore } from '../storage/index.ts';
import { importModel } from './importModel.ts';
import { loadModel, type LoadedModel, type LoadOptions } from './loadModel.ts';

export async function loadTestModel(
  gpu: Gpu,
  sources: readonly ByteSource[],
  options: Partial<LoadOptions>,
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
  return loadModel(gpu, store, longer, {
    shape: 'software',
    kv: 'f32',
    signal,
    onProgress: () => undefined,
    ...options,
    contextLength,
  });
}
