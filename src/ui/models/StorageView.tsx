/** What takes how much of the browser's storage, and whether the browser will keep it. */
import { useEffect, useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { ModelCard } from '../../protocol/api.ts';
import type { ImportJob } from '../../state/modelFacts.ts';
import { elsewhereOf } from '../../state/models.ts';
import { shellBytes } from '../../state/shell.ts';
import { useApp } from '../appContext.ts';
import { size } from '../format.ts';
import { say } from '../say.ts';
import { CheckButton, CheckState, DeleteButton } from './CardActions.tsx';

export function StorageView(): ReactNode {
  const { models, device } = useApp();
  const storage = useStore(device.store, (s) => s.storage);
  const cards = useStore(models.store, (s) => s.cards);
  const shell = useShellBytes();
  useEffect(() => void device.measureStorage(), [device]);
  if (!storage) return null;
  const stored = (cards ?? []).filter(({ builtIn }) => builtIn !== true);
  const whole = stored.filter(({ state }) => state !== 'partial');
  const unfinished = stored.filter(({ state }) => state === 'partial');
  const { usedBytes, quotaBytes } = storage;
  const parts = [
    { key: 'whole', bytes: sum(whole) },
    { key: 'unfinished', bytes: sum(unfinished) },
    { key: 'shell', bytes: shell },
  ] as const;
  const rest = Math.max(0, usedBytes - parts.reduce((all, { bytes }) => all + bytes, 0));
  const listed = [...parts, { key: 'rest', bytes: rest } as const].filter(({ bytes }) => bytes > 0);
  const words =
    quotaBytes > 0
      ? say.storage.used(size(usedBytes), size(quotaBytes))
      : say.storage.usedOnly(size(usedBytes));
  return (
    <>
      <p>{words}</p>
      <Bar parts={listed} whole={quotaBytes || usedBytes} />
      <dl className="storage-parts" aria-label={say.storage.parts}>
        {listed.map(({ key, bytes }) => (
          <div key={key}>
            <dt>
              <span className={`swatch ${key}`} aria-hidden="true" />
              {say.storage[key]}
            </dt>
            <dd>{size(bytes)}</dd>
          </div>
        ))}
      </dl>
      <Keeping persisted={storage.persisted} />
      {stored.length === 0 ? (
        <p className="facts">{say.storage.nothing}</p>
      ) : (
        <ul className="models" aria-label={say.storage.whole}>
          {[...whole, ...unfinished].map((card) => (
            <StoredRow key={card.id} card={card} />
          ))}
        </ul>
      )}
      <p className="facts">{say.storage.guide}</p>
    </>
  );
}

function StoredRow({ card }: { readonly card: ModelCard }): ReactNode {
  const { models } = useApp();
  const elsewhere = useStore(models.store, (s) => elsewhereOf(card, s.elsewhere) !== undefined);
  const arriving = useStore(models.store, (s) => s.imports.some((entry) => isImportOf(entry, card)));
  const { title, state, doneBytes } = card;
  return (
    <li className="model">
      <div className="model-head">
        <span className="stored-title">{title}</span>
        <div className="row">
          <span className="facts">{size(doneBytes)}</span>
          {state === 'ready' && <CheckButton card={card} />}
          {!elsewhere && !arriving && <DeleteButton card={card} />}
        </div>
      </div>
      {state === 'partial' && (
        <p className="facts">
          {elsewhere ? say.downloads.elsewhere : arriving ? say.downloads.arriving : say.downloads.unfinished}
        </p>
      )}
      <CheckState card={card} />
    </li>
  );
}

/** What is being written can't be deleted. */
function isImportOf({ source, progress }: ImportJob, { id }: ModelCard): boolean {
  return progress?.modelId === id || (source.kind === 'resume' && source.id === id);
}

/** The list below it has the same in words. */
function Bar({
  parts,
  whole,
}: {
  readonly parts: readonly { readonly key: string; readonly bytes: number }[];
  readonly whole: number;
}): ReactNode {
  return (
    <div className="storage-bar" aria-hidden="true">
      {parts.map(({ key, bytes }) => (
        <span key={key} className={key} style={{ flexBasis: `${(100 * bytes) / Math.max(1, whole)}%` }} />
      ))}
    </div>
  );
}

function Keeping({ persisted }: { readonly persisted: boolean }): ReactNode {
  const { device } = useApp();
  const [asked, setAsked] = useState(false);
  if (persisted) return <p className="facts">{say.storage.kept}</p>;
  return (
    <div className="keeping">
      <p className="facts" role="status">
        {say.storage.notKept} {asked && say.storage.refused}
      </p>
      <button type="button" onClick={() => void device.askToBeKept().then(() => setAsked(true))}>
        {say.storage.ask}
      </button>
    </div>
  );
}

function sum(cards: readonly ModelCard[]): number {
  return cards.reduce((bytes, { doneBytes }) => bytes + doneBytes, 0);
}

function useShellBytes(): number {
  const [bytes, setBytes] = useState(0);
  useEffect(() => {
    let here = true;
    void shellBytes().then((known) => here && setBytes(known));
    return () => {
      here = false;
    };
  }, []);
  return bytes;
}
