/**
 * The service worker and the install offer. A new version waits until the user
 * says so: reloading in the middle of an answer would lose it.
 */
import { registerSW } from 'virtual:pwa-register';
import type { Install } from '../state/install.ts';

const ASK_AGAIN_MS = 60 * 60 * 1000;

interface InstallOffer extends Event {
  prompt(): Promise<unknown>;
}

export function registerPwa(install: Install): void {
  const update = registerSW({
    onNeedRefresh: () => install.setState({ update: () => void update() }),
    onRegisteredSW: (_script, registration) => {
      if (registration) setInterval(() => void askForUpdate(registration), ASK_AGAIN_MS);
    },
  });

  window.addEventListener('beforeinstallprompt', (event) => {
    // Chromium shows its own bar otherwise; ours sits in the settings.
    event.preventDefault();
    const offer = event as InstallOffer;
    install.setState({ install: () => void offer.prompt().finally(() => install.setState({ install: null })) });
  });
  window.addEventListener('appinstalled', () => install.setState({ install: null }));
}

/** With no network the question fails, and is asked again in an hour. */
async function askForUpdate(registration: ServiceWorkerRegistration): Promise<void> {
  if (navigator.onLine) await registration.update().catch(() => undefined);
}
