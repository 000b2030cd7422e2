/** Imports one after the other: the first of the list runs, the others wait for it. */
import type {
  Failure,
  ImportProgress,
  ModelCard,
  ModelSource,
  Result,
  WeightsMode,
  WorkerApi,
} from '../protocol/api.ts';
import type { Alerts } from './alerts.ts';
import { latestPerFrame } from './frames.ts';
import { newId } from './ids.ts';
import type { KeptDownloads } from './keptDownloads.ts';
import { partialOf, titleIn, type Halted, type ImportJob, type ModelStore } from './modelFacts.ts';
import { labelOf, originOf } from './origin.ts';

export interface Neighbours {
  readonly api: WorkerApi;
  readonly store: ModelStore;
  readonly alerts: Alerts;
  readonly refresh: () => Promise<void>;
  readonly askToBeKept: () => Promise<void>;
  /** A model is here. */
  readonly arrived: (id: string) => Promise<void>;
}

export interface QueueNeighbours extends Neighbours {
  readonly kept: KeptDownloads;
  /** Told to the other tabs. */
  readonly heard: (job: string, progress: ImportProgress) => void;
  /** What was let go may be gone on with, by the tab that has the GPU. */
  readonly freed: () => void;
  /** What is at an address the user typed: a file, or what is told beside it. */
  readonly found: (source: ModelSource) => void;
  readonly refused: (source: ModelSource, failure: Failure) => boolean;
  /** Another tab is at work on one that was to go on by itself. */
  readonly takenElsewhere: (job: string) => void;
}

/** One of an earlier visit goes on under the name it had there. */
interface Whence {
  readonly job?: string;
  readonly byItself?: boolean;
}

/** What trying again may mend, though nothing is stored of it yet. */
const PASSING: readonly Failure['code'][] = [
  'NETWORK',
  'HTTP_STATUS',
  'QUOTA',
  'STORAGE',
  'MODEL_BUSY',
  'INTERNAL',
];

/** Behind those that are on their way; what is among them already is not asked for twice. */
export async function enqueue(
  neighbours: QueueNeighbours,
  source: ModelSource,
  weights: WeightsMode,
  { job = newId('import'), byItself = false }: Whence = {},
): Promise<void> {
  const { store, kept } = neighbours;
  const { cards, imports } = store.getState();
  const key = keyOf(source, cards);
  const same = (entry: { readonly source: ModelSource }): boolean => keyOf(entry.source, cards) === key;
  if (imports.some(same)) return;
  const entry: ImportJob = {
    job,
    label: labelOf(source, (id) => titleIn(store.getState(), id)),
    source,
    weights,
    phase: 'waiting',
    progress: null,
    byItself,
  };
  store.setState((now) => ({
    imports: [...now.imports, entry],
    halted: now.halted.filter((other) => !same(other)),
  }));
  kept.keep();
  await begin(neighbours);
}

/** The first that may run does, unless one does already; then the next. */
export async function begin(neighbours: QueueNeighbours): Promise<void> {
  const { store, kept } = neighbours;
  const { imports, online } = store.getState();
  if (imports.some(({ phase }) => phase !== 'waiting')) return;
  const next = imports.find(({ source }) => online || source.kind === 'file');
  if (!next) return;
  store.setState({
    imports: [{ ...next, phase: 'running' }, ...imports.filter((entry) => entry !== next)],
  });
  await run(neighbours, next);
  kept.keep();
  await begin(neighbours);
}

