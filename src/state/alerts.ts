/** Failures the page is telling of, newest last; words are the ui's. */
import { createStore } from 'zustand/vanilla';
import type { Failure } from '../protocol/api.ts';

export interface Alert {
  readonly id: number;
  readonly failure: Failure;
  /** The model it happened to; '' where it happened to none. */
  readonly about: string;
  /** Id of the model that could not be loaded, where it is that: another answers in its place. */
  readonly notLoaded: string | null;
  /** Id of the conversation whose answer it ended. */
  readonly conversation: string | null;
}

type Cause = Partial<Pick<Alert, 'notLoaded' | 'conversation'>>;

export function createAlerts() {
  const store = createStore<{ readonly alerts: readonly Alert[] }>(() => ({ alerts: [] }));
  let nextId = 1;

  /** The same failure of the same thing is told once; what the user cancelled, not at all. */
  function raise(failure: Failure, about = '', { notLoaded = null, conversation = null }: Cause = {}): void {
    if (failure.code === 'CANCELLED') return;
    const alert = { id: nextId++, failure, about, notLoaded, conversation };
    store.setState(({ alerts }) => ({
      alerts: [...alerts.filter((a) => a.failure.code !== failure.code || a.about !== about), alert],
    }));
  }

  function dismiss(id: number): void {
    store.setState(({ alerts }) => ({ alerts: alerts.filter((alert) => alert.id !== id) }));
  }

  /** It is being tried again. */
  function forgetNotLoaded(model: string): void {
    store.setState(({ alerts }) => ({ alerts: alerts.filter(({ notLoaded }) => notLoaded !== model) }));
  }

  /** Another question is asked, or another conversation opened. A device or a page that is lost stays lost. */
  function forgetAnswers(open: string | null = null): void {
    store.setState(({ alerts }) => ({
      alerts: alerts.filter(
        ({ conversation, failure: { code } }) =>
          conversation === null || conversation === open || code === 'DEVICE_LOST' || code === 'INTERNAL',
      ),
    }));
  }

  return { store, raise, dismiss, forgetNotLoaded, forgetAnswers };
}

export type Alerts = ReturnType<typeof createAlerts>;
