/** The one model on the graphics processor. */
import type { LoadProgress, WorkerApi } from '../protocol/api.ts';
import type { Alerts } from './alerts.ts';
import { latestPerFrame } from './frames.ts';
import { newId } from './ids.ts';
import { titleIn, type ModelStore } from './modelFacts.ts';
import { saved } from './saved.ts';
import type { SettingsRoom } from './settings.ts';

interface Neighbours {
  readonly api: WorkerApi;
  readonly store: ModelStore;
  readonly alerts: Alerts;
  readonly settings: SettingsRoom;
  /** Ends an answer in progress: a model is not exchanged under it. */
  readonly settleChat: () => Promise<void>;
}

export function createLoading({ api, store, alerts, settings, settleChat }: Neighbours) {
  async function load(id: string): Promise<void> {
    await settleChat();
    const before = store.getState().loading;
    if (before) api.cancel(before.job);
    const job = newId('load');
    store.setState({ loading: { job, id, progress: null }, loaded: null, lostModel: null });
    // A load that takes the tab down is not begun by itself on the next visit.
    await saved.keepLastModel(null);

    const current = (): boolean => store.getState().loading?.job === job;
    const paced = latestPerFrame<LoadProgress>((progress) => {
      if (current()) store.setState({ loading: { job, id, progress } });
    });
    const { contextLength } = settings.store.getState();
    const result = await api.loadModel(job, id, { contextLength }, (progress) => paced.put(progress));
    paced.end();
    // Cancelled, or another load took its place: that one tells the rest.
    if (!current()) return;
    store.setState({ loading: null, loaded: result.ok ? result.value : null });
    if (result.ok) await saved.keepLastModel(id);
    else alerts.raise(result.failure, titleIn(store.getState(), id));
  }

  function cancelLoad(): void {
    const { loading } = store.getState();
    if (!loading) return;
    store.setState({ loading: null });
    api.cancel(loading.job);
  }

  async function unload(): Promise<void> {
    await settleChat();
    store.setState({ loaded: null });
    await saved.keepLastModel(null);
    const result = await api.unloadModel();
    if (!result.ok) alerts.raise(result.failure);
  }

  /** The device is gone, and every buffer with it. */
  function deviceLost(): void {
    const { loaded } = store.getState();
    if (loaded) store.setState({ loaded: null, lostModel: loaded.modelId });
  }

  return { load, cancelLoad, unload, deviceLost };
}
