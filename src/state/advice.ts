/** What fits this device, and the best that does. */
import { CATALOGUE, RECOMMENDED, type CatalogueModel } from '../models/catalogue.ts';
import type { Device } from './device.ts';
import { fitOf, gpuMemory, roomFor, type Fit, type GpuMemory, type Sizes } from './fit.ts';
import type { ModelStore } from './modelFacts.ts';
import { modelsSaved } from './modelsSaved.ts';
import type { SettingsRoom } from './settings.ts';

/** A program that imitates a graphics processor takes minutes for an answer of a larger one. */
const SLOW_ACTIVE = 0.5e9;

interface Neighbours {
  readonly store: ModelStore;
  readonly device: Device;
  readonly settings: SettingsRoom;
}

export function createAdvice({ store, device, settings }: Neighbours) {
  /** What the user says the GPU has, in GB; null where it is not known. */
  function stateGpu(gpuGb: number | null): void {
    store.setState({ gpuGb });
    void modelsSaved.keepGpuGb(gpuGb);
  }

  /** null without a graphics processor, or while it is not known. */
  function memory(): GpuMemory | null {
    const { device: state } = device.store.getState();
    if (state.phase !== 'ready') return null;
    return gpuMemory(state.report, store.getState().gpuGb, hints().deviceMemory ?? null);
  }

  /** With the context of the settings. */
  function fit(sizes: Sizes): Fit {
    return fitOf(sizes, settings.store.getState().contextLength, memory());
  }

  /** The best of the catalogue that fits this device and its storage; null where none does. */
  function recommended(): CatalogueModel | null {
    const { device: state, storage } = device.store.getState();
    const software = state.phase === 'ready' && state.report.software;
    for (const id of RECOMMENDED) {
      const model = CATALOGUE.find((other) => other.id === id);
      if (!model || (software && model.active > SLOW_ACTIVE)) continue;
      if (fit(model).verdict === 'fits' && roomFor(model.storedBytes, storage) !== false) return model;
    }
    return null;
  }

  return { stateGpu, fit, recommended };
}

/** What some browsers tell and the types don't know. */
interface Hints {
  readonly deviceMemory?: number;
  readonly connection?: { readonly downlink?: number };
}

function hints(): Hints {
  return (globalThis.navigator ?? {}) as Hints;
}

/** Megabits a second; null where the browser does not tell. */
export function networkSpeed(): number | null {
  return hints().connection?.downlink ?? null;
}
