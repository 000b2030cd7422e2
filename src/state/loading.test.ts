import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { GUIDE_ID, type LoadedReport, type ModelCard, type Result, type WorkerApi } from '../protocol/api.ts';
import { createAlerts } from './alerts.ts';
import { createLoading } from './loading.ts';
import { createModelStore } from './modelFacts.ts';
import { saved } from './saved.ts';
import { createSettings } from './settings.ts';

// A page's frames, in Node.
vi.stubGlobal('requestAnimationFrame', (call: () => void) => setTimeout(call));
vi.stubGlobal('cancelAnimationFrame', clearTimeout);

const MOST: Readonly<Record<string, number>> = { [GUIDE_ID]: 512, a: 8192, b: 8192 };

const card = (id: string): ModelCard => ({
  id,
  title: id.toUpperCase(),
  family: 'llama',
  origin: '',
  license: '',
  quantisation: '',
  bytes: 1,
  contextLength: MOST[id] ?? 0,
  state: 'ready',
  doneBytes: 1,
  resumable: false,
  kvBytesPerToken: 0,
  experts: null,
});

interface Load {
  readonly id: string;
  readonly asked: number;
  readonly job: string;
  readonly end: (how: 'loaded' | 'failed') => Promise<void>;
}

/** A worker whose loads end when the test says so. */
function house() {
  const store = createModelStore();
  store.setState({ cards: Object.keys(MOST).map(card) });
  const alerts = createAlerts();
  const settings = createSettings({
    channel: { tell: () => undefined, hear: () => undefined },
    guideSpeaks: () => false,
  });
  const loads: Load[] = [];
  const cancelled: string[] = [];
  /** Until what is under way has been written: a reading comes after the writings asked for before it. */
  const settle = async (): Promise<void> => {
    for (let round = 0; round < 3; round++) {
      await new Promise((resolve) => setTimeout(resolve));
      await saved.lastModel();
    }
  };
  const api: Pick<WorkerApi, 'loadModel' | 'cancel' | 'unloadModel'> = {
    loadModel: (job, id, { contextLength }) =>
      new Promise<Result<LoadedReport>>((resolve) => {
        const loaded: LoadedReport = {
          modelId: id,
          contextLength: Math.min(contextLength, MOST[id] ?? 0),
          runsOn: 'gpu',
          gpuBytes: 1,
          loadMs: 1,
        };
        const failure = { code: 'GPU_OUT_OF_MEMORY', message: '', detail: {} } as const;
        const end = async (how: 'loaded' | 'failed'): Promise<void> => {
          resolve(how === 'loaded' ? { ok: true, value: loaded } : { ok: false, failure });
          await settle();
        };
        loads.push({ id, asked: contextLength, job, end });
      }),
    cancel: (job) => void cancelled.push(job),
    unloadModel: () => Promise.resolve({ ok: true, value: null }),
  };
  const loading = createLoading({
    api: api as WorkerApi,
    store,
    alerts,
    settings,
    settleChat: () => Promise.resolve(),
  });
  async function begin(id: string): Promise<Load> {
    void loading.load(id);
    await settle();
    return loads.at(-1)!;
  }
  const ids = (): readonly string[] => loads.map(({ id }) => id);
  const now = (): readonly (string | null)[] => {
    const { loading: job, loaded } = store.getState();
    return [job?.id ?? null, loaded?.modelId ?? null];
  };
  const told = (): readonly unknown[] =>
    alerts.store.getState().alerts.map(({ about, notLoaded }) => [about, notLoaded]);
  return { ...loading, begin, loads, ids, now, told, cancelled, settings, settle, store };
}

describe('a model that is deleted', () => {
  it('while it loads, is given up, and what was there comes back', async () => {
    const { begin, leaveOut, loads, ids, now, told, settle, cancelled, settings } = house();
    await (await begin('a')).end('loaded');
    const { job, end } = await begin('b');
    leaveOut('b');
    await settle();
    expect(cancelled).toEqual([job]);
    await end('failed');
    await loads.at(-1)?.end('loaded');
    // Asked for again with more context, and deleted: the shorter one of before is the same model.
    settings.change({ contextLength: 8192 });
    await begin('a');
    leaveOut('a');
    await settle();
    await loads.at(-1)?.end('loaded');
    expect(ids()).toEqual(['a', 'b', 'a', 'a', GUIDE_ID]);
    expect(now()).toEqual([null, GUIDE_ID]);
    expect(told()).toEqual([]);
  });

  it('while another loads, does not come back in its place', async () => {
    const { begin, leaveOut, loads, now, told } = house();
    await (await begin('a')).end('loaded');
    const { end } = await begin('b');
    leaveOut('a');
    await end('failed');
    await loads.at(-1)?.end('loaded');
    expect(now()).toEqual([null, GUIDE_ID]);
    expect(told()).toEqual([['B', 'b']]);
  });
});

