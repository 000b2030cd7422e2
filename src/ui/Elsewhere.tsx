/** In place of the composer where another tab has the GPU. */
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { useApp } from './appContext.ts';
import { say } from './say.ts';

export function Elsewhere(): ReactNode {
  const { tabs } = useApp();
  const taking = useStore(tabs.store, (s) => s.taking);
  return (
    <section className="notice elsewhere" role="status" aria-label={say.tabs.title}>
      <strong>{say.tabs.title}</strong>
      <p>{taking ? say.tabs.taking : say.tabs.body}</p>
      <button type="button" className="strong" disabled={taking} onClick={() => void tabs.takeOver()}>
        {say.tabs.takeOver}
      </button>
    </section>
  );
}
