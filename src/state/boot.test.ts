import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it } from 'vitest';
import { GUIDE_ID, type ModelCard } from '../protocol/api.ts';
import { createBoot } from './boot.ts';
import { createModelStore } from './modelFacts.ts';
import { saved } from './saved.ts';
import type { Device, DeviceState } from './device.ts';
import { createStore } from 'zustand/vanilla';

const card = (id: string, state: ModelCard['state'] = 'ready'): ModelCard => ({
  id,
  title: id,
  family: 'llama',
  origin: '',
  license: '',
  quantisation: '',
  bytes: 1,
  contextLength: 512,
  state,
  doneBytes: 1,
  resumable: false,
  kvBytesPerToken: 0,
  experts: null,
});

const READY: DeviceState = {
  phase: 'ready',
  report: {
    vendor: '',
    architecture: '',
    description: '',
    software: false,
    features: [],
    maxBufferBytes: 0,
    maxBindingBytes: 0,
    limits: {},
    kernelShape: '',
    kernelShapes: [],
  },
};
const ABSENT: DeviceState = {
  phase: 'absent',
  failure: { code: 'NO_WEBGPU', message: '', detail: {} },
};

/** A house with these models and this device; models named in `broken` do not load. */
function house(cards: readonly ModelCard[], state: DeviceState, broken: readonly string[] = []) {
  const store = createModelStore();
  const asked: string[] = [];
  const continued: (number | undefined)[] = [];
  const deviceStore = createStore<{ device: DeviceState; storage: null }>(() => ({
    device: { phase: 'asking' },
    storage: null,
  }));
  const device = { store: deviceStore, ask: async () => deviceStore.setState({ device: state }) };
  const models = {
    store,
    refresh: async () => store.setState({ cards }),
    load: async (id: string) => {
      asked.push(id);
      store.setState({ loading: { job: id, id, progress: null } });
      await Promise.resolve();
      const loaded = { modelId: id, contextLength: 512, runsOn: 'gpu', gpuBytes: 0, loadMs: 0 } as const;
      store.setState({ loading: null, loaded: broken.includes(id) ? null : loaded });
    },
    // What is here must be known by then.
    continueDownloads: async () => void continued.push(store.getState().cards?.length),
  };
  const settings = { restore: async () => undefined };
  // Only what booting uses of the device's room.
  return { asked, continued, ...createBoot({ device: device as unknown as Device, models, settings }) };
}

describe('boot', () => {
  beforeEach(async () => void (await saved.keepLastModel(null)));
  const guide = { ...card(GUIDE_ID), builtIn: true };

  it('loads the guide where nothing was used last', async () => {
    const { asked, boot } = house([guide, card('a')], READY);
    await boot();
    expect(asked).toEqual([GUIDE_ID]);
  });

  it('goes on with the model used last', async () => {
    await saved.keepLastModel('a');
    const { asked, boot } = house([guide, card('a')], READY);
    await boot();
    expect(asked).toEqual(['a']);
  });

  it.each([
    ['is gone', [guide], READY, [GUIDE_ID]],
    ['is not whole', [guide, card('a', 'partial')], READY, [GUIDE_ID]],
    ['can’t run without WebGPU', [guide, card('a')], ABSENT, [GUIDE_ID]],
  ] as const)('loads the guide where the last model %s', async (_why, cards, state, expected) => {
    await saved.keepLastModel('a');
    const { asked, boot } = house(cards, state);
    await boot();
    expect(asked).toEqual(expected);
  });

  it('leaves it to the load what comes where the last model fails', async () => {
    await saved.keepLastModel('a');
    const { asked, boot } = house([guide, card('a')], READY, ['a']);
    await boot();
    expect(asked).toEqual(['a']);
  });

  it('goes on with downloads as soon as it is known what is here', async () => {
    const { continued, boot } = house([guide, card('a')], READY);
    await boot();
    expect(continued).toEqual([2]);
  });

  it('lets what is asked meanwhile wait until there is a model', async () => {
    const { boot, ready } = house([guide], READY);
    const told: boolean[] = [];
    const waiting = ready(new AbortController().signal).then((there) => told.push(there));
    await Promise.resolve();
    expect(told).toEqual([]);
    await boot();
    await waiting;
    expect(told).toEqual([true]);
  });

  it('lets waiting be given up', async () => {
    const { ready } = house([guide], READY);
    const stop = new AbortController();
    const waiting = ready(stop.signal);
    stop.abort();
    expect(await waiting).toBe(false);
  });

  it('says that there is none where even the guide fails', async () => {
    const { boot, ready } = house([guide], READY, [GUIDE_ID]);
    const waiting = ready(new AbortController().signal);
    await boot();
    expect(await waiting).toBe(false);
  });

  it('loads nothing where another tab took the GPU meanwhile', async () => {
    await saved.keepLastModel('a');
    const made = house([guide, card('a')], READY);
    const booting = made.boot();
    made.leave();
    await booting;
    expect(made.asked).toEqual([]);
    expect(made.continued).toEqual([]);
    expect(made.store.getState().coming).toBe(false);
  });
});
