/**
 * The whole engine on the GPU against PyTorch: a tiny checkpoint of each family is
 * imported, loaded and run, and every position's logits are compared.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../gpu/index.ts';
import { openTestGpu } from '../gpu/testGpu.ts';
import { compareRows } from '../graph/compareRows.ts';
import { GOLDEN_MODELS, readGolden } from '../graph/golden.ts';
import type { KernelShape, KvType } from '../kernels/index.ts';
import type { LoadedModel } from './loadModel.ts';
import { GREEDY } from './sampling.ts';
import { loadTestModel } from './testModel.ts';
import { trace } from './trace.ts';

/** For f32; about 2e-6 is reached. */
const TOLERANCE = 1e-4;
const signal = new AbortController().signal;

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openTestGpu();
});
afterAll(() => gpu.dispose());

interface Setting {
  readonly shape: KernelShape;
  readonly chunk?: number;
  readonly bindingBytes?: number;
  readonly kv?: KvType;
}

/** Logits of prompt and answer: the prompt in chunks, the answer token by token. */
async function run(model: LoadedModel, tokens: readonly number[], promptTokens: number) {
  const rows: Float32Array[] = [];
  const made = await trace(model.runner, tokens.slice(0, promptTokens), {
    sampling: GREEDY,
    maxTokens: tokens.length - promptTokens,
    stopIds: new Set(),
    signal,
    onLogits: (part) => Promise.resolve(void rows.push(part)),
  });
  const logits = new Float32Array(rows.reduce((sum, part) => sum + part.length, 0));
  rows.reduce((at, part) => (logits.set(part, at), at + part.length), 0);
  return { logits, tokens: made.tokens };
}

async function check(name: string, setting: Setting, tolerance = TOLERANCE): Promise<void> {
  const golden = await readGolden(name);
  const model = await loadTestModel(gpu, [golden.gguf], setting);
  try {
    const made = await run(model, golden.tokens, golden.promptTokens);
    expect(made.tokens).toEqual(golden.tokens.slice(golden.promptTokens));
    expect(compareRows(made.logits, golden.logits, golden.vocab).relative).toBeLessThan(tolerance);
    if (setting.bindingBytes !== undefined) return;
    const { spec, tensors } = model.manifest;
    const apart = tensors.filter((tensor) => /\.(v|kv|up)$/.test(tensor.name)).length;
    expect(model.runner.dispatchesPerToken).toBeLessThanOrEqual(6 * spec.layers.length + 4 + apart);
    if (name !== 'qwen2-k') expect(apart).toBe(0);
  } finally {
    model.dispose();
  }
}

describe.each(GOLDEN_MODELS)('%s', (name) => {
  it('equals PyTorch from GGUF', () => check(name, { shape: 'software' }));

  it('equals PyTorch from a Hugging Face folder', async ({ skip }) => {
    const golden = await readGolden(name);
    if (golden.folder === null) return skip('quantised: GGUF alone');
    const model = await loadTestModel(gpu, golden.folder, {});
    try {
      const made = await run(model, golden.tokens, golden.promptTokens);
      expect(compareRows(made.logits, golden.logits, golden.vocab).relative).toBeLessThan(TOLERANCE);
    } finally {
      model.dispose();
    }
  });
});

// Compiling these takes an emulator ten seconds a model: one of each family.
it.each(['llama', 'qwen2-k', 'qwen3', 'gemma3'])('%s equals PyTorch in the shape for GPUs', (name) =>
  check(name, { shape: 'hardware' }),
);

describe.each(['llama', 'gemma3'])('%s, however the prompt is cut', (name) => {
  it.each<Setting>([
    { shape: 'software', chunk: 7 },
    { shape: 'hardware', chunk: 1 },
  ])('equals PyTorch: %o', (setting) => check(name, setting));
});

describe('weights larger than a binding', () => {
  it.each(['llama-untied', 'qwen2', 'llama-q8_0'])('are read in pieces: %s', async (name) => {
    await check(name, { shape: 'software', bindingBytes: 40_000 });
  });

  it('are refused where not even 64 rows fit', async () => {
    const { gguf } = await readGolden('llama');
    await expect(loadTestModel(gpu, [gguf], { bindingBytes: 4096 })).rejects.toMatchObject({
      code: 'ADAPTER_TOO_SMALL',
    });
  });
});

describe('a cache of halves', () => {
  // A half rounds a key by up to 2^-12 of itself, so a score of 20, which these
  // checkpoints reach, by up to 5e-3, and a probability by as much of itself.
  it.each(['llama', 'gemma3'])('costs less than 5e-3: %s', (name) =>
    check(name, { shape: 'software', kv: 'f16' }, 5e-3),
  );
});
