/** The real page over a fake worker: what the address asks for after `?` is how the fake behaves. */
import { connect } from '../../src/protocol/client.ts';
import { registerPwa } from '../../src/pwa/register.ts';
import { createApp } from '../../src/state/app.ts';
import { mount } from '../../src/ui/mount.tsx';

const place = document.getElementById('page');
if (!place) throw new Error('index.html has no #page');

const worker = new Worker(new URL('./fakeWorker.ts', import.meta.url), {
  type: 'module',
  name: location.search,
});
const app = createApp(connect(worker));
void app.start();
void mount(place, app);
registerPwa({
  when: app.quiet(),
  onUpdate: (update) => app.install.setState({ update }),
  onInstallOffer: (install) => app.install.setState({ install }),
});
