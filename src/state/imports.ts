/** Models on their way here. */
import type { Failure, ImportProgress, ModelSource, WeightsMode, WorkerApi } from '../protocol/api.ts';
import type { Alerts } from './alerts.ts';
import { latestPerFrame } from './frames.ts';
import { newId } from './ids.ts';
import { isWholeModel } from './offer.ts';
import { titleIn, type ImportJob, type ModelStore } from './modelFacts.ts';

interface Neighbours {
  readonly api: WorkerApi;
  readonly store: ModelStore;
  readonly alerts: Alerts;
  readonly refresh: () => Promise<void>;
  readonly askToBeKept: () => Promise<void>;
  readonly load: (id: string) => Promise<void>;
}

export function createImports({ api, store, alerts, refresh, askToBeKept, load }: Neighbours) {
  const titleOf = (id: string): string => titleIn(store.getState(), id);

  function changeJob(job: string, part: Partial<ImportJob>): void {
    store.setState(({ imports }) => ({
      imports: imports.map((entry) => (entry.job === job ? { ...entry, ...part } : entry)),
    }));
  }

  /**
   * The first model to arrive is loaded at once: there is nothing else to do with it.
   * An import that goes on keeps the weights it began with.
   */
  async function importModel(source: ModelSource, weights: WeightsMode = 'keep'): Promise<void> {
    const job = newId('import');
    const label = labelOf(source, titleOf);
    const entry: ImportJob = { job, label, progress: null, cancelling: false };
    store.setState(({ imports }) => ({ imports: [...imports, entry] }));

    void askToBeKept();
    const paced = latestPerFrame<ImportProgress>((progress) => changeJob(job, { progress }));
    const seen: { last: ImportProgress | null } = { last: null };
    const result = await api.importModel(job, source, weights, (progress) => {
      seen.last = progress;
      paced.put(progress);
    });
    paced.end();

    const { last } = seen;
    const cancelled = store.getState().imports.some((other) => other.job === job && other.cancelling);
    await refresh();
    store.setState(({ imports }) => ({ imports: imports.filter((other) => other.job !== job) }));
    if (result.ok) {
      const { loaded, loading } = store.getState();
      if (!loaded && !loading) await load(result.value.id);
    } else if (!cancelled) {
      alerts.raise(withProgress(result.failure, last), titleOf(last?.modelId ?? '') || last?.title || label);
    }
  }

  function cancelImport(job: string): void {
    changeJob(job, { cancelling: true });
    api.cancel(job);
  }

  return { importModel, cancelImport };
}

function labelOf(source: ModelSource, titleOf: (id: string) => string): string {
  switch (source.kind) {
    case 'file':
      return (
        source.folder ?? source.files.find(({ name }) => /\.(gguf|safetensors)$/i.test(name))?.name ?? ''
      );
    case 'url':
      return lastName(source.url);
    case 'urls':
      return lastName(source.urls[0] ?? '');
    case 'hub':
      return isWholeModel(source.path) ? source.repo : source.path;
    case 'resume':
      return titleOf(source.id);
    default:
      return source satisfies never;
  }
}

function lastName(url: string): string {
  return url.split(/[?#]/)[0]?.split('/').pop() || url;
}

/** How far it came, for the words. */
function withProgress(failure: Failure, progress: ImportProgress | null): Failure {
  if (!progress) return failure;
  const { doneBytes, totalBytes } = progress;
  return { ...failure, detail: { doneBytes, totalBytes, ...failure.detail } };
}
