/**
 * The self-test on an adapter that computes right, and on one whose compiler is wrong
 * about one kernel: the kernel is named, and no model speaks with it.
 */
import { afterEach, beforeAll, expect, it } from 'vitest';
import { openGpu } from '../gpu/index.ts';
import { readGolden } from '../graph/golden.ts';
import { suites } from '../kernels/suites.ts';
import { createMemoryStore, memoryShelf, type RecordStore, type Shelf } from '../storage/index.ts';
import { Engine } from './engine.ts';
import { importModel } from './importModel.ts';
import type { LoadedModel } from './loadModel.ts';
import { fullTest, quickTest } from './selfTest.ts';
import { openVerdicts, type CaseVerdict } from './verdicts.ts';

const signal = new AbortController().signal;
let store: RecordStore;
let id: string;
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  store = createMemoryStore();
  ({ id } = await importModel({
    store,
    open: async () => [(await readGolden('llama')).gguf!],
    origin: 'file:golden',
    weights: 'keep',
    signal,
    onProgress: () => undefined,
  }));
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** The same GPU behind a compiler that reads `wrong(code)` instead of the code it is given. */
function miscompiling(wrong: (code: string) => string): GPU {
  const api = navigator.gpu;
  return {
    requestAdapter: async (options?: GPURequestAdapterOptions) => {
      const adapter = await api.requestAdapter(options);
      if (adapter === null) return null;
      const requestDevice = adapter.requestDevice.bind(adapter);
      Object.defineProperty(adapter, 'requestDevice', {
        value: async (descriptor: GPUDeviceDescriptor) => {
          const device = await requestDevice(descriptor);
          const real = device.createShaderModule.bind(device);
          Object.defineProperty(device, 'createShaderModule', {
            value: (module: GPUShaderModuleDescriptor) => real({ ...module, code: wrong(module.code) }),
          });
          return device;
        },
      });
      return adapter;
    },
  } as GPU;
}

/** Activations are off by a little wherever a gate is applied. */
const gatesOff = (code: string): string =>
  code.replace('gate / (1.0 + safe_exp(-k))', 'gate / (1.1 + safe_exp(-k))');
/** Products in both shapes have the wrong sign. */
const productsOff = (code: string): string => code.replaceAll('sums += four_dots', 'sums -= four_dots');

/** Prompts are attended to wrongly, by the kernel for emulators alone. */
const prefillOff = (code: string): string =>
  code.replace('sums[quad][i] / total[i]', 'sums[quad][i] / (1.1 * total[i])');
/** The parts of a decoded token's attention are joined wrongly, in both shapes. */
const mergeOff = (code: string): string =>
  code.replace('out[id.x] = sum / total;', 'out[id.x] = sum / (1.1 * total);');

const casesOf = (...names: string[]) =>
  suites.filter(({ name }) => names.includes(name)).flatMap((suite) => suite.cases());

function engineOn(api: GPU, shelf: Shelf = memoryShelf(), from: RecordStore = store): Engine {
  const place = { shelf, userAgent: 'a browser', page: 'a page' };
  const engine = new Engine({ api, store: from, onFailure: () => undefined, place });
  ends.push(() => engine.release());
  return engine;
}

/** The same store, whose models are too large to go without a GPU. */
const ofLargeModels = (): RecordStore => ({
  ...store,
  readManifest: async (wanted) => {
    const manifest = await store.readManifest(wanted);
    return {
      ...manifest,
      tensors: [...manifest.tensors, { ...manifest.tensors[0]!, rows: 2e6, cols: 4096 }],
    };
  },
});

const load = (engine: Engine) => engine.load(id, { contextLength: 128, signal, onProgress: () => undefined });

