import { expect, test } from 'vitest';
import type { ModelSource, WeightsMode } from '../protocol/api.ts';
import { createAlerts } from './alerts.ts';
import { createModelStore } from './modelFacts.ts';
import { createOffer } from './offer.ts';

function page() {
  const store = createModelStore();
  const alerts = createAlerts();
  const imported: (readonly [ModelSource, WeightsMode | undefined])[] = [];
  const offer = createOffer({
    store,
    alerts,
    importModel: (source, weights) => Promise.resolve(void imported.push([source, weights])),
  });
  return { store, alerts, imported, ...offer };
}

const folder = (config: unknown): File[] => [
  new File([typeof config === 'string' ? config : JSON.stringify(config)], 'config.json'),
  new File(['x'.repeat(300)], 'model-00001-of-00002.safetensors'),
  new File(['x'.repeat(200)], 'model-00002-of-00002.safetensors'),
  new File(['x'.repeat(900)], 'consolidated.safetensors'),
];

test.each([
  [{ torch_dtype: 'bfloat16' }, 16],
  [{ dtype: 'float32', quantization_config: null }, 32],
  [{ text_config: { dtype: 'float16' } }, 16],
  [{}, null],
])('floats (%j) are offered in fewer bits', async (config, bits) => {
  const { store, imported, addFiles, decide } = page();
  const files = folder(config);
  await addFiles({ files, folder: 'Tiny' });
  expect(store.getState().offer).toMatchObject({ title: 'Tiny', bytes: 500, bits, remote: false });
  expect(imported).toEqual([]);
  decide('q4');
  expect(store.getState().offer).toBeNull();
  expect(imported).toEqual([[{ kind: 'file', files, folder: 'Tiny' }, 'q4']]);
});

test.each([
  [{ quantization_config: { quant_method: 'gptq' } }],
  [{ text_config: { quantization_config: { quant_method: 'fp8' } } }],
  [{ quantization: { bits: 4 } }],
  ['{"no json'],
  ['5'],
])('packed ones and what can’t be read (%j) are imported at once', async (config) => {
  const { store, imported, addFiles } = page();
  await addFiles({ files: folder(config), folder: '' });
  expect(store.getState().offer).toBeNull();
  expect(imported).toHaveLength(1);
});

test('a folder without a model is named, and no file at all is nothing', async () => {
  const { alerts, imported, addFiles } = page();
  await addFiles({ files: [], folder: '' });
  expect(alerts.store.getState().alerts).toEqual([]);
  await addFiles({ files: [new File([], 'a.jpg')], folder: 'photos' });
  expect(alerts.store.getState().alerts).toMatchObject([
    { failure: { code: 'NOT_A_MODEL', detail: { file: 'photos' } } },
  ]);
  expect(imported).toEqual([]);
});

test('of a repository its safetensors are asked about, its GGUF files are not', () => {
  const { store, imported, addFromHub, declineOffer } = page();
  addFromHub('a/b', { path: 'x.gguf', bytes: 5, parts: [] });
  expect(imported).toEqual([[{ kind: 'hub', repo: 'a/b', path: 'x.gguf' }, undefined]]);
  for (const path of ['model.safetensors', 'model.safetensors.index.json']) {
    addFromHub('a/b', { path, bytes: 7, parts: [] });
    expect(store.getState().offer).toMatchObject({ title: 'a/b', bytes: 7, bits: null, remote: true });
    declineOffer();
    expect(store.getState().offer).toBeNull();
  }
  expect(imported).toHaveLength(1);
});
