/** What is on its way here: arriving, waiting, paused, stopped, unfinished since another visit. */
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { ImportProgress, ModelCard } from '../../protocol/api.ts';
import type { DownloadElsewhere } from '../../state/elsewhere.ts';
import type { Halted, ImportJob } from '../../state/modelFacts.ts';
import { elsewhereOf, partialOf } from '../../state/models.ts';
import { useApp } from '../appContext.ts';
import { sizeOf, speed } from '../format.ts';
import { say } from '../say.ts';
import { together, wordsFor } from '../words.ts';
import { DeleteButton } from './CardActions.tsx';
import { Progress } from './Progress.tsx';

export function Downloads(): ReactNode {
  const { models } = useApp();
  const imports = useStore(models.store, (s) => s.imports);
  const halted = useStore(models.store, (s) => s.halted);
  const elsewhere = useStore(models.store, (s) => s.elsewhere);
  const cards = useStore(models.store, (s) => s.cards);
  const resting = halted.filter((entry) => {
    const card = partialOf(entry, cards);
    return !card || !elsewhereOf(card, elsewhere);
  });
  // A card that is arriving now, or was stopped in this visit, is shown once.
  const shown = new Set([
    ...imports.map(({ progress, source }) => (source.kind === 'resume' ? source.id : progress?.modelId)),
    ...resting.map((entry) => partialOf(entry, cards)?.id),
  ]);
  const unfinished = (cards ?? []).filter(
    (card) => card.state === 'partial' && !shown.has(card.id) && !elsewhereOf(card, elsewhere),
  );
  return (
    <>
      {imports.map((entry) => (
        <ArrivingRow key={entry.job} entry={entry} />
      ))}
      {elsewhere.map((entry) => (
        <ElsewhereRow key={entry.job} entry={entry} />
      ))}
      {resting.map((entry) => (
        <HaltedRow key={entry.job} entry={entry} card={partialOf(entry, cards)} />
      ))}
      {unfinished.map((card) => (
        <UnfinishedRow key={card.id} card={card} />
      ))}
    </>
  );
}

function ArrivingRow({ entry }: { readonly entry: ImportJob }): ReactNode {
  const { models } = useApp();
  const online = useStore(models.store, (s) => s.online);
  const { job, progress, label, phase, source } = entry;
  const title = progress?.title ?? label;
  const waits = online || source.kind === 'file' ? say.downloads.waiting : say.downloads.waitingForNetwork;
  return (
    <li className="model">
      <div className="model-head">
        <strong>{title}</strong>
        <div className="row">
          <button
            type="button"
            disabled={phase === 'pausing' || phase === 'leaving'}
            aria-label={say.downloads.pauseOf(title)}
            onClick={() => models.pause(job)}
          >
            {phase === 'pausing' ? say.downloads.pausing : say.downloads.pause}
          </button>
          {phase === 'waiting' && <ForgetButton job={job} title={title} />}
        </div>
      </div>
      {phase === 'waiting' ? (
        <p className="facts">{waits}</p>
      ) : (
        <>
          <Progress
            label={say.downloads.progressOf(title)}
            done={progress?.doneBytes ?? 0}
            total={progress?.totalBytes ?? 0}
          />
          <p className="facts">{progress ? progressFacts(progress) : say.downloads.starting}</p>
        </>
      )}
    </li>
  );
}

/** Nothing can be done with it from here. */
function ElsewhereRow({ entry }: { readonly entry: DownloadElsewhere }): ReactNode {
  const { title, origin, waits, doneBytes, totalBytes } = entry;
  const known = totalBytes > 0;
  return (
    <li className="model">
      <div className="model-head">
        <strong>{title}</strong>
      </div>
      {(known || !waits) && (
        <Progress
          label={say.downloads.progressOf(title)}
          done={doneBytes}
          total={totalBytes}
          resting={waits}
        />
      )}
      <p className="facts">
        {known && `${sizeOf(doneBytes, totalBytes)} · `}
        {together(
          waits ? say.downloads.elsewhereWaits : say.downloads.elsewhere,
          origin === null ? '' : say.downloads.elsewhereClosed,
        )}
      </p>
    </li>
  );
}

function progressFacts({ doneBytes, totalBytes, speed: now }: ImportProgress): string {
  const facts = [sizeOf(doneBytes, totalBytes)];
  if (now > 0) facts.push(speed(now), say.downloads.left((totalBytes - doneBytes) / now));
  return facts.join(' · ');
}

function HaltedRow({
  entry,
  card,
}: {
  readonly entry: Halted;
  readonly card: ModelCard | undefined;
}): ReactNode {
  const { models } = useApp();
  const online = useStore(models.store, (s) => s.online);
  const { job, label, progress, failure, source } = entry;
  const title = card?.title ?? progress?.title ?? label;
  const [done, total] = card ? [card.doneBytes, card.bytes] : [0, 0];
  const byItself = failure?.code === 'NETWORK' && !online && source.kind !== 'file';
  return (
    <li className="model">
      <div className="model-head">
        <strong>{title}</strong>
        <div className="row">
          <button
            type="button"
            className="strong"
            aria-label={failure ? say.downloads.retryOf(title) : say.downloads.resumeOf(title)}
            onClick={() => models.goOn(job)}
          >
            {failure ? say.downloads.retry : say.downloads.resume}
          </button>
          {card ? <DeleteButton card={card} /> : <ForgetButton job={job} title={title} />}
        </div>
      </div>
      {total > 0 && <Progress label={say.downloads.progressOf(title)} done={done} total={total} resting />}
      <p className="facts">
        {total > 0 && `${sizeOf(done, total)} · `}
        {failure
          ? say.downloads.stopped(wordsFor(failure, title).title)
          : total > 0
            ? say.downloads.paused
            : say.downloads.pausedBefore}
        {byItself && ` ${say.downloads.byItself}`}
      </p>
    </li>
  );
}

function UnfinishedRow({ card }: { readonly card: ModelCard }): ReactNode {
  const { models } = useApp();
  const { id, title, doneBytes, bytes, resumable } = card;
  return (
    <li className="model">
      <div className="model-head">
        <strong>{title}</strong>
        <div className="row">
          {resumable && (
            <button
              type="button"
              className="strong"
              aria-label={say.downloads.resumeOf(title)}
              onClick={() => void models.importModel({ kind: 'resume', id })}
            >
              {say.downloads.resume}
            </button>
          )}
          <DeleteButton card={card} />
        </div>
      </div>
      <Progress label={say.downloads.progressOf(title)} done={doneBytes} total={bytes} resting />
      <p className="facts">
        {sizeOf(doneBytes, bytes)} · {resumable ? say.downloads.unfinished : say.downloads.chooseAgain}
      </p>
    </li>
  );
}

function ForgetButton({ job, title }: { readonly job: string; readonly title: string }): ReactNode {
  const { models } = useApp();
  return (
    <button
      type="button"
      className="quiet"
      aria-label={say.downloads.forgetOf(title)}
      onClick={() => models.forget(job)}
    >
      {say.downloads.forget}
    </button>
  );
}