describe('a load that fails', () => {
  beforeEach(async () => void (await saved.keepLastModel(null)));

  it('brings back what was loaded before, as it was', async () => {
    const { begin, loads, ids, now, told, settings } = house();
    await (await begin('a')).end('loaded');
    settings.change({ contextLength: 2048 });
    await (await begin('b')).end('failed');
    expect(told()).toEqual([['B', 'b']]);
    expect(now()).toEqual(['a', null]);
    expect(loads.at(-1)?.asked).toBe(4096);
    await loads.at(-1)?.end('loaded');
    expect(now()).toEqual([null, 'a']);
    expect(ids()).toEqual(['a', 'b', 'a']);
    expect(await saved.lastModel()).toBe('a');
  });

  it('never shows a moment without one that is to come', async () => {
    const { begin, store, loads } = house();
    await (await begin('a')).end('loaded');
    const load = await begin('b');
    const idle: boolean[] = [];
    store.subscribe(({ loaded, loading }) => void idle.push(loaded === null && loading === null));
    await load.end('failed');
    await loads.at(-1)?.end('loaded');
    expect(idle).not.toContain(true);
  });

  it('only after it was told as done is told of all the same, and brings the guide, but not for itself', async () => {
    const failure = { code: 'GPU_ERROR', message: '', detail: {} } as const;
    const first = house();
    await (await first.begin('a')).end('loaded');
    void first.failedLate(failure);
    await first.settle();
    expect(first.told()).toEqual([['A', 'a']]);
    expect(first.now()).toEqual([GUIDE_ID, null]);
    await first.loads.at(-1)?.end('loaded');
    expect(first.ids()).toEqual(['a', GUIDE_ID]);

    void first.failedLate(failure);
    await first.settle();
    expect(first.now()).toEqual([null, null]);
    expect(first.ids()).toEqual(['a', GUIDE_ID]);
    void first.failedLate(failure); // of what is not loaded any more
    await first.settle();
    expect(first.told()).toHaveLength(2);
  });

  it('brings the guide where nothing was loaded, or that fails too or is gone; and the guide once', async () => {
    const first = house();
    await (await first.begin('a')).end('failed');
    await first.loads.at(-1)?.end('loaded');
    expect(first.now()).toEqual([null, GUIDE_ID]);

    const second = house();
    await (await second.begin('a')).end('loaded');
    await (await second.begin('b')).end('failed');
    await second.loads.at(-1)?.end('failed');
    expect(second.told()).toEqual([
      ['B', 'b'],
      ['A', 'a'],
    ]);
    await second.loads.at(-1)?.end('failed');
    expect(second.ids()).toEqual(['a', 'b', 'a', GUIDE_ID]);
    expect(second.now()).toEqual([null, null]);

    const third = house();
    await (await third.begin('a')).end('loaded');
    third.store.setState({ cards: [card(GUIDE_ID), card('b')] });
    await (await third.begin('b')).end('failed');
    expect(third.ids()).toEqual(['a', 'b', GUIDE_ID]);
  });

  it('comes back from a longer context to the one it had, and does not repeat what failed', async () => {
    const { begin, loads, now, ids, settings } = house();
    await (await begin('a')).end('loaded');
    settings.change({ contextLength: 8192 });
    await (await begin('a')).end('failed');
    expect(loads.map(({ asked }) => asked)).toEqual([4096, 8192, 4096]);
    await loads.at(-1)?.end('loaded');
    settings.change({ contextLength: 4096 });
    await (await begin('a')).end('failed');
    expect(ids().at(-1)).toBe(GUIDE_ID);
    await loads.at(-1)?.end('loaded');
    // The guide reads 512 whatever is asked for.
    await (await begin(GUIDE_ID)).end('failed');
    expect(now()).toEqual([null, null]);
  });

  it('of several in a row comes back to what answered before them', async () => {
    const { begin, loads, now, cancelled } = house();
    await (await begin(GUIDE_ID)).end('loaded');
    const { job } = await begin('a');
    const last = await begin('b');
    expect(cancelled).toEqual([job]);
    await last.end('failed');
    await loads.at(-1)?.end('loaded');
    expect(now()).toEqual([null, GUIDE_ID]);
  });

  it('is no longer told of once it is tried again', async () => {
    const { begin, told } = house();
    await (await begin('a')).end('failed');
    await begin('b');
    expect(told()).toEqual([['A', 'a']]);
    await begin('a');
    expect(told()).toEqual([]);
  });
});

describe('a load that is given up', () => {
  beforeEach(async () => void (await saved.keepLastModel(null)));

  it('comes back the same way, told of by nobody', async () => {
    const { begin, cancelLoad, now, told, loads, settle } = house();
    await (await begin('a')).end('loaded');
    const { end } = await begin('b');
    void cancelLoad();
    expect(now()).toEqual(['a', null]);
    await settle();
    // What the worker still says of it changes nothing.
    await end('failed');
    await loads.at(-1)?.end('loaded');
    expect(now()).toEqual([null, 'a']);
    expect(told()).toEqual([]);
  });

  it('for another tab is what that tab loads, and nothing comes back here', async () => {
    const { begin, abandonLoad, now, loads, cancelled } = house();
    await (await begin('a')).end('loaded');
    const { end, job } = await begin('b');
    expect(await saved.lastModel()).toBe(null);
    await abandonLoad();
    expect(cancelled).toEqual([job]);
    expect(await saved.lastModel()).toBe('b');
    await end('failed');
    expect(now()).toEqual([null, null]);
    expect(loads).toHaveLength(2);
  });

  it('with none under way leaves the one that was loaded to it', async () => {
    const { begin, abandonLoad, now } = house();
    await (await begin('a')).end('loaded');
    await abandonLoad();
    expect(now()).toEqual([null, null]);
    expect(await saved.lastModel()).toBe('a');
  });
});
