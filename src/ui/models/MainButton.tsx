/** What is done first with a stored model: load it, unload it, or end its loading. A file of its own: the first screen has it. */
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { ModelCard } from '../../protocol/api.ts';
import { useApp } from '../appContext.ts';
import { cardTitle } from '../modelTitle.ts';
import { say } from '../say.ts';

export function MainButton({ card }: { readonly card: ModelCard }): ReactNode {
  const { models, view, boot, tabs } = useApp();
  const elsewhere = useStore(tabs.store, (s) => s.holder === 'elsewhere');
  const loading = useStore(models.store, (s) => s.loading?.id === card.id);
  const loaded = useStore(models.store, (s) => s.loaded?.modelId === card.id);
  if (loading) {
    return (
      <button type="button" onClick={() => void models.cancelLoad()}>
        {say.models.cancel}
      </button>
    );
  }
  if (loaded) {
    return (
      <button type="button" onClick={() => void models.unload()}>
        {say.models.unload}
      </button>
    );
  }
  if (card.state !== 'ready') return null;
  const title = cardTitle(card);
  const load = (): void => {
    view.close();
    if (elsewhere) {
      boot.want(card.id);
      void tabs.takeOver();
    } else void models.load(card.id);
  };
  return (
    <button type="button" className="strong" aria-label={say.models.loadModel(title)} onClick={load}>
      {say.models.load}
    </button>
  );
}
