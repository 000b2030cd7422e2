/** The built-in guide on the GPU against PyTorch's transformers, in the shape that this adapter is given. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Gpu } from '../gpu/index.ts';
import { openTestGpu } from '../gpu/testGpu.ts';
import { expectTransformers, readGuide } from './guideTruth.ts';
import { loadTestModel } from './testModel.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openTestGpu();
});
afterAll(() => gpu.dispose());

it('computes what transformers computes', async () => {
  const { sources, truth } = await readGuide();
  const model = await loadTestModel(gpu, sources, { shape: 'software', contextLength: 512 });
  try {
    expect(model.runsOn).toBe('gpu');
    await expectTransformers(model.runner, truth);
  } finally {
    model.dispose();
  }
});
