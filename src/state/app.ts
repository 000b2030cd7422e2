/** All of the page's facts, joined: what the ui is given. */
import type { WorkerApi } from '../protocol/api.ts';
import { createAlerts } from './alerts.ts';
import { createChat } from './chat.ts';
import { createDevice } from './device.ts';
import { createExperts } from './experts.ts';
import { createInstall } from './install.ts';
import { createModels } from './models.ts';
import { createSettings } from './settings.ts';
import { createView } from './view.ts';

export function createApp(api: WorkerApi) {
  const alerts = createAlerts();
  const device = createDevice(api);
  const settings = createSettings();
  const chat = createChat({ api, alerts, settings, modelTitle: loadedTitle });
  const models = createModels({
    api,
    alerts,
    device,
    settings,
    settleChat: chat.settle,
    answering: () => chat.store.getState().answering !== null,
  });

  const view = createView();
  const experts = createExperts({ models, view, settings });

  function loadedTitle(): string {
    const { loaded, lostModel } = models.store.getState();
    return models.titleOf(loaded?.modelId ?? lostModel ?? '');
  }

  /** Asks for everything the first screen tells, then goes on where the last visit ended. */
  async function start(): Promise<void> {
    api.onFailure((failure) => {
      if (failure.code === 'DEVICE_LOST') models.deviceLost();
      alerts.raise(failure, loadedTitle());
    });
    await Promise.all([settings.restore(), chat.restore(), device.ask(), models.refresh()]);
    if (device.store.getState().device.phase === 'ready') await models.restore();
  }

  return { alerts, device, settings, chat, models, view, experts, install: createInstall(), start };
}

export type App = ReturnType<typeof createApp>;
