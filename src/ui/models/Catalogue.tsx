/** Models worth having: what each is good for, what it takes, and whether it fits. */
import { useId, useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Verdict } from '../../state/fit.ts';
import { CATALOGUE, cardOfCatalogue, catalogueElsewhere, type CatalogueModel } from '../../state/models.ts';
import { useApp } from '../appContext.ts';
import { percent, rate, size } from '../format.ts';
import { say } from '../say.ts';
import { FitLine } from './FitLine.tsx';
import { GpuMemory } from './GpuMemory.tsx';
import { MainButton } from './MainButton.tsx';
import { useFit } from './useFit.ts';

const KINDS = ['all', 'experts', 'dense'] as const;
const ORDERS = ['fit', 'large', 'small'] as const;
/** From what fits to what does not. */
const VERDICTS: readonly Verdict[] = ['fits', 'tight', 'unsure', 'not', 'none'];
type Kind = (typeof KINDS)[number];
type Order = (typeof ORDERS)[number];

export function Catalogue(): ReactNode {
  const { models, device } = useApp();
  // As it stays in a tab without the GPU.
  const unknown = useStore(device.store, (s) => s.device.phase === 'asking');
  const fit = useFit();
  const [onlyFits, setOnlyFits] = useState(false);
  const [kind, setKind] = useState<Kind>('all');
  const [order, setOrder] = useState<Order>('fit');
  const shown = CATALOGUE.filter(
    (model) =>
      (kind === 'all' || (kind === 'experts') === (model.experts !== null)) &&
      (!onlyFits || unknown || ['fits', 'tight'].includes(fit(model).verdict)),
  ).toSorted(inOrder(order, (model) => VERDICTS.indexOf(fit(model).verdict)));
  const recommended = models.recommended();
  return (
    <>
      <p className="facts">{say.catalogue.about}</p>
      <GpuMemory />
      <div className="filters">
        <label className="check">
          <input
            type="checkbox"
            checked={onlyFits && !unknown}
            disabled={unknown}
            onChange={({ currentTarget }) => setOnlyFits(currentTarget.checked)}
          />
          {say.catalogue.onlyFits}
        </label>
        <Choice
          label={say.catalogue.kind}
          words={say.catalogue.kinds}
          values={KINDS}
          value={kind}
          onChange={setKind}
        />
        <Choice
          label={say.catalogue.order}
          words={say.catalogue.orders}
          values={ORDERS}
          value={order}
          onChange={setOrder}
        />
      </div>
      {shown.length === 0 ? (
        <p className="facts" role="status">
          {say.catalogue.nothing}
        </p>
      ) : (
        <ul className="models" aria-label={say.catalogue.list}>
          {shown.map((model) => (
            <Entry key={model.id} model={model} recommended={model === recommended} />
          ))}
        </ul>
      )}
    </>
  );
}

/** Of what fits the largest is the best; of what does not, the smallest comes closest. */
function inOrder(
  order: Order,
  rank: (model: CatalogueModel) => number,
): (a: CatalogueModel, b: CatalogueModel) => number {
  return (a, b) => {
    const larger = b.storedBytes - a.storedBytes;
    if (order !== 'fit') return order === 'large' ? larger : -larger;
    const byFit = rank(a) - rank(b);
    return byFit === 0 ? (rank(a) <= 1 ? larger : -larger) : byFit;
  };
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly words: Readonly<Record<T, string>>;
  readonly values: readonly T[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}

function Choice<T extends string>({ label, words, values, value, onChange }: ChoiceProps<T>): ReactNode {
  const id = useId();
  return (
    <span className="row">
      <label htmlFor={id} className="facts">
        {label}
      </label>
      <select
        id={id}
        value={value}
        onChange={({ currentTarget }) => {
          const chosen = values.find((one) => one === currentTarget.value);
          if (chosen !== undefined) onChange(chosen);
        }}
      >
        {values.map((one) => (
          <option key={one} value={one}>
            {words[one]}
          </option>
        ))}
      </select>
    </span>
  );
}

interface EntryProps {
  readonly model: CatalogueModel;
  readonly recommended: boolean;
}

function Entry({ model, recommended }: EntryProps): ReactNode {
  const { id, title, repo } = model;
  return (
    <li className="model">
      {recommended && <p className="facts recommendation">{say.catalogue.recommended}</p>}
      <div className="model-head">
        <strong>{title}</strong>
        <div className="row">
          <EntryAction model={model} />
        </div>
      </div>
      <p>{say.catalogue.good[id]}</p>
      <p className="facts">{entryFacts(model)}</p>
      <FitLine sizes={model} toStore />
      <p className="facts origin">{say.catalogue.source(repo)}</p>
    </li>
  );
}

function EntryAction({ model }: { readonly model: CatalogueModel }): ReactNode {
  const { models } = useApp();
  const card = useStore(models.store, (s) => cardOfCatalogue(s, model));
  const job = useStore(models.store, (s) => s.imports.find(({ source }) => models.isOf(source, model)));
  const there = useStore(models.store, (s) => catalogueElsewhere(s, model));
  const fits = useFit()(model).verdict;
  if (there)
    return (
      <span className="facts" role="status">
        {say.catalogue.elsewhere(there.waits ? '' : percent(there.doneBytes, there.totalBytes))}
      </span>
    );
  if (job) {
    const { progress, phase } = job;
    return (
      <span className="facts" role="status">
        {phase === 'waiting'
          ? say.catalogue.waiting
          : say.catalogue.arriving(progress ? percent(progress.doneBytes, progress.totalBytes) : '')}
      </span>
    );
  }
  if (card?.state === 'ready')
    return (
      <>
        <span className="facts">{say.catalogue.here}</span>
        <MainButton card={card} />
      </>
    );
  const begun = card?.state === 'partial';
  return (
    <button
      type="button"
      className={fits === 'fits' ? 'strong' : ''}
      aria-label={begun ? say.downloads.resumeOf(model.title) : say.add.downloadFile(model.title)}
      onClick={() => models.addFromCatalogue(model)}
    >
      {begun ? say.downloads.resume : say.add.download}
    </button>
  );
}

function entryFacts(model: CatalogueModel): string {
  const { publisher, license, parameters, active, contextLength, downloadBytes, exact, storedBytes } = model;
  const download = exact ? size(downloadBytes) : say.catalogue.roughly(size(downloadBytes));
  return [
    say.catalogue.download(download),
    say.catalogue.stored(size(storedBytes)),
    say.catalogue.parameters(amount(parameters), amount(active)),
    model.quantisation,
    say.models.context(contextLength),
    model.experts ? say.models.experts(model.experts.experts, model.experts.topK) : '',
    license,
    say.catalogue.from(publisher),
  ]
    .filter((fact) => fact !== '')
    .join(' · ');
}

/** Parameters as their publishers count them: 30.5 B, 360 M. */
function amount(parameters: number): string {
  return parameters >= 1e9
    ? say.catalogue.billions(rate(parameters / 1e9))
    : say.catalogue.millions(rate(parameters / 1e6));
}
