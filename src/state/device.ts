/** What this device is, and how much room it has. */
import { createStore as createPlace, set } from 'idb-keyval';
import { createStore } from 'zustand/vanilla';
import type { DeviceReport, Failure, StorageReport, WorkerApi } from '../protocol/api.ts';
import { open } from './savedPlace.ts';

export type DeviceState =
  | { readonly phase: 'asking' }
  | { readonly phase: 'ready'; readonly report: DeviceReport }
  | { readonly phase: 'absent'; readonly failure: Failure };

/** What a person should know of this place before they rely on it; told once. */
export type Caution = 'storage' | 'phone';

export interface DeviceFacts {
  readonly device: DeviceState;
  readonly storage: StorageReport | null;
  /** 'blocked' where nothing can be kept, 'tight' where hardly a model can. */
  readonly storageTrouble: 'blocked' | 'tight' | null;
  /** Cautions the user has read. */
  readonly understood: readonly Caution[];
}

/** The smallest models worth having take more. */
const TIGHT_BYTES = 500e6;

export function createDevice(api: WorkerApi) {
  const store = createStore<DeviceFacts>(() => ({
    device: { phase: 'asking' },
    storage: null,
    storageTrouble: null,
    understood: readUnderstood(),
  }));

  async function ask(): Promise<void> {
    store.setState({ device: { phase: 'asking' } });
    const [result] = await Promise.all([api.device(), tryStorage()]);
    store.setState({
      device: result.ok
        ? { phase: 'ready', report: result.value }
        : { phase: 'absent', failure: result.failure },
    });
  }

  /** Private windows say in different ways that nothing is kept; a write that fails is common to all. */
  async function tryStorage(): Promise<void> {
    const [{ phase }, writes] = await Promise.all([open(), probe()]);
    if (phase === 'absent' || !writes) store.setState({ storageTrouble: 'blocked' });
  }

  /** Storage that can't be asked about is shown as unknown: it stops nothing. */
  async function measureStorage(): Promise<void> {
    const result = await api.storage();
    const storage = result.ok ? result.value : null;
    const tight = storage !== null && storage.quotaBytes > 0 && storage.quotaBytes < TIGHT_BYTES;
    store.setState(({ storageTrouble }) => ({
      storage,
      storageTrouble: storageTrouble === 'blocked' ? 'blocked' : tight ? 'tight' : null,
    }));
  }

  /** A window alone may ask; browsers grant it silently, ask the user, or refuse. */
  async function askToBeKept(): Promise<void> {
    await navigator.storage?.persist?.();
    await measureStorage();
  }

  function understand(caution: Caution): void {
    const understood = [...store.getState().understood, caution];
    store.setState({ understood });
    keepUnderstood(understood);
  }

  return { store, ask, measureStorage, askToBeKept, understand };
}

export type Device = ReturnType<typeof createDevice>;

/** Whether something can be written. */
async function probe(): Promise<boolean> {
  try {
    await set('probe', 1, createPlace('shoal-probe', 'probe'));
    return true;
  } catch {
    return false;
  }
}

/** In localStorage: it is read before the first frame, and where IndexedDB is closed this may be, too. */
const UNDERSTOOD = 'shoal-understood';

function readUnderstood(): readonly Caution[] {
  try {
    const kept = localStorage.getItem(UNDERSTOOD)?.split(' ') ?? [];
    return (['storage', 'phone'] as const).filter((caution) => kept.includes(caution));
  } catch {
    return [];
  }
}

function keepUnderstood(understood: readonly Caution[]): void {
  try {
    localStorage.setItem(UNDERSTOOD, understood.join(' '));
  } catch {
    // Then it is told on the next visit again.
  }
}
