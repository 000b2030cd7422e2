/** The built-in guide on the CPU, and what its card says before it was ever loaded. */
import { beforeAll, expect, it } from 'vitest';
import type { ByteSource } from '../formats/index.ts';
import { BuiltIn } from './builtIn.ts';
import { Engine } from './engine.ts';
import { expectTransformers, readGuide } from './guideTruth.ts';
import { createMemoryStore } from '../storage/index.ts';

const signal = new AbortController().signal;
let guide: Awaited<ReturnType<typeof readGuide>>;
beforeAll(async () => {
  guide = await readGuide();
});

const builtIn = (sources: readonly ByteSource[]): BuiltIn =>
  new BuiltIn({ id: 'guide', title: 'Guide', license: 'MIT', open: () => Promise.resolve(sources) });

it('computes what transformers computes, in plain TypeScript', async () => {
  const engine = new Engine({
    api: undefined,
    store: createMemoryStore(),
    onFailure: () => undefined,
    builtIn: builtIn(guide.sources),
  });
  const model = await engine.load('guide', { contextLength: 4096, signal, onProgress: () => undefined });
  expect(model.runsOn).toBe('cpu');
  expect(model.contextLength).toBe(512);
  await expectTransformers(model.runner, guide.truth);
}, 60_000);

it('has a whole card before it was loaded', async () => {
  expect(await builtIn(guide.sources).card()).toEqual({
    id: 'guide',
    title: 'Guide',
    family: 'deepseek_v3',
    origin: 'built-in',
    license: 'MIT',
    quantisation: 'FP8',
    bytes: guide.sources.reduce((sum, { size }) => sum + size, 0),
    doneBytes: guide.sources.reduce((sum, { size }) => sum + size, 0),
    contextLength: 512,
    state: 'ready',
    resumable: false,
    builtIn: true,
    kvBytesPerToken: 5 * (64 + 16) * 4, // layers, latent and rope key, f32
    experts: { layers: 4, experts: 16, topK: 2 },
  });
});
