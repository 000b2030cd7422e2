/**
 * The whole engine on the GPU against PyTorch: a tiny checkpoint of each family is
 * imported, loaded and run, and every position's logits and chosen experts are compared.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ByteSource } from '../formats/index.ts';
import type { Gpu } from '../gpu/index.ts';
import { openTestGpu } from '../gpu/testGpu.ts';
import { compareRows } from '../graph/compareRows.ts';
import { GOLDEN_FOLDERS, GOLDEN_MODELS, readGolden, type Golden } from '../graph/golden.ts';
import type { ChosenExperts } from '../graph/index.ts';
import type { KernelShape, KvType } from '../kernels/index.ts';
import { activeWeightBytes, mostDispatches } from './decodeBudget.ts';
import type { LoadedModel } from './loadModel.ts';
import { GREEDY } from './sampling.ts';
import { loadTestModel } from './testModel.ts';
import { trace } from './trace.ts';

/** For f32; about 2e-6 is reached. */
const TOLERANCE = 1e-4;
/** Router scores nearer than this may fall either way. */
const NEAR_TIE = 1e-4;
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

interface Run {
  readonly logits: Float32Array;
  readonly tokens: readonly number[];
  /** By layer with experts, then by token. */
  readonly routes: readonly (readonly (readonly number[])[])[];
}

/** Prompt and answer: the prompt in chunks, the answer token by token. */
async function run(model: LoadedModel, { tokens, promptTokens }: Golden): Promise<Run> {
  const rows: Float32Array[] = [];
  const routes: ChosenExperts[] = [];
  const made = await trace(model.runner, tokens.slice(0, promptTokens), {
    sampling: GREEDY,
    maxTokens: tokens.length - promptTokens,
    stopIds: new Set(),
    signal,
    onLogits: (part) => Promise.resolve(void rows.push(part)),
    onRoutes: (part) => void routes.push(part),
  });
  const logits = new Float32Array(rows.reduce((sum, part) => sum + part.length, 0));
  rows.reduce((at, part) => (logits.set(part, at), at + part.length), 0);
  const layers = routes[0]?.length ?? 0;
  return {
    logits,
    tokens: made.tokens,
    routes: Array.from({ length: layers }, (_, layer) => routes.flatMap((part) => part[layer]!)),
  };
}

function expectRoutes(made: Run, golden: Golden): void {
  expect(made.routes.length).toBe(golden.routes.length);
  golden.routes.forEach(({ experts, margins, layer }, at) => {
    const decided = margins.map((margin) => margin > NEAR_TIE);
    const wanted = experts.filter((_, token) => decided[token]);
    expect(
      made.routes[at]!.filter((_, token) => decided[token]),
      `layer ${layer}`,
    ).toEqual(wanted);
    expect(wanted.length).toBeGreaterThan(experts.length / 2);
  });
}

async function check(
  golden: Golden,
  sources: readonly ByteSource[] | null,
  setting: Setting,
  tolerance = TOLERANCE,
): Promise<void> {
  if (sources === null) throw new Error(`${golden.name} has no such files`);
  const model = await loadTestModel(gpu, sources, setting);
  try {
    const made = await run(model, golden);
    expectRoutes(made, golden);
    expect(made.tokens).toEqual(golden.tokens.slice(golden.promptTokens));
    expect(compareRows(made.logits, golden.logits, golden.vocab).relative).toBeLessThan(tolerance);
    if (setting.bindingBytes === undefined) expectBudget(model);
  } finally {
    model.dispose();
  }
}

/** What one decoded token may cost. */
function expectBudget({ manifest, runner }: LoadedModel): void {
  expect(runner.dispatchesPerToken).toBeLessThanOrEqual(mostDispatches(manifest));
  const active = activeWeightBytes(manifest);
  expect(runner.weightBytesPerToken / active).toBeLessThanOrEqual(1.02);
  expect(runner.weightBytesPerToken / active).toBeGreaterThan(0.98);
}

async function checkGguf(name: string, setting: Setting, tolerance?: number): Promise<void> {
  const golden = await readGolden(name);
  await check(golden, golden.gguf && [golden.gguf], setting, tolerance);
}

async function checkFolder(name: string, setting: Setting): Promise<void> {
  const golden = await readGolden(name);
  await check(golden, golden.folder, setting);
}

/** Longer than any prompt here: it is read in one piece. */
const WHOLE = 128;
/** Kinds of storage, which know nothing of chunks; each has a plain sibling. */
const PACKED = /-(fp8|fp8-e8m0|mxfp4|gptq|awq|ct|ct-zeros|mlx.*|fused)$/;

it.each(GOLDEN_MODELS)('%s equals PyTorch from GGUF', (name) =>
  checkGguf(name, { shape: 'software', chunk: WHOLE }),
);

it.each(GOLDEN_FOLDERS)('%s equals PyTorch from a Hugging Face folder', (name) =>
  checkFolder(name, { shape: 'software', chunk: WHOLE }),
);

it.each(GOLDEN_FOLDERS.filter((name) => !PACKED.test(name)))(
  '%s equals PyTorch in chunks of 7 and token by token',
  async (name) => {
    await checkFolder(name, { shape: 'software', chunk: 7 });
    await checkFolder(name, { shape: 'software', chunk: 1 });
  },
);

// Compiling these takes an emulator ten seconds a model: one of each kind.
it('gemma3 equals PyTorch in the shape for GPUs', () =>
  checkGguf('gemma3', { shape: 'hardware', chunk: 33 }));
it.each(['qwen2_moe', 'gpt_oss-mxfp4', 'deepseek_v3', 'llama4', 'lfm2_moe'])(
  '%s equals PyTorch in the shape for GPUs',
  (name) => checkFolder(name, { shape: 'hardware', chunk: 33 }),
);

describe('weights larger than a binding', () => {
  it.each(['llama-untied', 'qwen2', 'llama-q8_0'])('are read in pieces: %s', (name) =>
    checkGguf(name, { shape: 'software', bindingBytes: 40_000 }),
  );

  it.each(['mixtral', 'gpt_oss'])('are read in pieces, experts whole: %s', (name) =>
    checkFolder(name, { shape: 'software', bindingBytes: 12_000 }),
  );

  it('are refused where not even 64 rows fit', async () => {
    const { gguf } = await readGolden('llama');
    await expect(loadTestModel(gpu, [gguf!], { bindingBytes: 4096 })).rejects.toMatchObject({
      code: 'ADAPTER_TOO_SMALL',
    });
  });
});

describe('a cache of halves', () => {
  // A half rounds a key by up to 2^-12 of itself, so a score of 20, which these
  // checkpoints reach, by up to 5e-3, and a probability by as much of itself.
  it.each(['llama', 'gemma3'])('costs less than 5e-3: %s', (name) =>
    checkGguf(name, { shape: 'software', kv: 'f16' }, 5e-3),
  );
});
