/** All about models: what is here and arriving, what is worth having, adding one's own, what they take. */
import { useEffect, useId, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { ModelsFacts } from '../../state/modelFacts.ts';
import { Alerts } from '../Alerts.tsx';
import { useApp } from '../appContext.ts';
import { Dialog } from '../Dialog.tsx';
import { say } from '../say.ts';
import { AddModel } from './AddModel.tsx';
import { Catalogue } from './Catalogue.tsx';
import { ModelList } from './ModelList.tsx';
import { StorageView } from './StorageView.tsx';

const TABS = ['yours', 'catalogue', 'add', 'storage'] as const;
type Tab = (typeof TABS)[number];

const VIEWS: Readonly<Record<Tab, () => ReactNode>> = {
  yours: ModelList,
  catalogue: Catalogue,
  add: AddModel,
  storage: StorageView,
};

export function ModelsDialog(): ReactNode {
  const { view, models } = useApp();
  const id = useId();
  const known = useStore(models.store, (s) => s.cards !== null);
  const [chosen, setTab] = useState<Tab | null>(null);
  // A tab without the GPU asks for its models only now; once they are known, the view stays.
  if (known && chosen === null) setTab(firstTab(models.store.getState()));
  const tab = chosen ?? 'yours';
  const View = VIEWS[tab];
  // Another tab may have fetched or deleted some.
  useEffect(() => void models.refresh(), [models]);
  // Files dropped on another view are seen arriving; the one for adding them tells of it.
  useEffect(
    () =>
      models.store.subscribe(({ imports }, before) => {
        const jobs = new Set(before.imports.map(({ job }) => job));
        const given = imports.some(({ job, source }) => source.kind === 'file' && !jobs.has(job));
        if (given) setTab((now) => (now === 'add' ? now : 'yours'));
      }),
    [models],
  );
  // On a narrow screen the tabs scroll.
  useEffect(() => {
    document.getElementById(`${id}-${tab}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [id, tab]);
  return (
    <Dialog title={say.models.title} kind="window" onClose={view.close}>
      <Alerts />
      <TabList id={id} tab={tab} onChange={setTab} />
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${tab}`} className="tab-panel">
        <View />
      </div>
    </Dialog>
  );
}

/** Where nothing but the guide is here, the catalogue is what one came for. */
function firstTab({ cards, imports, halted, elsewhere }: ModelsFacts): Tab {
  const own = (cards ?? []).some(({ builtIn }) => builtIn !== true);
  return own || [imports, halted, elsewhere].some(({ length }) => length > 0) ? 'yours' : 'catalogue';
}

interface TabListProps {
  readonly id: string;
  readonly tab: Tab;
  readonly onChange: (tab: Tab) => void;
}

/** Arrow keys go from one to the next, Home and End to the first and the last, as in every list of tabs. */
function TabList({ id, tab, onChange }: TabListProps): ReactNode {
  const { models } = useApp();
  const busy = useStore(models.store, (s) => s.imports.length);
  function onKeyDown(event: KeyboardEvent<HTMLDivElement>): void {
    const at = TABS.indexOf(tab);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = TABS.at(to % TABS.length) ?? tab;
    onChange(next);
    document.getElementById(`${id}-${next}`)?.focus();
  }
  return (
    <div role="tablist" aria-label={say.models.tabs.label} className="tabs" onKeyDown={onKeyDown}>
      {TABS.map((one) => (
        <button
          key={one}
          type="button"
          role="tab"
          id={`${id}-${one}`}
          aria-selected={one === tab}
          aria-controls={`${id}-panel`}
          tabIndex={one === tab ? 0 : -1}
          className="quiet tab"
          onClick={() => onChange(one)}
        >
          {say.models.tabs[one]}
          {one === 'yours' && busy > 0 && <span className="facts"> ↓ {busy}</span>}
        </button>
      ))}
    </div>
  );
}
