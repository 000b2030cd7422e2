/** Weights that are no numbers, in one expert: met when a token is first sent there, be it long after the load. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ByteSource } from '../formats/index.ts';
import type { Gpu } from '../gpu/index.ts';
import { openTestGpu } from '../gpu/testGpu.ts';
import { readGolden } from '../graph/golden.ts';
import type { ChosenExperts } from '../graph/index.ts';
import { memorySource } from '../tools/modelBytes.ts';
import { safetensorsFile, safetensorsParts } from '../tools/safetensorsBytes.ts';
import { chat } from './chat.ts';
import { GREEDY } from './sampling.ts';
import { loadTestModel } from './testModel.ts';
import { trace } from './trace.ts';

const EXPERTS = 9;
const ANSWER = 40;
const { signal } = new AbortController();
const NO_NUMBERS = { code: 'KERNEL_CHECK_FAILED', detail: { what: 'logits' } };

let gpu: Gpu;
let folder: readonly ByteSource[];
let prompt: readonly number[];
beforeAll(async () => {
  gpu = await openTestGpu();
  const golden = await readGolden('qwen3_moe');
  folder = golden.folder!;
  prompt = golden.tokens.slice(0, 2);
});
afterAll(() => gpu.dispose());

interface Expert {
  readonly layer: number;
  readonly expert: number;
}

/** The folder, one expert's down projection filled with NaN. */
async function spoiled({ layer, expert }: Expert): Promise<readonly ByteSource[]> {
  const weights = folder.find(({ name }) => name === 'model.safetensors')!;
  const parts = new Map(safetensorsParts(await weights.read(0, weights.size)));
  const name = `model.layers.${layer}.mlp.experts.${expert}.down_proj.weight`;
  const tensor = parts.get(name)!;
  // All bits set is no number in any float.
  parts.set(name, { ...tensor, bytes: new Uint8Array(tensor.bytes.length).fill(0xff) });
  return [
    ...folder.filter((source) => source !== weights),
    memorySource(weights.name, safetensorsFile(parts)),
  ];
}

/** What a good model says, and which experts say it. */
async function heard() {
  const model = await loadTestModel(gpu, folder, {});
  const warmUp = await model.runner.readRoutes(1, true);
  const routes: ChosenExperts[] = [];
  const { tokens } = await trace(model.runner, prompt, {
    sampling: GREEDY,
    maxTokens: ANSWER,
    stopIds: new Set(),
    signal,
    onLogits: () => Promise.resolve(),
    onRoutes: (part) => void routes.push(part),
  });
  model.dispose();
  const byPosition = routes.flatMap((part) => part[0]!.map((_, token) => part.map((layer) => layer[token]!)));
  return { tokens, warmUp: warmUp.map((layer) => layer[0]!), byPosition };
}

it('end the answer when the first token is sent there, in words, and not before', async () => {
  const { tokens, warmUp, byPosition } = await heard();
  const first = ({ layer, expert }: Expert): number =>
    byPosition.findIndex((layers) => layers[layer]!.includes(expert));
  const [late] = warmUp
    .flatMap((_, layer) => Array.from({ length: EXPERTS }, (__, expert) => ({ layer, expert })))
    .filter((one) => !warmUp[one.layer]!.includes(one.expert) && first(one) >= 0)
    .toSorted((a, b) => first(b) - first(a));
  const position = first(late!);
  expect(position).toBeGreaterThan(prompt.length + 1);

  const model = await loadTestModel(gpu, await spoiled(late!), {});
  for (let time = 0; time < 2; time++) {
    await model.session.sync(prompt, signal, () => undefined);
    const said: number[] = [];
    const speaking = (async () => {
      const steps = model.session.generate({
        sampling: GREEDY,
        maxTokens: ANSWER,
        stopIds: new Set(),
        signal,
      });
      for await (const id of steps) said.push(id);
    })();
    await expect(speaking).rejects.toMatchObject(NO_NUMBERS);
    expect(said).toEqual(tokens.slice(0, position - prompt.length + 1));
  }
  model.dispose();
  expect(gpu.memory.bytes).toBe(0);
});

it('end the chat of which the prompt is sent there', async () => {
  const { warmUp } = await heard();
  const expert = Array.from({ length: EXPERTS }, (_, e) => e).find((e) => !warmUp[0]!.includes(e))!;
  const model = await loadTestModel(gpu, await spoiled({ layer: 0, expert }), {});
  let text = '';
  const speaking = chat(model, {
    // Every letter once: each expert hears some of it.
    messages: [{ role: 'user', content: 'abcdefghijklmnopqrstuvwxyz' }],
    sampling: GREEDY,
    maxTokens: 8,
    stop: [],
    signal,
    onPrefill: () => undefined,
    onText: (piece) => (text += piece),
  });
  await expect(speaking).rejects.toMatchObject(NO_NUMBERS);
  expect(text).toBe('');
  model.dispose();
});

it('are refused at the load where its first token is sent there', async () => {
  const { warmUp } = await heard();
  const loading = loadTestModel(gpu, await spoiled({ layer: 1, expert: warmUp[1]![0]! }), {});
  await expect(loading).rejects.toMatchObject(NO_NUMBERS);
  expect(gpu.memory.bytes).toBe(0);
});
