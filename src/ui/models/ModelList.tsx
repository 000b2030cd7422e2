/** Models on this device: arriving, unfinished, ready, loaded. */
import { useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { ModelCard } from '../../protocol/api.ts';
import type { ImportJob } from '../../state/modelFacts.ts';
import { useApp } from '../appContext.ts';
import { Confirm } from '../Dialog.tsx';
import { say } from '../say.ts';
import { percent, size, sizeOf, speed } from '../format.ts';
import { Progress } from './Progress.tsx';

export function ModelList(): ReactNode {
  const { models } = useApp();
  const cards = useStore(models.store, (s) => s.cards);
  const imports = useStore(models.store, (s) => s.imports);
  // A card that is arriving now is shown once, as its import.
  const resting = (cards ?? []).filter(
    (card) => !imports.some((entry) => entry.progress?.modelId === card.id),
  );
  return (
    <ul className="models">
      {imports.map((entry) => (
        <ImportRow key={entry.job} entry={entry} />
      ))}
      {resting.map((card) => (
        <ModelRow key={card.id} card={card} />
      ))}
    </ul>
  );
}

function ImportRow({ entry }: { readonly entry: ImportJob }): ReactNode {
  const { models } = useApp();
  const { progress, label, cancelling } = entry;
  const title = progress?.title ?? label;
  return (
    <li className="model">
      <div className="model-head">
        <strong>{title}</strong>
        <button
          type="button"
          disabled={cancelling}
          aria-label={say.models.cancelImport(title)}
          onClick={() => models.cancelImport(entry.job)}
        >
          {cancelling ? say.models.cancelling : say.models.cancel}
        </button>
      </div>
      <Progress
        label={say.models.progressOf(title)}
        done={progress?.doneBytes ?? 0}
        total={progress?.totalBytes ?? 0}
      />
      <p className="facts">{progress ? importFacts(progress) : say.models.starting}</p>
    </li>
  );
}

function importFacts({ doneBytes, totalBytes, speed: now }: NonNullable<ImportJob['progress']>): string {
  const facts = [sizeOf(doneBytes, totalBytes)];
  if (now > 0) facts.push(speed(now), say.models.left((totalBytes - doneBytes) / now));
  return facts.join(' · ');
}

function ModelRow({ card }: { readonly card: ModelCard }): ReactNode {
  const { models } = useApp();
  const loading = useStore(models.store, (s) => (s.loading?.id === card.id ? s.loading : null));
  const loaded = useStore(models.store, (s) => s.loaded?.modelId === card.id);
  const [asking, setAsking] = useState(false);
  return (
    <li className={loaded ? 'model loaded' : 'model'}>
      <div className="model-head">
        <strong>{card.title}</strong>
        <div className="row">
          <MainButton card={card} />
          {!loading && (
            <button
              type="button"
              className="quiet"
              aria-label={say.models.removeModel(card.title)}
              onClick={() => setAsking(true)}
            >
              {say.models.remove}
            </button>
          )}
        </div>
      </div>
      {card.state === 'partial' && (
        <Progress
          label={say.models.progressOf(card.title)}
          done={card.doneBytes}
          total={card.bytes}
          resting
        />
      )}
      {loading && (
        <Progress
          label={say.state.loading}
          done={loading.progress?.done ?? 0}
          total={loading.progress?.total ?? 0}
        />
      )}
      <p className="facts">{loading ? loadingFacts(loading.progress) : cardFacts(card)}</p>
      <p className="facts origin">{card.origin.replace(/^(file|hub):/, '')}</p>
      {card.state === 'partial' && !card.resumable && <p className="facts">{say.models.chooseAgain}</p>}
      {asking && (
        <Confirm
          title={say.models.confirmTitle(card.title)}
          body={say.models.confirmBody(card.state === 'partial' ? card.doneBytes : card.bytes)}
          confirm={say.models.remove}
          onConfirm={() => void models.remove(card.id)}
          onClose={() => setAsking(false)}
        />
      )}
    </li>
  );
}

function MainButton({ card }: { readonly card: ModelCard }): ReactNode {
  const { models, view } = useApp();
  const loading = useStore(models.store, (s) => s.loading?.id === card.id);
  const loaded = useStore(models.store, (s) => s.loaded?.modelId === card.id);
  if (loading) {
    return (
      <button type="button" onClick={models.cancelLoad}>
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
  if (card.state === 'ready') {
    const load = (): void => {
      view.close();
      void models.load(card.id);
    };
    return (
      <button type="button" className="strong" aria-label={say.models.loadModel(card.title)} onClick={load}>
        {say.models.load}
      </button>
    );
  }
  if (!card.resumable) return null;
  const resume = (): void => void models.importModel({ kind: 'resume', id: card.id });
  return (
    <button type="button" className="strong" aria-label={say.models.resumeModel(card.title)} onClick={resume}>
      {say.models.resume}
    </button>
  );
}

function loadingFacts(
  progress: { phase: keyof typeof say.state.phases; done: number; total: number } | null,
): string {
  if (!progress) return say.state.phases.device;
  return `${say.state.phases[progress.phase]} ${percent(progress.done, progress.total)}`.trim();
}

function cardFacts(card: ModelCard): string {
  if (card.state === 'damaged') return card.outdated === true ? say.models.outdated : say.models.damaged;
  const amount = card.state === 'partial' ? sizeOf(card.doneBytes, card.bytes) : size(card.bytes);
  return [amount, card.quantisation, card.family, say.models.context(card.contextLength), card.license]
    .filter((fact) => fact !== '')
    .join(' · ');
}
