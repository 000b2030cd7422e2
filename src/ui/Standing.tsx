/** What holds for as long as this model answers, beside the composer: nobody shall take the guide for an assistant. */
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { FailureCode } from '../base/failure.ts';
import { useApp } from './appContext.ts';
import { useTrouble } from './device/useTrouble.ts';
import { say } from './say.ts';
import { useWho } from './useWho.ts';

export function Standing(): ReactNode {
  const { models, view } = useApp();
  const onProcessor = useStore(models.store, (s) => s.loaded?.runsOn === 'cpu');
  const code = useTrouble()?.code;
  const who = useWho();
  if (who !== 'guide' && who !== 'nobody') return null;
  return (
    <div className="standing facts">
      <p>
        {who === 'guide' ? say.standing.guide : say.standing.nobody}{' '}
        <button type="button" className="link" onClick={() => view.open('models')}>
          {say.standing.models}
        </button>
      </p>
      {onProcessor && (
        <p>
          {processorWords(code)}{' '}
          <button type="button" className="link" onClick={() => view.open('device')}>
            {code === 'NO_WEBGPU' || code === 'NO_ADAPTER' ? say.standing.howTo : say.standing.whatToDo}
          </button>
        </p>
      )}
    </div>
  );
}

function processorWords(code: FailureCode | undefined): string {
  const { other, ...known }: Readonly<Record<string, string>> & { readonly other: string } =
    say.standing.processor;
  return (code !== undefined && known[code]) || other;
}
