/** The models on this device: kept, arriving, loading, loaded; and what a repository offers. */
import type { WorkerApi } from '../protocol/api.ts';
import type { Alerts } from './alerts.ts';
import type { Device } from './device.ts';
import { createImports } from './imports.ts';
import { createLoading } from './loading.ts';
import { createModelStore, titleIn } from './modelFacts.ts';
import { createOffer } from './offer.ts';
import type { SettingsRoom } from './settings.ts';

export { type GivenFiles, isModelFile, isWholeModel, type Offer } from './offer.ts';

interface Neighbours {
  readonly api: WorkerApi;
  readonly alerts: Alerts;
  readonly device: Device;
  readonly settings: SettingsRoom;
  readonly settleChat: () => Promise<void>;
}

export function createModels({ api, alerts, device, settings, settleChat }: Neighbours) {
  const store = createModelStore();
  const titleOf = (id: string): string => titleIn(store.getState(), id);
  const loading = createLoading({ api, store, alerts, settings, settleChat });
  const imports = createImports({
    api,
    store,
    alerts,
    refresh,
    askToBeKept: device.askToBeKept,
    load: loading.load,
  });
  const offer = createOffer({ store, alerts, importModel: imports.importModel });

  async function refresh(): Promise<void> {
    const [result] = await Promise.all([api.models(), device.measureStorage()]);
    if (result.ok) store.setState({ cards: result.value });
    else alerts.raise(result.failure);
  }

  async function remove(id: string): Promise<void> {
    const title = titleOf(id);
    if (store.getState().loaded?.modelId === id) await loading.unload();
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
      hub: result.ok
        ? { phase: 'listed', repo, files: result.value }
        : { phase: 'failed', repo, failure: result.failure },
    });
  }

  return { store, titleOf, refresh, remove, listHub, ...loading, ...imports, ...offer };
}
