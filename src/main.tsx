/** Wiring: the engine's worker, the facts, the page over them, the service worker. */
import { connect } from './protocol/client.ts';
import { registerPwa } from './pwa/register.ts';
import { createApp } from './state/app.ts';
import { mount } from './ui/mount.tsx';

const place = document.getElementById('page');
if (!place) throw new Error('index.html has no #page');

const worker = new Worker(new URL('./worker/main.ts', import.meta.url), { type: 'module', name: 'engine' });
const app = createApp(connect(worker));
void app.start();
void mount(place, app);
registerPwa({
  when: app.quiet(),
  onUpdate: (update) => app.install.setState({ update }),
  onInstallOffer: (install) => app.install.setState({ install }),
});
