/** How far the model looks back, and what that takes of the memory with the model that is loaded. */
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { useApp } from './appContext.ts';
import { cardTitle } from './modelTitle.ts';
import { NumberField } from './NumberField.tsx';
import { say } from './say.ts';
import { together } from './words.ts';

export function ContextField(): ReactNode {
  return (
    <>
      <NumberField range={{ key: 'contextLength', min: 256, max: 1_000_000, step: 1 }} />
      <Memory />
    </>
  );
}

function Memory(): ReactNode {
  const { models, settings } = useApp();
  const wanted = useStore(settings.store, (s) => s.contextLength);
  const loaded = useStore(models.store, (s) => s.loaded);
  const card = useStore(models.store, (s) => s.cards?.find(({ id }) => id === loaded?.modelId));
  if (!loaded || !card) return <p className="facts">{say.settings.contextNone}</p>;
  const title = cardTitle(card);
  const given = Math.min(wanted, card.contextLength);
  return (
    <div className="field">
      <p className="facts" role="status">
        {together(
          wanted > card.contextLength ? say.settings.contextMost(card.contextLength, title) : '',
          card.kvBytesPerToken > 0
            ? say.settings.contextTakes(given, given * card.kvBytesPerToken, title)
            : '',
          given === loaded.contextLength ? '' : say.settings.contextLater(loaded.contextLength),
        )}
      </p>
      {given !== loaded.contextLength && (
        <button type="button" onClick={() => void models.load(card.id)}>
          {say.settings.contextReload}
        </button>
      )}
    </div>
  );
}
