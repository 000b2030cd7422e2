/** What this device is, and how much room it has. */
import { createStore } from 'zustand/vanilla';
import type { DeviceReport, Failure, StorageReport, WorkerApi } from '../protocol/api.ts';

export type DeviceState =
  | { readonly phase: 'asking' }
  | { readonly phase: 'ready'; readonly report: DeviceReport }
  | { readonly phase: 'absent'; readonly failure: Failure };

export interface DeviceFacts {
  readonly device: DeviceState;
  readonly storage: StorageReport | null;
}

export function createDevice(api: WorkerApi) {
  const store = createStore<DeviceFacts>(() => ({ device: { phase: 'asking' }, storage: null }));

  async function ask(): Promise<void> {
    const result = await api.device();
    store.setState({
      device: result.ok
        ? { phase: 'ready', report: result.value }
        : { phase: 'absent', failure: result.failure },
    });
  }

  /** Storage that can't be asked about is shown as unknown: it stops nothing. */
  async function measureStorage(): Promise<void> {
    const result = await api.storage();
    store.setState({ storage: result.ok ? result.value : null });
  }

  /** A window alone may ask; browsers grant it silently, ask the user, or refuse. */
  async function askToBeKept(): Promise<void> {
    await navigator.storage?.persist?.();
    await measureStorage();
  }

  return { store, ask, measureStorage, askToBeKept };
}

export type Device = ReturnType<typeof createDevice>;
