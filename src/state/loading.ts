/**
 * The one model on the graphics processor. A load that fails, or is given up, leaves
 * nobody without a model: what answered before comes back as it was, and where it
 * can't, the guide. Each is tried once, so even a guide that fails ends it.
 */
import {
  type Failure,
  GUIDE_ID,
  type LoadedReport,
  type LoadProgress,
  type Result,
  type WorkerApi,
} from '../protocol/api.ts';
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

/** A model, and the positions of context asked for. */
interface Wanted {
  readonly id: string;
  readonly contextLength: number;
}

export function createLoading(neighbours: Neighbours) {
  const { api, store, alerts, settings, settleChat } = neighbours;
  /** What answered before the loads under way began. */
  let before: LoadedReport | null = null;
  /** What comes, in this order, where the load under way does not end well. */
  let instead: readonly Wanted[] = [];

  async function load(id: string): Promise<void> {
    await settleChat();
    const { loading, loaded } = store.getState();
    if (loading) api.cancel(loading.job);
    before = loaded ?? before;
    alerts.forgetNotLoaded(id);
    const { contextLength } = settings.store.getState();
    await follow(turnsOf({ id, contextLength }, before, store));
  }

  async function follow([next, ...others]: readonly Wanted[]): Promise<void> {
    instead = others;
    if (!next) {
      before = null;
      store.setState({ loading: null, loaded: null });
      return;
    }
    const result = await attempt(neighbours, next);
    // Cancelled, or another load took its place: that one tells the rest.
    if (result === null) return;
    if (result.ok) {
      before = null;
      store.setState({ loading: null, loaded: result.value });
      await saved.keepLastModel(next.id);
      return;
    }
    alerts.raise(result.failure, titleIn(store.getState(), next.id), { notLoaded: next.id });
    await follow(instead);
  }

  async function cancelLoad(): Promise<void> {
    const { loading } = store.getState();
    if (!loading) return;
    api.cancel(loading.job);
    await follow(instead);
  }

  /** It is being deleted: it does not load on, nor come back in another's place. */
  function leaveOut(id: string): void {
    instead = instead.filter((wanted) => wanted.id !== id);
    if (store.getState().loading?.id === id) void cancelLoad();
  }

  /** Another tab gets the GPU, and with it what was being loaded here. */
  async function abandonLoad(): Promise<void> {
    const { loading } = store.getState();
    before = null;
    store.setState({ loading: null, loaded: null, lostModel: null });
    if (!loading) return;
    api.cancel(loading.job);
    await saved.keepLastModel(loading.id);
  }

  /**
   * A model of which something failed that its load did not wait for: it is told of, and
   * followed, as the load that fails is. What answered before it is long gone.
   */
  async function failedLate(failure: Failure): Promise<void> {
    const { loaded } = store.getState();
    if (loaded === null) return;
    await settleChat();
    if (store.getState().loaded !== loaded) return;
    const { modelId: id, contextLength } = loaded;
    alerts.raise(failure, titleIn(store.getState(), id), { notLoaded: id });
    await follow(turnsOf({ id, contextLength }, null, store).slice(1));
  }

  return { load, cancelLoad, leaveOut, abandonLoad, failedLate, ...createUnloading(neighbours) };
}

/** The ends after which nothing comes in its place. */
function createUnloading({ api, store, alerts, settleChat }: Neighbours) {
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

  return { unload, deviceLost };
}

/** null where it is no longer this load that counts. */
async function attempt(
  { api, store }: Pick<Neighbours, 'api' | 'store'>,
  { id, contextLength }: Wanted,
): Promise<Result<LoadedReport> | null> {
  const job = newId('load');
  store.setState({ loading: { job, id, progress: null }, loaded: null, lostModel: null });
  // A load that takes the tab down is not begun by itself on the next visit.
  await saved.keepLastModel(null);
  const current = (): boolean => store.getState().loading?.job === job;
  if (!current()) return null;
  const paced = latestPerFrame<LoadProgress>((progress) => {
    if (current()) store.setState({ loading: { job, id, progress } });
  });
  const result = await api.loadModel(job, id, { contextLength }, (progress) => paced.put(progress));
  paced.end();
  return current() ? result : null;
}

/** What is asked for; then what was there, with the context it had; then the guide. */
function turnsOf(asked: Wanted, before: LoadedReport | null, store: ModelStore): readonly Wanted[] {
  const { cards } = store.getState();
  const card = cards?.find(({ id, state }) => id === before?.modelId && state === 'ready');
  // The same again would fail the same way, but for a context that was shorter before.
  const wanted = Math.min(asked.contextLength, card?.contextLength ?? 0);
  const back =
    before && card && (card.id !== asked.id || before.contextLength < wanted)
      ? [{ id: card.id, contextLength: before.contextLength }]
      : [];
  const guided = [asked, ...back].some(({ id }) => id === GUIDE_ID);
  return [asked, ...back, ...(guided ? [] : [{ ...asked, id: GUIDE_ID }])];
}
