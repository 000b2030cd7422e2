import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Alert } from '../state/alerts.ts';
import { useApp } from './appContext.ts';
import { leaveByKey } from './chat/focus.ts';
import { DeviceWayOut } from './device/WayOut.tsx';
import { say } from './say.ts';
import { CloseIcon } from './icons.tsx';
import { modelTitle } from './modelTitle.ts';
import { useWho } from './useWho.ts';
import { isOfPage, together, wordsFor } from './words.ts';

/** Shown inside whichever panel is open, since a modal dialog hides what is behind it. */
export function Alerts(): ReactNode {
  const { alerts } = useApp();
  const list = useStore(alerts.store, (s) => s.alerts);
  if (list.length === 0) return null;
  return (
    <section className="alerts" aria-label={say.alerts.region}>
      {list.map((alert) => (
        <AlertBox key={alert.id} alert={alert} />
      ))}
    </section>
  );
}

function AlertBox({ alert }: { readonly alert: Alert }): ReactNode {
  const { alerts } = useApp();
  const { failure, about } = alert;
  const words = wordsFor(failure, about);
  return (
    <div role="alert" aria-atomic="false" className="alert">
      <div className="alert-head">
        <strong>{words.title}</strong>
        <button
          type="button"
          className="quiet round"
          aria-label={say.alerts.dismiss}
          onClick={({ currentTarget, detail }) => {
            leaveByKey(currentTarget, detail);
            alerts.dismiss(alert.id);
          }}
        >
          <CloseIcon />
        </button>
      </div>
      <p>{together(words.happened, words.safe, words.todo)}</p>
      {alert.notLoaded !== null && <Instead />}
      <WayOut alert={alert} />
      <details>
        <summary>{say.alerts.detail}</summary>
        <code>
          {failure.code}: {failure.message}
        </code>
      </details>
    </div>
  );
}

/** Of a model that could not be loaded: which one takes its place. */
function Instead(): ReactNode {
  const { models } = useApp();
  const { loading, loaded } = useStore(models.store);
  const id = loading?.id ?? loaded?.modelId;
  const elsewhere = useWho() === 'elsewhere';
  if (elsewhere) return null;
  if (id === undefined) return <p>{say.alerts.nobody}</p>;
  const title = modelTitle(models.titleOf(id));
  return <p>{loading ? say.alerts.coming(title) : say.alerts.now(title)}</p>;
}

/** What may help, where something may. */
function WayOut({ alert }: { readonly alert: Alert }): ReactNode {
  const { alerts, models } = useApp();
  const lostModel = useStore(models.store, (s) => s.lostModel);
  if (alert.failure.code === 'DEVICE_LOST' && lostModel) {
    const loadAgain = (): void => {
      alerts.dismiss(alert.id);
      void models.load(lostModel);
    };
    return (
      <button type="button" onClick={loadAgain}>
        {say.alerts.loadAgain}
      </button>
    );
  }
  if (alert.failure.code === 'INTERNAL' || isOfPage(alert.failure, alert.about)) {
    return (
      <button type="button" onClick={() => location.reload()}>
        {say.alerts.reload}
      </button>
    );
  }
  return <DeviceWayOut alert={alert} />;
}
