/**
 * Models on their way here. What is paused or stopped keeps what arrived; downloads
 * that the network stopped go on when it is back.
 */
import type { ModelSource, WeightsMode } from '../protocol/api.ts';
import { begin, change, enqueue, keep, partialOf, putAside, type Neighbours } from './importQueue.ts';
import type { Halted } from './modelFacts.ts';
import { modelsSaved } from './modelsSaved.ts';
import { originOf } from './origin.ts';

export function createImports(neighbours: Neighbours) {
  const { api, store } = neighbours;
  const importModel = (source: ModelSource, weights: WeightsMode = 'keep'): Promise<void> =>
    enqueue(neighbours, source, weights);

  /** Keeps what arrived. One that waits is put aside. */
  function pause(job: string): void {
    const entry = store.getState().imports.find((other) => other.job === job);
    if (entry?.phase === 'running') {
      change(store, job, { phase: 'pausing' });
      api.cancel(job);
    } else if (entry?.phase === 'waiting') {
      putAside(store, { ...entry, failure: null });
      keep(store);
    }
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
    keep(store);
  }

  function networkIs(online: boolean): void {
    store.setState({ online });
    if (!online) return;
    for (const { job, source, failure } of store.getState().halted) {
      if (failure?.code === 'NETWORK' && source.kind !== 'file') goOn(job);
    }
    void begin(neighbours);
  }

  /** Those of the last visit that have nothing stored yet; what has is among the cards. */
  async function restoreDownloads(): Promise<void> {
    const downloads = await modelsSaved.downloads();
    store.setState(({ cards, imports, halted }) => {
      const known = new Set([
        ...(cards ?? []).map(({ origin }) => origin),
        ...[...imports, ...halted].map(({ source }) => originOf(source)),
      ]);
      const lost = downloads
        .filter(({ source }) => !known.has(originOf(source)))
        .map(({ job, label, source, weights }): Halted => ({
          job,
          label,
          source,
          weights,
          progress: null,
          failure: null,
        }));
      return { halted: [...halted, ...lost] };
    });
  }

  return { importModel, pause, goOn, forget, networkIs, restoreDownloads };
}
