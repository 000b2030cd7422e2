/** The models on this device: kept, arriving, loading, loaded; and what a repository offers. */
import { createStore } from 'zustand/vanilla';
import type { Failure, HubFile, ImportProgress, LoadedReport, LoadProgress, ModelCard, ModelSource, WorkerApi } from '../protocol/api.ts';
import type { Alerts } from './alerts.ts';
import type { Device } from './device.ts';
import { latestPerFrame } from './frames.ts';
import { newId } from './ids.ts';
import { saved } from './saved.ts';
import type { SettingsRoom } from './settings.ts';

export interface ImportJob {
  readonly job: string;
  /** What is known of it before the worker has read its first bytes. */
  readonly label: string;
  readonly progress: ImportProgress | null;
  readonly cancelling: boolean;
}

export interface LoadJob {
  readonly job: string;
  readonly id: string;
  readonly progress: LoadProgress | null;
}

export type HubListing =
  | { readonly phase: 'idle' }
  | { readonly phase: 'asking'; readonly repo: string }
  | { readonly phase: 'listed'; readonly repo: string; readonly files: readonly HubFile[] }
  | { readonly phase: 'failed'; readonly repo: string; readonly failure: Failure };

export interface ModelsFacts {
  /** null until the worker has said what is here. */
  readonly cards: readonly ModelCard[] | null;
  readonly imports: readonly ImportJob[];
  readonly loading: LoadJob | null;
  readonly loaded: LoadedReport | null;
  /** Loaded until the device was lost; offered again. */
  readonly lostModel: string | null;
  readonly hub: HubListing;
}

interface Neighbours {
  readonly api: WorkerApi;
  readonly alerts: Alerts;
  readonly device: Device;
  readonly settings: SettingsRoom;
  /** Ends an answer in progress: a model is not exchanged under it. */
  readonly settleChat: () => Promise<void>;
}

export function createModels({ api, alerts, device, settings, settleChat }: Neighbours) {
  const store = createStore<ModelsFacts>(() => ({
    cards: null,
    imports: [],
    loading: null,
    loaded: null,
    lostModel: null,
    hub: { phase: 'idle' },
  }));
  const titleOf = (id: string): string => store.getState().cards?.find((card) => card.id === id)?.title ?? '';

  async function refresh(): Promise<void> {
    const [result] = await Promise.all([api.models(), device.measureStorage()]);
    if (result.ok) store.setState({ cards: result.value });
    else alerts.raise(result.failure);
  }

  /** Loads what was used last, unless that load never finished: it may have taken the tab down. */
  async function restore(): Promise<void> {
    await refresh();
    const last = await saved.lastModel();
    const card = store.getState().cards?.find(({ id, state }) => id === last && state === 'ready');
    if (card) await load(card.id);
  }

  function changeJob(job: string, part: Partial<ImportJob>): void {
    store.setState(({ imports }) => ({ imports: imports.map((entry) => (entry.job === job ? { ...entry, ...part } : entry)) }));
  }

  async function importModel(source: ModelSource): Promise<void> {
    const job = newId('import');
    const label = labelOf(source, titleOf);
    store.setState(({ imports }) => ({ imports: [...imports, { job, label, progress: null, cancelling: false }] }));
    const paced = latestPerFrame<ImportProgress>((progress) => changeJob(job, { progress }));
    const seen: { last: ImportProgress | null } = { last: null };
    const result = await api.importModel(job, source, 'keep', (progress) => {
      seen.last = progress;
      paced.put(progress);
    });
    paced.end();

    const { last } = seen;
    const cancelled = store.getState().imports.some((entry) => entry.job === job && entry.cancelling);
    store.setState(({ imports }) => ({ imports: imports.filter((entry) => entry.job !== job) }));
    await refresh();
    if (result.ok) {
      const { loaded, loading } = store.getState();
      if (!loaded && !loading) await load(result.value.id);
    } else if (!cancelled) {
      alerts.raise(withProgress(result.failure, last), titleOf(last?.modelId ?? '') || last?.title || label);
    }
  }

  function cancelImport(job: string): void {
    changeJob(job, { cancelling: true });
    api.cancel(job);
  }

  async function load(id: string): Promise<void> {
    await settleChat();
    const before = store.getState().loading;
    if (before) api.cancel(before.job);
    const job = newId('load');
    store.setState({ loading: { job, id, progress: null }, loaded: null, lostModel: null });
    await saved.keepLastModel(null);
    const current = (): boolean => store.getState().loading?.job === job;
    const paced = latestPerFrame<LoadProgress>((progress) => current() && store.setState({ loading: { job, id, progress } }));
    const result = await api.loadModel(job, id, { contextLength: settings.store.getState().contextLength }, paced.put);
    paced.end();
    // Cancelled, or another load took its place: that one tells the rest.
    if (!current()) return;
    store.setState({ loading: null, loaded: result.ok ? result.value : null });
    if (result.ok) await saved.keepLastModel(id);
    else alerts.raise(result.failure, titleOf(id));
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

  async function remove(id: string): Promise<void> {
    const title = titleOf(id);
    if (store.getState().loaded?.modelId === id) await unload();
    const result = await api.deleteModel(id);
    if (!result.ok) alerts.raise(result.failure, title);
    await refresh();
  }

  async function listHub(repo: string): Promise<void> {
    store.setState({ hub: { phase: 'asking', repo } });
    const result = await api.hubFiles(repo);
    const { hub } = store.getState();
    if (hub.phase !== 'asking' || hub.repo !== repo) return;
    store.setState({
      hub: result.ok ? { phase: 'listed', repo, files: result.value } : { phase: 'failed', repo, failure: result.failure },
    });
  }

  /** The device is gone, and every buffer with it. */
  function deviceLost(): void {
    const { loaded } = store.getState();
    if (loaded) store.setState({ loaded: null, lostModel: loaded.modelId });
  }

  return { store, titleOf, refresh, restore, importModel, cancelImport, load, cancelLoad, unload, remove, listHub, deviceLost };
}

export type Models = ReturnType<typeof createModels>;

function labelOf(source: ModelSource, titleOf: (id: string) => string): string {
  switch (source.kind) {
    case 'file':
      return source.files[0]?.name ?? '';
    case 'url':
      return lastName(source.url);
    case 'urls':
      return lastName(source.urls[0] ?? '');
    case 'hub':
      return source.path;
    case 'resume':
      return titleOf(source.id);
    default:
      return source satisfies never;
  }
}

function lastName(url: string): string {
  return url.split(/[?#]/)[0]?.split('/').pop() || url;
}

/** How far it came, for the words. */
function withProgress(failure: Failure, progress: ImportProgress | null): Failure {
  if (!progress) return failure;
  const { doneBytes, totalBytes } = progress;
  return { ...failure, detail: { doneBytes, totalBytes, ...failure.detail } };
}
