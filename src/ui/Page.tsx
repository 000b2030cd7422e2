/** The whole page: a column of conversation, and the panels that open over it. */
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { Alerts } from './Alerts.tsx';
import { useApp } from './appContext.ts';
import { Composer } from './chat/Composer.tsx';
import { Conversation } from './chat/Conversation.tsx';
import { DeviceLine } from './DeviceLine.tsx';
import { Confirm } from './Dialog.tsx';
import { DropZone } from './DropZone.tsx';
import { say } from './say.ts';
import { Header } from './Header.tsx';
import { ModelList } from './models/ModelList.tsx';
import { ModelsDialog } from './models/ModelsDialog.tsx';
import { SettingsDrawer } from './SettingsDrawer.tsx';
import { UpdateBar } from './UpdateBar.tsx';
import { WeightsDialog } from './models/WeightsDialog.tsx';
import { Welcome } from './Welcome.tsx';

export function Page(): ReactNode {
  const { chat, view, models } = useApp();
  const offer = useStore(models.store, (s) => s.offer);
  const spoken = useStore(chat.store, (s) => s.messages.length > 0);
  const panel = useStore(view.store, (s) => s.panel);
  return (
    <>
      <Header />
      <main className="column">
        {spoken ? <Conversation /> : <Welcome />}
        {spoken && <WithoutModel />}
      </main>
      <footer className="column bottom">
        {panel === null && <Alerts />}
        <UpdateBar />
        <Composer />
      </footer>
      <DropZone />
      {panel === 'models' && <ModelsDialog />}
      {panel === 'settings' && <SettingsDrawer />}
      {panel === 'newChat' && <NewChat />}
      {offer && <WeightsDialog offer={offer} />}
    </>
  );
}

/** A kept conversation with no model to go on with: the models, or why none can run, are right below it. */
function WithoutModel(): ReactNode {
  const { models, device } = useApp();
  const absent = useStore(device.store, (s) => s.device.phase === 'absent');
  const idle = useStore(models.store, (s) => s.loaded === null && s.lostModel === null);
  const some = useStore(models.store, (s) => s.cards !== null && s.cards.length + s.imports.length > 0);
  if (absent) return <DeviceLine />;
  return idle && some ? <ModelList /> : null;
}

function NewChat(): ReactNode {
  const { chat, view } = useApp();
  return (
    <Confirm
      title={say.chat.newTitle}
      body={say.chat.newBody}
      confirm={say.chat.newConfirm}
      onConfirm={() => void chat.clear()}
      onClose={view.close}
    />
  );
}
