/**
 * The two places things can lie: IndexedDB, through idb-keyval, and memory (Node,
 * tests). A shelf is a flat map from key to value; the record store above it does
 * not know which it has.
 */
import { createStore, delMany, get, keys, promisifyRequest, set } from 'idb-keyval';
import { AppError } from '../base/failure.ts';

export interface Shelf {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<void>;
  has(key: string): Promise<boolean>;
  /** Keys that begin with `prefix`. */
  keys(prefix: string): Promise<readonly string[]>;
  delete(keys: readonly string[]): Promise<void>;
}

/** One database with one object store: idb-keyval makes no second store in a database. */
export function idbShelf(database: string): Shelf {
  const store = createStore(database, 'entries');
  return {
    get: (key) => guarded(() => get<unknown>(key, store)),
    set: (key, value) => guarded(() => set(key, value, store)),
    // idb-keyval can only fetch the value; counting does not touch a 32 MB record.
    has: async (key) =>
      (await guarded(() => store('readonly', (entries) => promisifyRequest(entries.count(key))))) > 0,
    keys: async (prefix) => {
      const all = await guarded(() => keys(store));
      return all.filter((key): key is string => typeof key === 'string' && key.startsWith(prefix));
    },
    delete: (gone) => guarded(() => delMany([...gone], store)),
  };
}

export function memoryShelf(): Shelf {
  const entries = new Map<string, unknown>();
  return {
    get: async (key) => entries.get(key),
    set: async (key, value) => {
      entries.set(key, value);
    },
    has: async (key) => entries.has(key),
    keys: async (prefix) => [...entries.keys()].filter((key) => key.startsWith(prefix)),
    delete: async (gone) => {
      for (const key of gone) entries.delete(key);
    },
  };
}

/** The database's own errors as ours. */
async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') {
      throw new AppError('STORAGE', 'the browser ended a database transaction', {}, error);
    }
    const name = error instanceof Error ? error.name : 'unknown';
    if (name === 'QuotaExceededError') {
      throw new AppError('QUOTA', 'the browser has no room left for this page', {}, error);
    }
    throw new AppError('STORAGE', `the browser's database failed: ${name}`, { name }, error);
  }
}
