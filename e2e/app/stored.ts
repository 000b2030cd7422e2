/** What the page keeps in IndexedDB, seen and changed from outside the code that wrote it. */
import type { Page } from '@playwright/test';

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

/** A database of the page's, as a handle to functions in the page. */
function shelf(page: Page, database: 'shoal-manifests' | 'shoal-records') {
  return page.evaluateHandle(async (name) => {
    const result = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.addEventListener('success', () => resolve(request.result));
        request.addEventListener('error', () => reject(request.error ?? new Error('the request failed')));
      });
    async function within<T>(mode: IDBTransactionMode, work: (entries: IDBObjectStore) => Promise<T>) {
      const open = await result(indexedDB.open(name));
      try {
        return await work(open.transaction('entries', mode).objectStore('entries'));
      } finally {
        open.close();
      }
    }
    return {
      /** All of them as they are at one moment. */
      entries: () =>
        within('readonly', async (entries) => {
          const [keys, values] = await Promise.all([
            result(entries.getAllKeys()),
            result<unknown[]>(entries.getAll()),
          ]);
          return keys.map((key, i) => [key, values[i]] as const);
        }),
      put: (key: string, value: Blob) => within('readwrite', (entries) => result(entries.put(value, key))),
      remove: (key: string) => within('readwrite', (entries) => result(entries.delete(key))),
    };
  }, database);
}

export async function storedModels(page: Page): Promise<readonly StoredModel[]> {
  const manifests = await shelf(page, 'shoal-manifests');
  const entries = await manifests.evaluate((stored) => stored.entries());
  return entries.map(([key, value]) => {
    const { id, title, origin, sourceBytes, records } = value as Omit<StoredModel, 'state'>;
    return {
      id,
      title,
      origin,
      sourceBytes,
      records: records.map(({ bytes, sha256 }) => ({ bytes, sha256 })),
      state: typeof key === 'string' && key.startsWith('partial/') ? 'partial' : 'ready',
    };
  });
}

/** How many bytes of an import have arrived in finished records. */
export function arrivedBytes(model: StoredModel | undefined): number {
  return (model?.records ?? []).reduce((sum, { bytes, sha256 }) => sum + (sha256 === null ? 0 : bytes), 0);
}

export const arrivedRecords = (model: StoredModel | undefined): number =>
  (model?.records ?? []).filter(({ sha256 }) => sha256 !== null).length;

/** Flips one bit in the middle of a record, or takes the record away. */
export async function spoilRecord(
  page: Page,
  model: string,
  record: number,
  how: 'flip' | 'remove',
): Promise<void> {
  const records = await shelf(page, 'shoal-records');
  await records.evaluate(
    async (stored, [key, gone]) => {
      const blob = (await stored.entries()).find(([name]) => name === key)?.[1];
      if (!(blob instanceof Blob)) throw new Error(`no record ${key}`);
      const bytes = new Uint8Array(await blob.arrayBuffer());
      const middle = bytes.length >> 1;
      bytes[middle] = (bytes[middle] ?? 0) ^ 1;
      await (gone ? stored.remove(key) : stored.put(key, new Blob([bytes])));
    },
    [`${model}/${record}`, how === 'remove'] as const,
  );
}

interface Entry {
  /** `database/store/key` */
  readonly place: string;
  /** Of binary data, or of its text where it has none. */
  readonly bytes: number;
}

/** Everything in every database of the page's, without making any. */
export function allEntries(page: Page): Promise<readonly Entry[]> {
  return page.evaluate(async () => {
    const result = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.addEventListener('success', () => resolve(request.result));
        request.addEventListener('error', () => reject(request.error ?? new Error('the request failed')));
      });
    const bytesOf = (value: unknown): number => {
      if (value instanceof Blob) return value.size;
      if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return value.byteLength;
      if (value !== null && typeof value === 'object')
        return Object.values(value).reduce((sum: number, part) => sum + bytesOf(part), 0);
      return String(value).length;
    };
    const entries: { place: string; bytes: number }[] = [];
    for (const { name = '' } of await indexedDB.databases()) {
      const open = await result(indexedDB.open(name));
      for (const store of open.objectStoreNames) {
        const transaction = open.transaction(store);
        const [keys, values] = await Promise.all([
          result(transaction.objectStore(store).getAllKeys()),
          result<unknown[]>(transaction.objectStore(store).getAll()),
        ]);
        keys.forEach((key, i) =>
          entries.push({
            place: `${name}/${store}/${typeof key === 'string' ? key : JSON.stringify(key)}`,
            bytes: bytesOf(values[i]),
          }),
        );
      }
      open.close();
    }
    return entries;
  });
}
