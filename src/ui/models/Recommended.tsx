/** For the first screen: the best model that fits this device, and one button to get it. */
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { downloadTime } from '../../state/fit.ts';
import {
  cardOfCatalogue,
  catalogueElsewhere,
  networkSpeed,
  type CatalogueModel,
} from '../../state/models.ts';
import { useApp } from '../appContext.ts';
import { percent, size } from '../format.ts';
import { say } from '../say.ts';
import { MainButton } from './MainButton.tsx';
import { useFit } from './useFit.ts';

export function Recommended(): ReactNode {
  const { models, device } = useApp();
  useFit();
  useStore(device.store, (s) => s.storage);
  const known = useStore(models.store, (s) => s.cards !== null);
  const model = models.recommended();
  if (!known || !model) return null;
  return (
    <section className="recommended" aria-label={say.recommended.label}>
      <Body model={model} />
    </section>
  );
}

function Body({ model }: { readonly model: CatalogueModel }): ReactNode {
  const { models } = useApp();
  const card = useStore(models.store, (s) => cardOfCatalogue(s, model));
  const job = useStore(models.store, (s) => s.imports.find(({ source }) => models.isOf(source, model)));
  const there = useStore(models.store, (s) => catalogueElsewhere(s, model));
  const guessed = useFit()(model).memory?.from === 'guessed';
  const { title } = model;
  if (there) {
    const share = there.waits ? '' : percent(there.doneBytes, there.totalBytes);
    return (
      <p className="facts" role="status">
        {say.recommended.elsewhere(title, share)}
      </p>
    );
  }
  if (job) {
    const { phase, progress } = job;
    const share = progress ? percent(progress.doneBytes, progress.totalBytes) : '';
    return (
      <p className="facts" role="status">
        {phase === 'waiting' ? say.recommended.waiting(title) : say.recommended.arriving(title, share)}
      </p>
    );
  }
  if (card?.state === 'ready')
    return (
      <>
        <p className="facts">{say.recommended.ready(title)}</p>
        <MainButton card={card} />
      </>
    );
  const begun = card?.state === 'partial';
  return (
    <>
      <p className="facts">
        {guessed ? say.recommended.should(title, factsOf(model)) : say.recommended.can(title, factsOf(model))}
      </p>
      <button type="button" onClick={() => models.addFromCatalogue(model)}>
        {begun ? say.downloads.resumeOf(title) : say.recommended.get(title)}
      </button>
    </>
  );
}

function factsOf({ downloadBytes, exact, license }: CatalogueModel): string {
  const amount = exact ? size(downloadBytes) : say.catalogue.roughly(size(downloadBytes));
  const time = downloadTime(downloadBytes, networkSpeed());
  const facts = [amount, license];
  if (time)
    facts.push(time.atMost ? say.recommended.timeAtMost(time.seconds) : say.recommended.time(time.seconds));
  return say.recommended.list(facts);
}
