/** Models on this device: arriving, unfinished, ready, loaded. */
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { ModelCard } from '../../protocol/api.ts';
import { useApp } from '../appContext.ts';
import { percent, size } from '../format.ts';
import { cardTitle } from '../modelTitle.ts';
import { say } from '../say.ts';
import { CheckButton, CheckState, DeleteButton } from './CardActions.tsx';
import { Downloads } from './Downloads.tsx';
import { FitLine } from './FitLine.tsx';
import { MainButton } from './MainButton.tsx';
import { Progress } from './Progress.tsx';

export function ModelList(): ReactNode {
  const { models } = useApp();
  const cards = useStore(models.store, (s) => s.cards);
  const imports = useStore(models.store, (s) => s.imports);
  // One that has just arrived is still among the downloads for a moment.
  const elsewhere = useStore(models.store, (s) => s.elsewhere);
  const arriving = new Set([
    ...imports.map(({ progress }) => progress?.modelId),
    ...elsewhere.map(({ modelId }) => modelId),
  ]);
  const whole = (cards ?? []).filter(({ id, state }) => state !== 'partial' && !arriving.has(id));
  return (
    <ul className="models">
      <Downloads />
      {whole.map((card) => (
        <ModelRow key={card.id} card={card} />
      ))}
    </ul>
  );
}

function ModelRow({ card }: { readonly card: ModelCard }): ReactNode {
  const { models } = useApp();
  const loading = useStore(models.store, (s) => (s.loading?.id === card.id ? s.loading : null));
  const loaded = useStore(models.store, (s) => s.loaded?.modelId === card.id);
  const { builtIn = false, state, origin } = card;
  const title = cardTitle(card);
  return (
    <li className={loaded ? 'model loaded' : 'model'}>
      <div className="model-head">
        <strong>{title}</strong>
        <div className="row">
          <MainButton card={card} />
          {!loading && !builtIn && (
            <>
              {state === 'ready' && <CheckButton card={card} />}
              <DeleteButton card={card} />
            </>
          )}
        </div>
      </div>
      {loading && (
        <Progress
          label={say.state.loading}
          done={loading.progress?.done ?? 0}
          total={loading.progress?.total ?? 0}
        />
      )}
      <p className="facts">{loading ? loadingFacts(loading.progress) : cardFacts(card)}</p>
      {builtIn ? (
        <p className="facts">{say.models.builtIn}</p>
      ) : (
        <p className="facts origin">{origin.replace(/^(file|hub):/, '')}</p>
      )}
      {state === 'ready' && !loaded && !builtIn && <FitLine sizes={{ ...card, storedBytes: card.bytes }} />}
      <CheckState card={card} />
    </li>
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
  const { bytes, quantisation, family, contextLength, experts, license } = card;
  return [
    size(bytes),
    quantisation,
    family,
    say.models.context(contextLength),
    experts ? say.models.experts(experts.experts, experts.topK) : '',
    license,
  ]
    .filter((fact) => fact !== '')
    .join(' · ');
}
