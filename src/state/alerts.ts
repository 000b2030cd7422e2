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
}

export function createAlerts() {
  const store = createStore<{ readonly alerts: readonly Alert[] }>(() => ({ alerts: [] }));
  let nextId = 1;

  /** The same failure of the same thing is told once; what the user cancelled, not at all. */
  function raise(failure: Failure, about = '', notLoaded: string | null = null): void {
    if (failure.code === 'CANCELLED') return;
    const alert = { id: nextId++, failure, about, notLoaded };
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

  return { store, raise, dismiss, forgetNotLoaded };
}

export type Alerts = ReturnType<typeof createAlerts>;
