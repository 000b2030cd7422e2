/** What holds for as long as this model answers, beside the composer: nobody shall take the guide for an assistant. */
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { useApp } from './appContext.ts';
import { say } from './say.ts';
import { useWho } from './useWho.ts';

export function Standing(): ReactNode {
  const { models, view } = useApp();
  const onProcessor = useStore(models.store, (s) => s.loaded?.runsOn === 'cpu');
  if (useWho() !== 'guide') return null;
  return (
    <div className="standing facts">
      <p>
        {say.standing.guide}{' '}
        <button type="button" className="link" onClick={() => view.open('models')}>
          {say.standing.models}
        </button>
      </p>
      {onProcessor && (
        <p>
          {say.standing.processor}{' '}
          <button type="button" className="link" onClick={() => view.open('device')}>
            {say.standing.howTo}
          </button>
        </p>
      )}
    </div>
  );
}
