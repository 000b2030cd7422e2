/**
 * Models on their way here. What is paused or stopped keeps what arrived; downloads
 * that the network stopped go on when it is back, and those under way when the page
 * was left go on with the next visit.
 */
import type { ModelSource, WeightsMode } from '../protocol/api.ts';
import { createEarlierDownloads } from './earlierDownloads.ts';
import {
  begin,
  change,
  enqueue,
  forgetHalted,
  putAside,
  type Neighbours,
  type QueueNeighbours,
} from './importQueue.ts';
import { createKeptDownloads } from './keptDownloads.ts';
import { partialOf } from './modelFacts.ts';

export function createImports(neighbours: Neighbours) {
  const { api, store } = neighbours;
  const kept = createKeptDownloads(store);
  const earlier = createEarlierDownloads(() => queue);
  const queue: QueueNeighbours = { ...neighbours, kept, takenElsewhere: earlier.takenElsewhere };
  const importModel = (source: ModelSource, weights: WeightsMode = 'keep'): Promise<void> =>
    enqueue(queue, source, weights);

  /** Keeps what arrived. One that waits is put aside. */
  function pause(job: string): void {
    const entry = store.getState().imports.find((other) => other.job === job);
    if (entry?.phase === 'running') {
      change(store, job, { phase: 'pausing' });
      api.cancel(job);
    } else if (entry?.phase === 'waiting') putAside(store, { ...entry, failure: null });
    kept.keep();
  }

  /** From where it was. */
  function goOn(job: string): void {
    const { halted, cards } = store.getState();
    const entry = halted.find((other) => other.job === job);
    if (!entry) return;
    const { source, weights } = entry;
    const card = partialOf(entry, cards);
    forget(job);
    void importModel(card?.resumable === true ? { kind: 'resume', id: card.id } : source, weights);
  }

  /** One that waits, or has nothing stored. */
  function forget(job: string): void {
    store.setState(({ imports, halted }) => ({
      imports: imports.filter((entry) => entry.job !== job || entry.phase !== 'waiting'),
      halted: halted.filter((entry) => entry.job !== job),
    }));
    kept.keep();
  }

  /** What was stored of a model is deleted. */
  function forgetStored(id: string): void {
    forgetHalted(store, id);
    kept.keep();
  }

  function networkIs(online: boolean): void {
    store.setState({ online });
    if (!online) return;
    for (const { job, source, failure } of store.getState().halted) {
      if (failure?.code === 'NETWORK' && source.kind !== 'file') goOn(job);
    }
    void begin(queue);
  }

  return {
    importModel,
    pause,
    goOn,
    forget,
    forgetStored,
    networkIs,
    restoreDownloads: earlier.restoreDownloads,
    continueDownloads: earlier.continueDownloads,
  };
}
