/** The experts a chat tells of are those that the router chose: PyTorch's, and the traced ones. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../gpu/index.ts';
import { openTestGpu } from '../gpu/testGpu.ts';
import { readGolden, type Golden } from '../graph/golden.ts';
import type { TokenRoutes } from '../graph/index.ts';
import { createMemoryStore } from '../storage/index.ts';
import { chat } from './chat.ts';
import type { LoadedModel } from './loadModel.ts';
import { loadPlainModel } from './plainModel.ts';
import { GREEDY } from './sampling.ts';
import { importWith } from './testImport.ts';
import { loadTestModel } from './testModel.ts';
import { trace } from './trace.ts';

const { signal } = new AbortController();

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openTestGpu();
});
afterAll(() => gpu.dispose());

/** By layer, as the traces have them. */
function idsByLayer({ ids }: TokenRoutes, layers: number): number[][] {
  const width = ids.length / layers;
  return Array.from({ length: layers }, (_, layer) => [...ids.subarray(layer * width, (layer + 1) * width)]);
}

/** The ids chosen in the steps that made `maxTokens` tokens, read back layer by layer. [tokens][layers][topK] */
async function tracedRoutes(model: LoadedModel, prompt: readonly number[], maxTokens: number) {
  const steps: (readonly (readonly number[])[])[] = [];
  const { tokens } = await trace(model.runner, prompt, {
    sampling: GREEDY,
    maxTokens,
    stopIds: new Set(),
    signal,
    onLogits: () => Promise.resolve(),
    onRoutes: (layers) => {
      const count = layers[0]?.length ?? 0;
      for (let t = 0; t < count; t++) steps.push(layers.map((chosen) => chosen[t]!));
    },
  });
  const first = prompt.length - 1;
  return { tokens, routes: steps.slice(first, first + tokens.length) };
}

describe.each(['deepseek_v3', 'olmoe', 'gpt_oss'])('the routes of %s', (name) => {
  let golden: Golden;
  let model: LoadedModel;
  beforeAll(async () => {
    golden = await readGolden(name);
    model = await loadTestModel(gpu, golden.folder!, { contextLength: 256 });
  });
  afterAll(() => model.dispose());

  async function speak(prompt: readonly number[], maxTokens: number, wanted = true, of = model) {
    of.session.reset();
    await of.session.sync(prompt, signal, () => undefined);
    const routes: TokenRoutes[] = [];
    const ids: number[] = [];
    const onTokenRoutes = wanted ? (told: TokenRoutes) => void routes.push(told) : undefined;
    const options = { sampling: GREEDY, maxTokens, stopIds: new Set<number>(), signal, onTokenRoutes };
    for await (const id of of.session.generate(options)) ids.push(id);
    return { ids, routes };
  }

  it('are those PyTorch recorded, for each token of the answer', async () => {
    const { tokens, promptTokens } = golden;
    const said = await speak(tokens.slice(0, promptTokens), tokens.length - promptTokens);
    expect(said.ids).toEqual(tokens.slice(promptTokens));
    expect(said.routes).toHaveLength(said.ids.length);
    said.routes.forEach((of, token) => {
      const recorded = golden.routes.map(({ experts }) => experts[promptTokens - 1 + token]);
      expect(idsByLayer(of, golden.routes.length), `token ${token}`).toEqual(recorded);
      expect([...of.weights].every((weight) => weight > 0 && Number.isFinite(weight))).toBe(true);
    });
  });

  it('are told on the CPU as well, with the same weights', async () => {
    const store = createMemoryStore();
    const opened = { open: () => Promise.resolve(golden.folder!), origin: 'file:golden' };
    const manifest = await importWith({ store }, opened);
    const options = { contextLength: 128, signal, onProgress: () => undefined };
    const plain = await loadPlainModel(store, manifest, options);
    const prompt = golden.tokens.slice(0, golden.promptTokens);
    const [there, here] = [await speak(prompt, 6, true, plain), await speak(prompt, 6)];
    expect(there.ids).toEqual(here.ids);
    expect(there.routes.map(({ ids }) => ids)).toEqual(here.routes.map(({ ids }) => ids));
    const weights = (of: readonly TokenRoutes[]): number[] => of.flatMap((one) => [...one.weights]);
    const plainly = weights(there.routes);
    weights(here.routes).forEach((weight, at) => expect(weight).toBeCloseTo(plainly[at]!, 5));
    plain.dispose();
  });

  it('come out of a chat with its tokens, in their order, the traced ones', async () => {
    const heard: { token: number; routes: TokenRoutes }[] = [];
    const order: string[] = [];
    const outcome = await chat(model, {
      messages: [{ role: 'user', content: 'hello there' }],
      sampling: GREEDY,
      maxTokens: 12,
      stop: [],
      signal,
      onPrefill: () => undefined,
      onText: (_, tokens) => void order.push(`text ${tokens}`),
      onRoutes: (token, routes) => {
        order.push(`routes ${token}`);
        heard.push({ token, routes });
      },
    });
    expect(outcome.tokens).toBeGreaterThan(3);
    expect(heard.map(({ token }) => token)).toEqual(Array.from({ length: outcome.tokens }, (_, i) => i));
    expect(order.slice(0, 4)).toEqual(['routes 0', 'text 1', 'routes 1', 'text 2']);
    const said = model.session.tokens;
    const made = await tracedRoutes(model, said.slice(0, outcome.promptTokens), outcome.tokens);
    expect(made.tokens).toEqual(said.slice(outcome.promptTokens));
    const layers = golden.routes.length;
    expect(heard.map(({ routes }) => idsByLayer(routes, layers))).toEqual(made.routes);
  });

  it('cost one copy a token, and nothing where nobody asks', async () => {
    const prompt = golden.tokens.slice(0, golden.promptTokens);
    await speak(prompt, 8); // pages of the cache are there now
    const silent = await commandsOf(() => speak(prompt, 8, false));
    const told = await commandsOf(() => speak(prompt, 8));
    expect(silent.copyBufferToBuffer).toBe(8);
    expect(told).toEqual({ ...silent, copyBufferToBuffer: 16 });
    expect((await speak(prompt, 8, false)).routes).toEqual([]);
  });
});

