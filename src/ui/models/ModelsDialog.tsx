import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { AddModel } from './AddModel.tsx';
import { Alerts } from '../Alerts.tsx';
import { useApp } from '../appContext.ts';
import { Dialog } from '../Dialog.tsx';
import { say } from '../say.ts';
import { size } from '../format.ts';
import { ModelList } from './ModelList.tsx';

export function ModelsDialog(): ReactNode {
  const { view, models, device } = useApp();
  const none = useStore(models.store, (s) => s.imports.length === 0 && s.cards?.length === 0);
  const storage = useStore(device.store, (s) => s.storage);
  return (
    <Dialog title={say.models.title} kind="window" onClose={view.close}>
      <Alerts />
      {none ? <p className="facts">{say.models.empty}</p> : <ModelList />}
      <h3>{say.add.title}</h3>
      <AddModel />
      {storage && (
        <p className="facts">
          {say.models.used(size(storage.usedBytes))}
          {storage.quotaBytes > 0 && say.models.allowed(size(storage.quotaBytes))}
          {storage.persisted ? say.models.kept : say.models.notKept}
        </p>
      )}
    </Dialog>
  );
}
