/** What is done with a stored model, wherever it is listed: verify it, delete it. */
import { useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { ModelCard } from '../../protocol/api.ts';
import { sourceOf } from '../../state/models.ts';
import { useApp } from '../appContext.ts';
import { Confirm } from '../Dialog.tsx';
import { say } from '../say.ts';
import { Progress } from './Progress.tsx';

export function DeleteButton({ card }: { readonly card: ModelCard }): ReactNode {
  const { models } = useApp();
  const [asking, setAsking] = useState(false);
  const { id, title, state, doneBytes, bytes } = card;
  return (
    <>
      <button
        type="button"
        className="quiet"
        aria-label={say.models.removeModel(title)}
        onClick={() => setAsking(true)}
      >
        {say.models.remove}
      </button>
      {asking && (
        <Confirm
          title={say.models.confirmTitle(title)}
          body={say.models.confirmBody(state === 'partial' ? doneBytes : bytes)}
          confirm={say.models.remove}
          onConfirm={() => void models.remove(id)}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

export function CheckButton({ card }: { readonly card: ModelCard }): ReactNode {
  const { models } = useApp();
  const running = useStore(models.store, (s) => s.checks[card.id]?.phase === 'running');
  return (
    <button
      type="button"
      className="quiet"
      aria-label={running ? say.models.stopCheck(card.title) : say.models.checkModel(card.title)}
      onClick={() => (running ? models.cancelVerify(card.id) : void models.verify(card.id))}
    >
      {running ? say.models.cancel : say.models.check}
    </button>
  );
}

/** How far the check is, or what it found. */
export function CheckState({ card }: { readonly card: ModelCard }): ReactNode {
  const { models } = useApp();
  const check = useStore(models.store, (s) => s.checks[card.id]);
  if (!check) return null;
  if (check.phase === 'running') {
    const { done, total } = check;
    return (
      <>
        <Progress label={say.models.checkModel(card.title)} done={done} total={total} />
        <p className="facts">{say.models.checking(done, total)}</p>
      </>
    );
  }
  const { bad, records, bytes } = check.report;
  if (bad.length === 0)
    return (
      <p className="facts" role="status">
        {say.models.intact(records, bytes)}
      </p>
    );
  return (
    <div className="row broken">
      <p className="facts bad" role="alert">
        {say.models.broken(bad.length, records)} {sourceOf(card) === null && say.models.mendByHand}
      </p>
      {sourceOf(card) !== null && (
        <button
          type="button"
          aria-label={say.models.mendModel(card.title)}
          onClick={() => models.mend(card.id)}
        >
          {say.models.mend}
        </button>
      )}
    </div>
  );
}
