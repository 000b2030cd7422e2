/** What the page knows of models, and the store that holds it. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type {
  Failure,
  HubFile,
  ImportProgress,
  LoadedReport,
  LoadProgress,
  ModelCard,
} from '../protocol/api.ts';
import type { Offer } from './offer.ts';

export interface ImportJob {
  readonly job: string;
  /** What is known of it before the worker has read its first bytes. */
  readonly label: string;
  readonly progress: ImportProgress | null;
  readonly cancelling: boolean;
}

export interface LoadJob {
  readonly job: string;
  readonly id: string;
  readonly progress: LoadProgress | null;
}

export type HubListing =
  | { readonly phase: 'idle' }
  | { readonly phase: 'asking'; readonly repo: string }
  | { readonly phase: 'listed'; readonly repo: string; readonly files: readonly HubFile[] }
  | { readonly phase: 'failed'; readonly repo: string; readonly failure: Failure };

export interface ModelsFacts {
  /** null until the worker has said what is here. */
  readonly cards: readonly ModelCard[] | null;
  readonly imports: readonly ImportJob[];
  readonly loading: LoadJob | null;
  readonly loaded: LoadedReport | null;
  /** Loaded until the device was lost; offered again. */
  readonly lostModel: string | null;
  readonly hub: HubListing;
  /** Waiting for how precisely its weights shall be kept. */
  readonly offer: Offer | null;
}

export type ModelStore = StoreApi<ModelsFacts>;

export function createModelStore(): ModelStore {
  return createStore<ModelsFacts>(() => ({
    cards: null,
    imports: [],
    loading: null,
    loaded: null,
    lostModel: null,
    hub: { phase: 'idle' },
    offer: null,
  }));
}

export function titleIn({ cards }: ModelsFacts, id: string): string {
  return cards?.find((card) => card.id === id)?.title ?? '';
}
