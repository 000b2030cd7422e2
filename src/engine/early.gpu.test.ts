/** A model asked while its kernels of prefill are still being compiled, and all that may end that. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AppError } from '../base/failure.ts';
import { openGpu, type Gpu } from '../gpu/index.ts';
import { compareRows } from '../graph/compareRows.ts';
import { createMemoryStore, type RecordStore } from '../storage/index.ts';
import { Engine } from './engine.ts';
import { readGuide } from './guideTruth.ts';
import { importModel } from './importModel.ts';
import type { LoadedModel } from './loadModel.ts';
import { GREEDY } from './sampling.ts';
import { loadTestModel } from './testModel.ts';

const { signal } = new AbortController();
/** Only prefill runs it. */
const HELD = 'expertSort';

let guide: Awaited<ReturnType<typeof readGuide>>;
let store: RecordStore;
let id: string;
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  guide = await readGuide();
  store = createMemoryStore();
  ({ id } = await importModel({
    store,
    open: () => Promise.resolve(guide.sources),
    origin: 'file:guide',
    weights: 'keep',
    signal,
    onProgress: () => undefined,
  }));
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A GPU that compiles one of the kernels of prefill when it is let. */
function held() {
  let open = (): void => undefined;
  let refuse: (error: Error) => void = () => undefined;
  const gate = new Promise<void>((resolve, reject) => {
    [open, refuse] = [resolve, reject];
  });
  gate.catch(() => undefined);
  const devices: GPUDevice[] = [];
  const api = {
    requestAdapter: async (options?: GPURequestAdapterOptions) => {
      const adapter = await navigator.gpu.requestAdapter(options);
      if (adapter === null) return null;
      const requestDevice = adapter.requestDevice.bind(adapter);
      Object.defineProperty(adapter, 'requestDevice', {
        value: async (descriptor: GPUDeviceDescriptor) => {
          const device = await requestDevice(descriptor);
          devices.push(device);
          const compile = device.createComputePipelineAsync.bind(device);
          Object.defineProperty(device, 'createComputePipelineAsync', {
            value: async (pipeline: GPUComputePipelineDescriptor) => {
              if (pipeline.label === HELD) await gate;
              return compile(pipeline);
            },
          });
          return device;
        },
      });
      return adapter;
    },
  } as GPU;
  return { api, devices, open: () => open(), refuse: (error: Error) => refuse(error) };
}

async function say({ session }: LoadedModel, prompt: readonly number[], maxTokens: number) {
  await session.sync(prompt, signal, () => undefined);
  const ids: number[] = [];
  for await (const token of session.generate({ sampling: GREEDY, maxTokens, stopIds: new Set(), signal }))
    ids.push(token);
  return ids;
}

describe('a question asked before the kernels of prefill are there', () => {
  it('is answered alike', async () => {
    const { api, open } = held();
    const gpu = await openGpu(api);
    ends.push(() => gpu.dispose());
    const model = await loadTestModel(gpu, guide.sources, { contextLength: 512, early: true });
    ends.push(() => model.dispose());
    const { tokens, promptTokens } = guide.truth.chats[0]!;
    const prompt = tokens.slice(0, promptTokens);
    const truth = tokens.slice(promptTokens);

    expect(await say(model, prompt, truth.length)).toEqual(truth);
    const early = await logitsAfter(model, tokens);
    const chunkBefore = model.runner.chunk;
    expect(model.gpuRunner!.kernels).toContain(HELD); // it will be run, so that it is tested, too

    open();
    await model.prefillReady;
    expect(model.runner.chunk).toBeGreaterThan(chunkBefore);
    const late = await logitsAfter(model, tokens);
    expect(compareRows(early, late, late.length).relative).toBeLessThan(1e-4);
    model.session.reset();
    expect(await say(model, prompt, truth.length)).toEqual(truth);
  });

  it('goes on with them where they come halfway', async () => {
    const { api, open } = held();
    const gpu = await openGpu(api);
    ends.push(() => gpu.dispose());
    const model = await loadTestModel(gpu, guide.sources, { contextLength: 512, early: true });
    ends.push(() => model.dispose());
    const { runner } = model;
    const { tokens } = guide.truth.chats[0]!;
    const last = tokens.length - 1;
    await runner.reserve(tokens.length, 0);
    runner.writeTokens(0, tokens);
    await runner.prefill(0, runner.chunk);
    const early = runner.chunk;
    open();
    await model.prefillReady;
    await runner.prefill(early, last - early);
    runner.beginSampling(GREEDY, tokens);
    await runner.decode(last);
    const mixed = await runner.readLogits();
    const whole = await logitsAfter(model, tokens);
    expect(compareRows(mixed, whole, whole.length).relative).toBeLessThan(1e-4);
  });
});

/** The logits of the token after all of these. */
async function logitsAfter({ session, runner }: LoadedModel, tokens: readonly number[]) {
  session.reset();
  await session.sync(tokens, signal, () => undefined);
  runner.beginSampling(GREEDY, tokens);
  await runner.decode(tokens.length - 1);
  return runner.readLogits();
}

describe('while they are compiled', () => {
  function engineOn(api: GPU) {
    const told: AppError[] = [];
    const engine = new Engine({ api, store, onFailure: (failure) => void told.push(failure) });
    ends.push(() => engine.release());
    const load = () => engine.load(id, { contextLength: 512, signal, onProgress: () => undefined });
    return { engine, told, load };
  }

  it('one that does not compile is told of, once, and ends what is said', async () => {
    const { api, refuse } = held();
    const { told, load } = engineOn(api);
    const model = await load();
    const prompt = guide.truth.chats[0]!.tokens.slice(0, 4);
    expect(await say(model, prompt, 2)).toHaveLength(2);
    expect(told).toEqual([]);

    const speaking = say(model, prompt, 300);
    refuse(new Error('out of registers'));
    const failure = { code: 'GPU_ERROR', message: expect.stringContaining(HELD) as string };
    await expect(speaking).rejects.toMatchObject(failure);
    await expect(model.prefillReady).rejects.toMatchObject(failure);
    expect(told).toMatchObject([{ ...failure, detail: { what: HELD, loadedId: id } }]);
    await expect(say(model, prompt, 2)).rejects.toMatchObject(failure);
  });

  it('an unload ends it in silence, and the model can be loaded again', async () => {
    const { api, open } = held();
    const { engine, told, load } = engineOn(api);
    const first = await load();
    engine.unload();
    const gpu: Gpu = await engine.gpu();
    expect(gpu.memory.bytes).toBe(0);
    const second = await load();
    open();
    await first.prefillReady;
    await second.prefillReady;
    expect(await say(second, [1, 2, 3], 2)).toHaveLength(2);
    expect(told).toEqual([]);
    engine.unload();
    expect(gpu.memory.bytes).toBe(0);
  });

  it('the loss of the device is told as that, once', async () => {
    const { api, devices, open } = held();
    const { told, load } = engineOn(api);
    const model = await load();
    devices[0]!.destroy();
    open();
    await expect(model.prefillReady).rejects.toMatchObject({ code: 'DEVICE_LOST' });
    expect(told.map(({ code }) => code)).toEqual(['DEVICE_LOST']);
  });

  it('the GPU can be given back', async () => {
    const { engine, told, load } = engineOn(navigator.gpu);
    const model = await load();
    await engine.release();
    await model.prefillReady;
    expect(told).toEqual([]);
    expect(await say(await load(), [1, 2, 3], 2)).toHaveLength(2);
  });
});
