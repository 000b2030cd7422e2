/** The whole page: a column of conversation, the conversations beside it, and the panels that open over it. */
import { lazy, Suspense, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Panel } from '../state/view.ts';
import { Alerts } from './Alerts.tsx';
import { useApp } from './appContext.ts';
import { Composer } from './chat/Composer.tsx';
import { fetchConversation } from './chat/later.ts';
import { DropZone } from './DropZone.tsx';
import { Elsewhere } from './Elsewhere.tsx';
import { Header } from './Header.tsx';
import { Notices } from './sidebar/Notices.tsx';
import { useShortcuts } from './shortcuts.ts';
import { Standing } from './Standing.tsx';
import { UpdateBar } from './UpdateBar.tsx';
import { useWho } from './useWho.ts';
import { Welcome } from './Welcome.tsx';

const Conversation = lazy(async () => ({ default: (await fetchConversation()).Conversation }));
// What opens over the page is fetched when it does.
const About = lazy(async () => ({ default: (await import('./About.tsx')).About }));
const DevicePage = lazy(async () => ({ default: (await import('./device/DevicePage.tsx')).DevicePage }));
const ModelsDialog = lazy(async () => ({
  default: (await import('./models/ModelsDialog.tsx')).ModelsDialog,
}));
const ExpertDrawer = lazy(async () => ({
  default: (await import('./experts/ExpertDrawer.tsx')).ExpertDrawer,
}));
const SettingsDialog = lazy(async () => ({ default: (await import('./SettingsDialog.tsx')).SettingsDialog }));
const ShortcutsSheet = lazy(async () => ({ default: (await import('./ShortcutsSheet.tsx')).ShortcutsSheet }));
const Sidebar = lazy(async () => ({ default: (await import('./sidebar/Sidebar.tsx')).Sidebar }));
const WeightsDialog = lazy(async () => ({
  default: (await import('./models/WeightsDialog.tsx')).WeightsDialog,
}));

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
      <Suspense>{sidebar && <Sidebar />}</Suspense>
      <Middle />
      <Suspense>{drawer === 'experts' && <ExpertDrawer />}</Suspense>
      <DropZone />
      <Suspense>
        <Panels />
      </Suspense>
    </>
  );
}

function Middle(): ReactNode {
  const { chat, view } = useApp();
  const spoken = useStore(chat.store, (s) => s.messages.length > 0);
  const panel = useStore(view.store, (s) => s.panel);
  const who = useWho();
  return (
    <div className="middle">
      <Header />
      <main className="column">
        <Suspense>{spoken ? <Conversation /> : <Welcome />}</Suspense>
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
      {panel && PANELS[panel]}
      {offer && <WeightsDialog offer={offer} />}
    </>
  );
}
