/**
 * Models on their way here. What is paused or stopped keeps what arrived; downloads
 * that the network stopped go on when it is back, and those under way when the page
 * was left go on with the next visit.
 */
import type { ModelSource, WeightsMode } from '../protocol/api.ts';
import { createAddress } from './address.ts';
import type { Channel } from './channel.ts';
import { createEarlierDownloads } from './earlierDownloads.ts';
import { createElsewhere } from './elsewhere.ts';
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

interface Tabs {
  /** Of what each tab downloads. */
  readonly channel: Channel;
  readonly locks: Pick<LockManager, 'request'> | undefined;
}

/** The queue, and what stands around it. */
function createQueue(neighbours: Neighbours, { channel, locks }: Tabs) {
  const { store, refresh } = neighbours;
  const kept = createKeptDownloads(store);
  const earlier = createEarlierDownloads(() => queue);
  const heard = createElsewhere({ store, channel, locks, ended: () => void lookAgain() });
  const importModel = (source: ModelSource, weights: WeightsMode = 'keep'): Promise<void> =>
    enqueue(queue, source, weights);
  const { takenElsewhere, freed } = earlier;
  const { found, refused, ...address } = createAddress(store, importModel);
  const queue: QueueNeighbours = {
    ...neighbours,
    kept,
    heard,
    takenElsewhere,
    freed,
    found,
    refused,
  };

  /** What another tab was at work on is here now, or may be gone on with. */
  async function lookAgain(): Promise<void> {
    if (store.getState().cards !== null) await refresh();
    freed();
  }

  return { queue, kept, earlier, address, importModel };
}

export function createImports(neighbours: Neighbours, tabs: Tabs) {
  const { api, store } = neighbours;
  const { queue, kept, earlier, address, importModel } = createQueue(neighbours, tabs);

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
    ...address,
    pause,
    goOn,
    forget,
    forgetStored,
    networkIs,
    restoreDownloads: earlier.restoreDownloads,
    continueDownloads: earlier.continueDownloads,
    handOverDownloads: earlier.handOverDownloads,
  };
}