async function run(neighbours: QueueNeighbours, entry: ImportJob): Promise<void> {
  const { api, store, alerts, refresh, askToBeKept, arrived, takenElsewhere, heard } = neighbours;
  const { found, refused } = neighbours;
  const { job, source, weights, label, byItself } = entry;
  // The browser may ask the user: at a moment they know why.
  if (!byItself) void askToBeKept();
  const paced = latestPerFrame<ImportProgress>((progress) => change(store, job, { progress }));
  const seen: { last: ImportProgress | null } = { last: null };
  const result: Result<ModelCard> = await api.importModel(job, source, weights, (progress) => {
    if (!seen.last) found(source);
    seen.last = progress;
    paced.put(progress);
    heard(job, progress);
  });
  paced.end();
  const phase = store.getState().imports.find((other) => other.job === job)?.phase;
  const pausing = phase === 'pausing';
  await refresh();
  const { last: progress } = seen;
  if (result.ok) {
    found(source);
    drop(store, job);
  }
  if (phase === 'leaving') letGo(neighbours);
  if (result.ok) void arrived(result.value.id);
  if (result.ok || phase === 'leaving') return;
  if (byItself && !pausing && result.failure.code === 'MODEL_BUSY') {
    takenElsewhere(job);
    drop(store, job);
    return;
  }
  const failure = pausing ? null : withProgress(result.failure, progress);
  if (failure && refused(source, failure)) {
    drop(store, job);
    return;
  }
  const halted = { job, label, source, weights, progress, failure };
  const mayGoOn = failure === null || PASSING.includes(failure.code);
  if (mayGoOn || partialOf(halted, store.getState().cards)) putAside(store, halted);
  else drop(store, job);
  if (failure) alerts.raise(failure, progress?.title || label);
}

/** Another tab gets the GPU, and goes on with the downloads that are under way here. */
export function handOver(neighbours: QueueNeighbours): void {
  const { api, store, kept } = neighbours;
  const { imports, halted } = store.getState();
  const goes = ({ source, phase }: ImportJob): boolean => source.kind !== 'file' && phase !== 'pausing';
  const stopped = halted.filter(
    ({ source, failure }) => source.kind !== 'file' && failure?.code === 'NETWORK',
  );
  stopped.forEach(({ job }) => kept.leave(job));
  store.setState({
    imports: imports.map((entry) => (goes(entry) ? { ...entry, phase: 'leaving' } : entry)),
    halted: halted.filter((entry) => !stopped.includes(entry)),
  });
  const running = imports.find((entry) => goes(entry) && entry.phase === 'running');
  if (running) api.cancel(running.job);
  else letGo(neighbours);
}

function letGo({ store, kept, freed }: QueueNeighbours): void {
  const { imports } = store.getState();
  const stay = imports.filter(({ phase }) => phase !== 'leaving');
  imports.filter((entry) => !stay.includes(entry)).forEach(({ job }) => kept.leave(job));
  store.setState({ imports: stay });
  freed();
}

export function change(store: ModelStore, job: string, part: Partial<ImportJob>): void {
  store.setState(({ imports }) => ({
    imports: imports.map((entry) => (entry.job === job ? { ...entry, ...part } : entry)),
  }));
}

function drop(store: ModelStore, job: string): void {
  store.setState(({ imports }) => ({ imports: imports.filter((entry) => entry.job !== job) }));
}

/** Out of those that arrive, among those that may go on. */
export function putAside(
  store: ModelStore,
  { job, label, source, weights, progress, failure }: Halted,
): void {
  store.setState(({ imports, halted }) => ({
    imports: imports.filter((entry) => entry.job !== job),
    halted: [...halted, { job, label, source, weights, progress, failure }],
  }));
}

/** What was stored of it is deleted, so there is nothing to go on with. */
export function forgetHalted(store: ModelStore, id: string): void {
  const of = ({ source, progress }: Halted): boolean =>
    progress?.modelId === id || (source.kind === 'resume' && source.id === id);
  store.setState(({ halted }) => ({ halted: halted.filter((entry) => !of(entry)) }));
}

/** Equal for two ways to ask for the same model. */
function keyOf(source: ModelSource, cards: readonly ModelCard[] | null): unknown {
  if (source.kind === 'file') return source.files;
  if (source.kind === 'resume') return cards?.find(({ id }) => id === source.id)?.origin ?? source.id;
  return originOf(source);
}

/** How far it came, for the words. */
function withProgress(failure: Failure, progress: ImportProgress | null): Failure {
  if (!progress) return failure;
  const { doneBytes, totalBytes } = progress;
  return { ...failure, detail: { doneBytes, totalBytes, ...failure.detail } };
}
