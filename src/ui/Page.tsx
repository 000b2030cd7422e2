/** The whole page: a column of conversation, the conversations beside it, and the panels that open over it. */
import { Suspense, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Panel } from '../state/view.ts';
import { Alerts } from './Alerts.tsx';
import { useApp } from './appContext.ts';
import { Composer } from './chat/Composer.tsx';
import { fetchConversation } from './chat/later.ts';
import { DropZone } from './DropZone.tsx';
import { Elsewhere } from './Elsewhere.tsx';
import { Guarded } from './Guarded.tsx';
import { Header } from './Header.tsx';
import { lazily } from './lazily.tsx';
import { Notices } from './sidebar/Notices.tsx';
import { useShortcuts } from './shortcuts.ts';
import { Standing } from './Standing.tsx';
import { UpdateBar } from './UpdateBar.tsx';
import { useWho } from './useWho.ts';
import { Welcome } from './Welcome.tsx';

const Conversation = lazily(async () => (await fetchConversation()).Conversation);
// What opens over the page is fetched when it does.
const About = lazily(async () => (await import('./About.tsx')).About);
const DevicePage = lazily(async () => (await import('./device/DevicePage.tsx')).DevicePage);
const ModelsDialog = lazily(async () => (await import('./models/ModelsDialog.tsx')).ModelsDialog);
const ExpertDrawer = lazily(async () => (await import('./experts/ExpertDrawer.tsx')).ExpertDrawer);
const SettingsDialog = lazily(async () => (await import('./SettingsDialog.tsx')).SettingsDialog);
const ShortcutsSheet = lazily(async () => (await import('./ShortcutsSheet.tsx')).ShortcutsSheet);
const Sidebar = lazily(async () => (await import('./sidebar/Sidebar.tsx')).Sidebar);
const WeightsDialog = lazily(async () => (await import('./models/WeightsDialog.tsx')).WeightsDialog);

const PANELS: Readonly<Record<Panel, ReactNode>> = {
  about: <About />,
  device: <DevicePage />,
  models: <ModelsDialog />,
  settings: <SettingsDialog />,
  shortcuts: <ShortcutsSheet />,
};

export function Page(): ReactNode {
  const { view } = useApp();
  const sidebar = useStore(view.store, (s) => s.sidebar);
  const drawer = useStore(view.store, (s) => s.drawer);
  useShortcuts();
  return (
    <>
      <Guarded key={`sidebar ${sidebar}`} onClose={() => view.setSidebar(false)}>
        <Suspense>{sidebar && <Sidebar />}</Suspense>
      </Guarded>
      <Middle />
      <Guarded key={`drawer ${drawer}`} onClose={() => view.setDrawer(null)}>
        <Suspense>{drawer === 'experts' && <ExpertDrawer />}</Suspense>
      </Guarded>
      <DropZone />
      <Panels />
    </>
  );
}

function Middle(): ReactNode {
  const { chat, view } = useApp();
  const spoken = useStore(chat.store, (s) => s.messages.length > 0);
  const conversation = useStore(chat.store, (s) => s.conversation.id);
  const panel = useStore(view.store, (s) => s.panel);
  const who = useWho();
  return (
    <div className="middle">
      <Header />
      <main className="column">
        <Guarded key={conversation}>
          <Suspense>{spoken ? <Conversation /> : <Welcome />}</Suspense>
        </Guarded>
      </main>
      <footer className="column bottom">
        {panel === null && <Alerts />}
        <Notices />
        <UpdateBar />
        <Standing />
        {who === 'elsewhere' ? <Elsewhere /> : <Composer />}
      </footer>
    </div>
  );
}

function Panels(): ReactNode {
  const { view, models } = useApp();
  const panel = useStore(view.store, (s) => s.panel);
  const offer = useStore(models.store, (s) => s.offer);
  return (
    <>
      <Guarded key={`panel ${panel}`} onClose={view.close}>
        <Suspense>{panel && PANELS[panel]}</Suspense>
      </Guarded>
      {offer && (
        <Guarded onClose={models.declineOffer}>
          <Suspense>
            <WeightsDialog offer={offer} />
          </Suspense>
        </Guarded>
      )}
    </>
  );
}
