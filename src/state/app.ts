/** All of the page's facts, joined: what the ui is given. */
import { GUIDE_ID, type WorkerApi } from '../protocol/api.ts';
import { createAlerts } from './alerts.ts';
import { createBoot } from './boot.ts';
import { openChannel } from './channel.ts';
import { createChat } from './chat.ts';
import { createConversations } from './conversations.ts';
import { createShelf } from './conversationShelf.ts';
import { createDevice } from './device.ts';
import { createExperts } from './experts.ts';
import { createInstall } from './install.ts';
import { createModels } from './models.ts';
import { createNotices } from './notices.ts';
import { onceQuiet } from './onceQuiet.ts';
import { createSelfTest } from './selfTest.ts';
import { createSettings } from './settings.ts';
import { rememberSidebar } from './sidebarMemory.ts';
import { createTabs } from './tabs.ts';
import { createView } from './view.ts';

/** The rooms, each with its neighbours. */
function createRooms(api: WorkerApi) {
  const alerts = createAlerts();
  const notices = createNotices();
  const device = createDevice(api);
  const view = createView();
  const loaded = () => models.store.getState().loaded;
  const settings = createSettings({
    channel: openChannel('shoal-settings'),
    guideSpeaks: () => loaded()?.modelId === GUIDE_ID,
  });
  const shelf = createShelf({ channel: openChannel('shoal-facts'), alerts, notices });
  const chat = createChat({
    api,
    alerts,
    notices,
    settings,
    shelf,
    modelTitle: loadedTitle,
    modelId: () => loaded()?.modelId,
    contextLength: () => loaded()?.contextLength ?? null,
    listen: (conversation, message, begun) => experts.listen(conversation, message, begun),
    ready: (signal) => boot.ready(signal),
  });
  const conversations = createConversations({ shelf, chat, notices });
  const models = createModels({
    api,
    alerts,
    device,
    settings,
    channel: openChannel('shoal-downloads'),
    settleChat: chat.makeRoom,
    answering: () => chat.speakingIn() !== null,
  });
  const experts = createExperts({ models, view, settings });
  const boot = createBoot({ device, models, settings });
  const selfTest = createSelfTest({ api, models: models.store, chat: chat.store, load: models.load });
  function loadedTitle(): string {
    const { lostModel } = models.store.getState();
    return models.titleOf(loaded()?.modelId ?? lostModel ?? '');
  }

  return {
    alerts,
    notices,
    device,
    settings,
    chat,
    conversations,
    models,
    view,
    experts,
    selfTest,
    boot,
    loadedTitle,
  };
}

export function createApp(api: WorkerApi) {
  const { loadedTitle, ...rooms } = createRooms(api);
  const { alerts, settings, boot, chat, conversations, models, view, selfTest } = rooms;
  const tabs = createTabs({
    locks: navigator.locks,
    channel: openChannel('shoal-tabs'),
    release,
    taken: () => void boot.boot(),
  });

  /** Another tab takes the GPU; which model was used or being loaded here is remembered. */
  async function release(): Promise<void> {
    boot.leave();
    models.handOverDownloads();
    await chat.settle();
    await models.abandonLoad();
    await api.release();
  }

  /** Asks for everything the first screen tells, then goes on where the last visit ended. */
  async function start(): Promise<void> {
    api.onFailure((failure) => {
      const { loadedId } = failure.detail;
      if (loadedId !== undefined && loadedId === models.store.getState().loaded?.modelId) {
        void models.failedLate(failure);
        return;
      }
      if (failure.code === 'DEVICE_LOST') models.deviceLost();
      alerts.raise(failure, loadedTitle());
    });
    tabs.start();
    selfTest.watch();
    await Promise.all([rememberSidebar({ view, settings }), conversations.restore()]);
    if (settings.store.getState().expertView) view.setDrawer('experts');
  }

  const quiet = (): Promise<void> => onceQuiet({ boot, chat: chat.store });

  return { ...rooms, tabs, install: createInstall(), start, quiet };
}

export type App = ReturnType<typeof createApp>;