it('has nothing to tell of a model without experts', async () => {
  const golden = await readGolden('llama');
  const model = await loadTestModel(gpu, [golden.gguf!], {});
  try {
    await model.session.sync(golden.tokens.slice(0, golden.promptTokens), signal, () => undefined);
    const told: TokenRoutes[] = [];
    const onTokenRoutes = (of: TokenRoutes) => void told.push(of);
    const options = { sampling: GREEDY, maxTokens: 4, stopIds: new Set<number>(), signal, onTokenRoutes };
    for await (const id of model.session.generate(options)) expect(id).toBeGreaterThanOrEqual(0);
    expect(told).toEqual([]);
  } finally {
    model.dispose();
  }
});

/** How often the GPU was asked for what, while `work` ran. */
async function commandsOf(work: () => Promise<unknown>) {
  const counts = { dispatchWorkgroups: 0, copyBufferToBuffer: 0, submit: 0, mapAsync: 0, writeBuffer: 0 };
  const restore = [
    counted(GPUComputePassEncoder.prototype, 'dispatchWorkgroups', counts),
    counted(GPUCommandEncoder.prototype, 'copyBufferToBuffer', counts),
    counted(GPUQueue.prototype, 'submit', counts),
    counted(GPUQueue.prototype, 'writeBuffer', counts),
    counted(GPUBuffer.prototype, 'mapAsync', counts),
  ];
  try {
    await work();
    return counts;
  } finally {
    for (const undo of restore) undo();
  }
}

function counted<Name extends string>(owner: object, name: Name, counts: Record<Name, number>): () => void {
  const real = Reflect.get(owner, name) as (...given: unknown[]) => unknown;
  Reflect.set(owner, name, function (this: unknown, ...given: unknown[]) {
    counts[name]++;
    return real.apply(this, given);
  });
  return () => void Reflect.set(owner, name, real);
}
