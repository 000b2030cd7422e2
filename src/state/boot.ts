/** From having the GPU to a model that answers: the one used last, or the guide. */
import { createStore } from 'zustand/vanilla';
import { GUIDE_ID } from '../protocol/api.ts';
import type { Device } from './device.ts';
import type { ModelStore } from './modelFacts.ts';
import { saved } from './saved.ts';

interface Neighbours {
  readonly device: Device;
  readonly models: {
    readonly store: ModelStore;
    refresh(): Promise<void>;
    load(id: string): Promise<void>;
    continueDownloads(): Promise<void>;
  };
  readonly settings: { restore(): Promise<void> };
}

export function createBoot({ device, models, settings }: Neighbours) {
  /** Whether a model is still to come without anybody asking for it. */
  const store = createStore<{ readonly coming: boolean }>(() => ({ coming: true }));
  /** Of the last time the GPU was taken or given up. */
  let turn = 0;

  let wanted: string | null = null;

  /** What to load when the GPU is here, in place of the one used last. */
  function want(id: string): void {
    wanted = id;
  }

  async function boot(): Promise<void> {
    const mine = ++turn;
    store.setState({ coming: true });
    const asked = device.ask();
    await Promise.all([settings.restore(), models.refresh()]);
    if (mine !== turn) return;
    void models.continueDownloads();
    const last = await lastModel();
    // The guide needs no answer: it is loaded where there is no WebGPU, too.
    if (last !== null) await asked;
    const able = last !== null && device.store.getState().device.phase === 'ready';
    // One that fails says so, and the guide takes its place by itself.
    if (mine === turn && idle()) await models.load(able ? last : GUIDE_ID);
    await asked;
    if (mine === turn) store.setState({ coming: false });
  }

  /** Another tab has the GPU: nothing more comes here. */
  function leave(): void {
    turn++;
    store.setState({ coming: false });
  }

  function idle(): boolean {
    const { loaded, loading } = models.store.getState();
    return !loaded && !loading;
  }

  async function lastModel(): Promise<string | null> {
    const last = wanted ?? (await saved.lastModel());
    wanted = null;
    const { cards } = models.store.getState();
    return cards?.some(({ id, state }) => id === last && state === 'ready') === true && last !== GUIDE_ID
      ? last
      : null;
  }

  /** Whether there is a model to answer, once it is known: what is asked meanwhile waits for this. */
  function ready(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const ends: (() => void)[] = [];
      const look = (): void => {
        const loaded = models.store.getState().loaded !== null;
        if (!loaded && !signal.aborted && !(idle() && !store.getState().coming)) return;
        for (const end of ends) end();
        resolve(loaded && !signal.aborted);
      };
      ends.push(models.store.subscribe(look), store.subscribe(look));
      signal.addEventListener('abort', look, { once: true });
      look();
    });
  }

  return { store, boot, want, leave, ready };
}
