/** What the page keeps in IndexedDB, seen and changed from outside the code that wrote it. */
import type { Page } from '@playwright/test';

const RECORDS = 'shoal-records';
const MANIFESTS = 'shoal-manifests';

interface StoredRecord {
  readonly bytes: number;
  /** null while it has not arrived. */
  readonly sha256: string | null;
}

export interface StoredModel {
  readonly id: string;
  readonly title: string;
  readonly origin: string;
  readonly sourceBytes: number;
  readonly records: readonly StoredRecord[];
  readonly state: 'ready' | 'partial';
}

export async function storedModels(page: Page): Promise<readonly StoredModel[]> {
  const entries = await page.evaluate(async (database) => {
    const result = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error('the request failed'));
      });
    const open = await result(indexedDB.open(database));
    try {
      if (!open.objectStoreNames.contains('entries')) return [];
      const store = open.transaction('entries').objectStore('entries');
      const [keys, values] = await Promise.all([result(store.getAllKeys()), result(store.getAll())]);
      return keys.map((key, i) => [String(key), values[i] as Omit<StoredModel, 'state'>] as const);
    } finally {
      open.close();
    }
  }, MANIFESTS);
  return entries.map(([key, { id, title, origin, sourceBytes, records }]) => ({
    id,
    title,
    origin,
    sourceBytes,
    records: records.map(({ bytes, sha256 }) => ({ bytes, sha256 })),
    state: key.startsWith('partial/') ? 'partial' : 'ready',
  }));
}

/** How many bytes of an import have arrived in finished records. */
export function arrivedBytes(model: StoredModel | undefined): number {
  return (model?.records ?? []).reduce((sum, { bytes, sha256 }) => sum + (sha256 === null ? 0 : bytes), 0);
}

export const arrivedRecords = (model: StoredModel | undefined): number =>
  (model?.records ?? []).filter(({ sha256 }) => sha256 !== null).length;

/** Flips one bit in the middle of a record, or takes the record away. */
export async function spoilRecord(page: Page, model: string, record: number, how: 'flip' | 'remove'): Promise<void> {
  await page.evaluate(
    async ([database, key, gone]) => {
      const result = <T>(request: IDBRequest<T>): Promise<T> =>
        new Promise((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error ?? new Error('the request failed'));
        });
      const open = await result(indexedDB.open(database));
      const stored: unknown = await result(open.transaction('entries').objectStore('entries').get(key));
      if (!(stored instanceof Blob)) throw new Error(`no record ${key}`);
      const bytes = new Uint8Array(await stored.arrayBuffer());
      const middle = bytes.length >> 1;
      bytes[middle] = (bytes[middle] ?? 0) ^ 1;
      const store = open.transaction('entries', 'readwrite').objectStore('entries');
      await (gone ? result(store.delete(key)) : result(store.put(new Blob([bytes]), key)));
      open.close();
    },
    [RECORDS, `${model}/${record}`, how === 'remove'] as const,
  );
}
