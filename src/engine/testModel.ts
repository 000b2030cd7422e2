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
  return loadModel(gpu, store, manifest, { shape: 'software', kv: 'f32', contextLength: 128, signal, onProgress: () => undefined, ...options });
}
