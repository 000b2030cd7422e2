/** Before the first message: what this is, whether this device can do it, and the one next step. */
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { AddModel } from './models/AddModel.tsx';
import { useApp } from './appContext.ts';
import { DeviceLine } from './DeviceLine.tsx';
import { say } from './say.ts';
import { Mark } from './icons.tsx';
import { ModelList } from './models/ModelList.tsx';

export function Welcome(): ReactNode {
  const { models } = useApp();
  const loaded = useStore(models.store, (s) => s.loaded !== null);
  return (
    <section className="welcome">
      {!loaded && (
        <>
          <Mark />
          <p className="what">{say.what}</p>
          <DeviceLine />
        </>
      )}
      <NextStep />
    </section>
  );
}

function NextStep(): ReactNode {
  const { models, device } = useApp();
  const absent = useStore(device.store, (s) => s.device.phase === 'absent');
  const loaded = useStore(models.store, (s) => s.loaded !== null);
  const known = useStore(models.store, (s) => s.cards !== null);
  const some = useStore(models.store, (s) => s.imports.length > 0 || (s.cards?.length ?? 0) > 0);
  if (absent || !known) return null;
  if (loaded) return <Suggestions />;
  if (some) return <ModelList />;
  return (
    <>
      <h2 className="next">{say.add.first}</h2>
      <AddModel />
    </>
  );
}

function Suggestions(): ReactNode {
  const { chat } = useApp();
  const ask = (question: string): void => {
    chat.setDraft(question);
    chat.send();
  };
  return (
    <ul className="suggestions">
      {say.chat.suggestions.map((question) => (
        <li key={question}>
          <button type="button" onClick={() => ask(question)}>
            {question}
          </button>
        </li>
      ))}
    </ul>
  );
}
