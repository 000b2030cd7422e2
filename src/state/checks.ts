/** Stored models against their hashes, and mending what is not what was written. */
import type { ModelSource, WeightsMode, WorkerApi } from '../protocol/api.ts';
import type { Alerts } from './alerts.ts';
import { latestPerFrame } from './frames.ts';
import { newId } from './ids.ts';
import { titleIn, type Check, type ModelStore } from './modelFacts.ts';
import { sourceOf, weightsOf } from './origin.ts';

interface Neighbours {
  readonly api: WorkerApi;
  readonly store: ModelStore;
  readonly alerts: Alerts;
  readonly importModel: (source: ModelSource, weights: WeightsMode) => Promise<void>;
}

export function createChecks({ api, store, alerts, importModel }: Neighbours) {
  function put(id: string, check: Check | null): void {
    store.setState(({ checks }) => {
      const { [id]: _, ...others } = checks;
      return { checks: check ? { ...others, [id]: check } : others };
    });
  }

  async function verify(id: string): Promise<void> {
    if (store.getState().checks[id]?.phase === 'running') return;
    const job = newId('verify');
    put(id, { phase: 'running', job, done: 0, total: 0 });
    const paced = latestPerFrame<readonly [number, number]>(([done, total]) =>
      put(id, { phase: 'running', job, done, total }),
    );
    const result = await api.verifyModel(job, id, (done, total) => paced.put([done, total]));
    paced.end();
    put(id, result.ok ? { phase: 'done', report: result.value } : null);
    if (!result.ok) alerts.raise(result.failure, titleIn(store.getState(), id));
  }

  function cancelVerify(id: string): void {
    const check = store.getState().checks[id];
    if (check?.phase === 'running') api.cancel(check.job);
  }

  /** Importing again what is here reads only records that are bad. */
  function mend(id: string): void {
    const card = store.getState().cards?.find((other) => other.id === id);
    const source = card && sourceOf(card);
    if (!card || !source) return;
    put(id, null);
    void importModel(source, weightsOf(card));
  }

  return { verify, cancelVerify, mend };
}
