/** What the page knows of models, and the store that holds it. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { GUIDE_TITLE } from '../base/guide.ts';
import {
  GUIDE_ID,
  type Failure,
  type HubFile,
  type ImportProgress,
  type LoadedReport,
  type LoadProgress,
  type ModelCard,
  type ModelSource,
  type VerifyReport,
  type WeightsMode,
} from '../protocol/api.ts';
import type { DownloadElsewhere } from './elsewhere.ts';
import type { Offer } from './offer.ts';

/** What was asked for, before and after the worker works on it. */
interface Wanted {
  readonly job: string;
  /** What is known of it before the worker has read its first bytes. */
  readonly label: string;
  readonly source: ModelSource;
  readonly weights: WeightsMode;
}

/** Arriving now, or waiting for those before it: one arrives at a time, the first of the list. */
export interface ImportJob extends Wanted {
  /** 'leaving' for the tab that gets the GPU, which goes on with it. */
  readonly phase: 'waiting' | 'running' | 'pausing' | 'leaving';
  readonly progress: ImportProgress | null;
  /** Of an earlier visit, and not asked for in this one. */
  readonly byItself: boolean;
}

/** Paused by the user (then without a failure), or stopped by what went wrong; it may go on. */
export interface Halted extends Wanted {
  readonly progress: ImportProgress | null;
  readonly failure: Failure | null;
}

export interface LoadJob {
  readonly job: string;
  readonly id: string;
  readonly progress: LoadProgress | null;
}

/** Every record of a stored model against its hash. */
export type Check =
  | { readonly phase: 'running'; readonly job: string; readonly done: number; readonly total: number }
  | { readonly phase: 'done'; readonly report: VerifyReport };

/** The address of a file, as it is typed. */
export interface AddressFacts {
  readonly text: string;
  /** What it meant when it was asked for; null where it was typed anew, or a file was found there. */
  readonly asked: string | null;
  readonly failure: Failure | null;
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
  readonly halted: readonly Halted[];
  /** Other tabs are at work on these. */
  readonly elsewhere: readonly DownloadElsewhere[];
  /** What the browser says of the network. */
  readonly online: boolean;
  readonly loading: LoadJob | null;
  readonly loaded: LoadedReport | null;
  /** Loaded until the device was lost; offered again. */
  readonly lostModel: string | null;
  readonly checks: Readonly<Record<string, Check>>;
  readonly hub: HubListing;
  readonly address: AddressFacts;
  /** Waiting for how precisely its weights shall be kept. */
  readonly offer: Offer | null;
  /** What the user says the GPU has, in GB; null where it is not known. */
  readonly gpuGb: number | null;
}

export type ModelStore = StoreApi<ModelsFacts>;

export function createModelStore(): ModelStore {
  return createStore<ModelsFacts>(() => ({
    cards: null,
    imports: [],
    halted: [],
    elsewhere: [],
    online: true,
    loading: null,
    loaded: null,
    lostModel: null,
    checks: {},
    hub: { phase: 'idle' },
    address: { text: '', asked: null, failure: null },
    offer: null,
    gpuGb: null,
  }));
}

/** What is stored so far of one that halted. */
export function partialOf(
  { progress, source }: Pick<Halted, 'progress' | 'source'>,
  cards: readonly ModelCard[] | null,
): ModelCard | undefined {
  const id = source.kind === 'resume' ? source.id : progress?.modelId;
  return cards?.find((card) => card.id === id && card.state === 'partial');
}

/** Another tab's work on what this one knows as a card. */
export function elsewhereOf(
  { id, origin }: Pick<ModelCard, 'id' | 'origin'>,
  elsewhere: readonly DownloadElsewhere[],
): DownloadElsewhere | undefined {
  return elsewhere.find((entry) => (entry.modelId === null ? entry.origin === origin : entry.modelId === id));
}

export function titleIn({ cards }: ModelsFacts, id: string): string {
  if (id === GUIDE_ID) return GUIDE_TITLE;
  return cards?.find((card) => card.id === id)?.title ?? '';
}
