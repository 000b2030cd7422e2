/** The models on this device: kept, arriving, loading, loaded; what a repository offers, and what fits. */
import type { CatalogueModel } from '../models/catalogue.ts';
import { GUIDE_ID, type ModelCard, type WorkerApi } from '../protocol/api.ts';
import type { Alerts } from './alerts.ts';
import { createAdvice } from './advice.ts';
import type { Channel } from './channel.ts';
import { createChecks } from './checks.ts';
import type { Device } from './device.ts';
import type { DownloadElsewhere } from './elsewhere.ts';
import { createImports } from './imports.ts';
import { createLoading } from './loading.ts';
import { createModelStore, titleIn, type ModelsFacts } from './modelFacts.ts';
import { modelsSaved } from './modelsSaved.ts';
import { createOffer } from './offer.ts';
import type { SettingsRoom } from './settings.ts';
import { createSources } from './sources.ts';

export { CATALOGUE, type CatalogueId, type CatalogueModel } from '../models/catalogue.ts';
export { networkSpeed } from './advice.ts';
export { elsewhereOf, partialOf } from './modelFacts.ts';
export { type GivenFiles, isModelFile, isWholeModel, type Offer } from './offer.ts';
export { sourceOf } from './origin.ts';

interface Neighbours {
  readonly api: WorkerApi;
  readonly alerts: Alerts;
  readonly device: Device;
  readonly settings: SettingsRoom;
  /** To the page's other tabs. */
  readonly channel: Channel;
  readonly settleChat: () => Promise<void>;
  /** An answer is being spoken, which a model that arrives must not end. */
  readonly answering: () => boolean;
}

export function createModels({ api, alerts, device, settings, channel, settleChat, answering }: Neighbours) {
  const store = createModelStore();
  const titleOf = (id: string): string => titleIn(store.getState(), id);
  const loading = createLoading({ api, store, alerts, settings, settleChat });
  const { askToBeKept } = device;
  const imports = createImports(
    { api, store, alerts, refresh, askToBeKept, arrived },
    { channel, locks: navigator.locks },
  );
  const offer = createOffer({ store, alerts, importModel: imports.importModel });
  const checks = createChecks({ api, store, alerts, importModel: imports.importModel });
  let restored: Promise<unknown> | undefined;
  watchNetwork(imports.networkIs);

  async function refresh(): Promise<void> {
    const [result] = await Promise.all([api.models(), device.measureStorage()]);
    if (result.ok) store.setState({ cards: result.value });
    else alerts.raise(result.failure);
    restored ??= restoreKept();
    await restored;
  }

  async function restoreKept(): Promise<void> {
    const gpuGb = await modelsSaved.gpuGb();
    store.setState({ gpuGb });
    await imports.restoreDownloads();
  }

  /**
   * Where the guide is all there is to talk to, a model that arrives is what was wanted:
   * it is loaded, unless that would end an answer.
   */
  async function arrived(id: string): Promise<void> {
    const { loaded, loading: loads } = store.getState();
    const guide = loaded?.modelId === GUIDE_ID || loads?.id === GUIDE_ID;
    const able = device.store.getState().device.phase === 'ready';
    if (guide && able && !answering()) await loading.load(id);
  }

  async function remove(id: string): Promise<void> {
    const title = titleOf(id);
    if (store.getState().loaded?.modelId === id) await loading.unload();
    loading.leaveOut(id);
    const result = await api.deleteModel(id);
    if (result.ok) imports.forgetStored(id);
    else alerts.raise(result.failure, title);
    await refresh();
  }

  return {
    store,
    titleOf,
    refresh,
    remove,
    ...loading,
    ...imports,
    ...offer,
    ...checks,
    ...createSources({ api, store, importModel: imports.importModel }),
    ...createAdvice({ store, device, settings }),
  };
}

/** What there is of a model of the catalogue. */
export function cardOfCatalogue(
  { cards }: ModelsFacts,
  { repo, path }: CatalogueModel,
): ModelCard | undefined {
  return cards?.find(({ origin }) => origin === `hub:${repo}/${path}`);
}

/** What another tab is at work on of a model of the catalogue. */
export function catalogueElsewhere(
  { elsewhere }: ModelsFacts,
  { repo, path }: CatalogueModel,
): DownloadElsewhere | undefined {
  return elsewhere.find(({ origin }) => origin === `hub:${repo}/${path}`);
}

function watchNetwork(tell: (online: boolean) => void): void {
  globalThis.addEventListener?.('online', () => tell(true));
  globalThis.addEventListener?.('offline', () => tell(false));
  // In Node there is a navigator that does not tell.
  if (!(globalThis.navigator?.onLine ?? true)) tell(false);
}
