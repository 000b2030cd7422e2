/** Where models are to be had: repositories of the hub, and the catalogue. */
import type { CatalogueModel } from '../models/catalogue.ts';
import type { ModelSource, WorkerApi } from '../protocol/api.ts';
import type { ModelStore } from './modelFacts.ts';
import { originOf } from './origin.ts';

interface Neighbours {
  readonly api: WorkerApi;
  readonly store: ModelStore;
  readonly importModel: (source: ModelSource) => Promise<void>;
}

export function createSources({ api, store, importModel }: Neighbours) {
  async function listHub(repo: string): Promise<void> {
    store.setState({ hub: { phase: 'asking', repo } });
    const result = await api.hubFiles(repo);
    const { hub } = store.getState();
    if (hub.phase !== 'asking' || hub.repo !== repo) return;
    store.setState({
      hub: result.ok
        ? { phase: 'listed', repo, files: result.value }
        : { phase: 'failed', repo, failure: result.failure },
    });
  }

  function addFromCatalogue({ repo, path }: CatalogueModel): void {
    void importModel({ kind: 'hub', repo, path });
  }

  /** Whether a download is that of a model of the catalogue, begun now or before. */
  function isOf(source: ModelSource, { repo, path }: CatalogueModel): boolean {
    const origin =
      source.kind === 'resume'
        ? store.getState().cards?.find(({ id }) => id === source.id)?.origin
        : originOf(source);
    return origin === `hub:${repo}/${path}`;
  }

  return { listHub, addFromCatalogue, isOf };
}
