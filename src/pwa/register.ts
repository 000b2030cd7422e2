/**
 * The service worker and the install offer. A new version waits until the user
 * says so: reloading in the middle of an answer would lose it.
 */
import { registerSW } from 'virtual:pwa-register';

const ASK_AGAIN_MS = 60 * 60 * 1000;

interface InstallOffer extends Event {
  prompt(): Promise<unknown>;
}

export interface PwaListener {
  /** Everything is fetched for use with no network after this. */
  readonly when: Promise<void>;
  /** A new version waits; `apply` switches to it and reloads. */
  readonly onUpdate: (apply: () => void) => void;
  /** The browser offers to install the page; null once the offer is used. */
  readonly onInstallOffer: (accept: (() => void) | null) => void;
}

export function registerPwa({ when, onUpdate, onInstallOffer }: PwaListener): void {
  void when.then(() => keepForOffline(onUpdate));

  window.addEventListener('beforeinstallprompt', (event) => {
    // Chromium shows its own bar otherwise; ours sits in the settings.
    event.preventDefault();
    const offer = event as InstallOffer;
    onInstallOffer(() => void offer.prompt().finally(() => onInstallOffer(null)));
  });
  window.addEventListener('appinstalled', () => onInstallOffer(null));
}

function keepForOffline(onUpdate: PwaListener['onUpdate']): void {
  const update = registerSW({
    onNeedRefresh: () => onUpdate(() => void update()),
    onRegisteredSW: (_script, registration) => {
      if (registration) setInterval(() => void askForUpdate(registration), ASK_AGAIN_MS);
    },
  });
}

/** With no network the question fails, and is asked again in an hour. */
async function askForUpdate(registration: ServiceWorkerRegistration): Promise<void> {
  if (navigator.onLine) await registration.update().catch(() => undefined);
}