it('passes on an adapter that computes right, telling each case as it ends', async () => {
  const gpu = await openGpu(navigator.gpu);
  ends.push(() => gpu.dispose());
  const verdicts = openVerdicts(memoryShelf(), 'here');
  const among = casesOf('glu', 'rowNorm', 'shortConv');
  const told: [CaseVerdict, number, number][] = [];
  const bytes = gpu.memory.bytes;
  const { cases } = await fullTest(gpu, verdicts, {
    shape: 'software',
    signal,
    among,
    onCase: (...one) => void told.push(one),
  });
  expect(cases.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
  expect(cases).toHaveLength(among.length);
  expect(told.map(([, index, total]) => [index, total])).toEqual(among.map((_, i) => [i, among.length]));
  expect(told.map(([one]) => one)).toEqual(cases);
  expect(gpu.memory.bytes).toBe(bytes);
  expect([...(await verdicts.wrong())]).toEqual([]);
});

it('names the kernel that is wrong, and only it', async () => {
  const gpu = await openGpu(miscompiling(gatesOff));
  ends.push(() => gpu.dispose());
  const { cases } = await fullTest(gpu, openVerdicts(memoryShelf(), 'here'), {
    shape: 'software',
    signal,
    among: casesOf('glu', 'rowNorm'),
    onCase: () => undefined,
  });
  const failed = cases.filter(({ verdict }) => verdict === 'failed').map(({ kernel }) => kernel);
  expect(new Set(failed)).toEqual(new Set(['glu.silu', 'glu.geluTanh']));
  expect(cases.find(({ verdict }) => verdict === 'failed')?.words).toMatch(/\d/);
  expect(cases.some(({ kernel, verdict }) => kernel === 'rowNorm' && verdict === 'passed')).toBe(true);
});

it('refuses to load where no shape computes right, but what the CPU can do', async () => {
  const wrong = miscompiling(productsOff);
  await expect(load(engineOn(wrong, memoryShelf(), ofLargeModels()))).rejects.toMatchObject({
    code: 'KERNEL_CHECK_FAILED',
  });
  await expect(load(engineOn(wrong))).resolves.toMatchObject({ runsOn: 'cpu' });
});

function kernelsOf({ gpuRunner }: LoadedModel): ReadonlySet<string> {
  if (gpuRunner === null) throw new Error('the model is not on the GPU');
  return gpuRunner.kernels;
}

/** What the quick test finds wrong after a load: the kernels, each once. */
async function wrongAfterLoading(engine: Engine): Promise<readonly string[]> {
  const model = await load(engine);
  const { cases } = await quickTest(await engine.gpu(), await engine.verdicts(), kernelsOf(model), {
    signal,
    onCase: () => undefined,
  });
  return [
    ...new Set(cases.filter(({ verdict }) => verdict === 'failed').map(({ kernel }) => kernel)),
  ].toSorted();
}

it('finds nothing wrong after loading where all is right, and does not test twice', async () => {
  const shelf = memoryShelf();
  const engine = engineOn(navigator.gpu, shelf);
  expect(await wrongAfterLoading(engine)).toEqual([]);
  const again = await quickTest(await engine.gpu(), await engine.verdicts(), kernelsOf(engine.model), {
    signal,
    onCase: () => expect.unreachable(),
  });
  expect(again.cases).toEqual([]);
});

it('runs a case once that speaks for two kernels', async () => {
  const gpu = await openGpu(navigator.gpu);
  ends.push(() => gpu.dispose());
  const verdicts = openVerdicts(memoryShelf(), 'here');
  const kernels = ['rmsnorm', 'rmsnorm.unheard', 'glu.silu'];
  const told: [number, number][] = [];
  const { cases } = await quickTest(gpu, verdicts, kernels, {
    signal,
    onCase: (_, index, total) => void told.push([index, total]),
  });
  expect(new Set(cases.map(({ kernel }) => kernel))).toEqual(new Set(['rmsnorm', 'glu.silu']));
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  expect(told).toEqual(cases.map((_, index) => [index, cases.length]));
  expect(await verdicts.unknownOf(kernels)).toEqual([]);
});

it('loads with the other shape what is wrong in one alone', async () => {
  const shelf = memoryShelf();
  const engine = engineOn(miscompiling(prefillOff), shelf);
  expect(await wrongAfterLoading(engine)).toEqual(['attendPrefill.f32.software']);
  const kernels = [...kernelsOf(await load(engine))];
  expect(kernels).toContain('attendPrefill.f32.hardware');
  expect(kernels.filter((name) => name.includes('software'))).toEqual([]);
});

it('does not load again with a kernel that is wrong in both shapes, in a later visit neither', async () => {
  const shelf = memoryShelf();
  const engine = engineOn(miscompiling(mergeOff), shelf);
  expect(await wrongAfterLoading(engine)).toEqual(['attendMerge.software']);
  // The other shape is not known to be wrong until it has been tested, too.
  expect(await wrongAfterLoading(engine)).toEqual(['attendMerge.hardware']);
  await expect(load(engine)).resolves.toMatchObject({ runsOn: 'cpu' });
  await engine.release();
  await expect(load(engineOn(miscompiling(mergeOff), shelf))).resolves.toMatchObject({ runsOn: 'cpu' });
  // Of another browser or another page nothing is known.
  await expect(load(engineOn(miscompiling(mergeOff)))).resolves.toMatchObject({ runsOn: 'gpu' });
});

it('stops between two cases, and keeps what it found', async () => {
  const gpu = await openGpu(miscompiling(gatesOff));
  ends.push(() => gpu.dispose());
  const verdicts = openVerdicts(memoryShelf(), 'here');
  const stop = new AbortController();
  const test = fullTest(gpu, verdicts, {
    shape: 'software',
    signal: stop.signal,
    among: casesOf('glu'),
    onCase: (_, index) => index === 1 && stop.abort(),
  });
  await expect(test).rejects.toMatchObject({ name: 'AbortError' });
  expect([...(await verdicts.wrong())]).toEqual(['glu.silu']);
  expect(await verdicts.unknownOf(['glu.silu', 'glu.swigluOai'])).toEqual(['glu.swigluOai']);
});
