/** What the browser offers for this page: a newer version, and installing it. */
import { createStore } from 'zustand/vanilla';

export interface InstallFacts {
  /** Switches to the version that waits; null while there is none. */
  readonly update: (() => void) | null;
  /** Opens the browser's own dialog; null where it has not offered one. */
  readonly install: (() => void) | null;
}

export function createInstall() {
  return createStore<InstallFacts>(() => ({ update: null, install: null }));
}
