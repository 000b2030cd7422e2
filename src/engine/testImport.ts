/** For tests: an import of what `change` opens, and the manifest it left. */
import type { ModelManifest } from '../storage/index.ts';
import { importModel, type ImportRequest } from './importModel.ts';

export type TestImport = Pick<ImportRequest, 'open' | 'origin'> & Partial<ImportRequest>;

export async function importWith(
  usual: Pick<ImportRequest, 'store' | 'recordBytes'>,
  change: TestImport,
): Promise<ModelManifest> {
  const request: ImportRequest = {
    weights: 'keep',
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...usual,
    ...change,
  };
  const { id } = await importModel(request);
  return request.store.readManifest(id);
}
