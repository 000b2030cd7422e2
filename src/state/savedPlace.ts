/**
 * The page's own memory in IndexedDB, opened once: its schema is brought up to
 * date first (what is in it: savedKeys.ts).
 *
 * The version stands in an entry and not in IndexedDB's own, since a tab that
 * still runs an older page holds its connection open and would block us.
 */
import { createStore, promisifyRequest, type UseStore } from 'idb-keyval';
import type { Opened } from './savedKeys.ts';
import { bringUpToDate } from './savedMigrations.ts';

let store: UseStore | undefined;
let opening: Promise<Opened> | undefined;

const place = (): UseStore => (store ??= createStore('shoal-page', 'facts'));

export function open(): Promise<Opened> {
  return (opening ??= tryToOpen());
}

/** A browser that gives the page no storage may throw at once, or later. */
async function tryToOpen(): Promise<Opened> {
  try {
    return await place()('readwrite', bringUpToDate);
  } catch {
    return { phase: 'absent' };
  }
}

/** One entry as it is stored; undefined where it is absent, or nothing may be read. */
export async function readEntry(key: string): Promise<unknown> {
  if ((await open()).phase !== 'open') return undefined;
  return place()('readonly', (entries) => promisifyRequest<unknown>(entries.get(key))).catch(() => undefined);
}

/** All entries whose key begins so, in order of key. */
export async function readEntries(
  prefix: string,
): Promise<readonly (readonly [key: string, value: unknown])[]> {
  if ((await open()).phase !== 'open') return [];
  return place()('readonly', async (entries) => {
    const range = startingWith(prefix);
    const [keys, values] = await Promise.all([
      promisifyRequest(entries.getAllKeys(range)),
      promisifyRequest<unknown[]>(entries.getAll(range)),
    ]);
    return keys.map((key, index) => [nameOf(key), values[index]] as const);
  }).catch(() => []);
}

export async function readKeys(prefix: string): Promise<readonly string[]> {
  if ((await open()).phase !== 'open') return [];
  return place()('readonly', (entries) => promisifyRequest(entries.getAllKeys(startingWith(prefix)))).then(
    (keys) => keys.map(nameOf),
    () => [],
  );
}

/** All or none; `undefined` removes an entry. False where it did not hold. */
export async function writeEntries(
  changes: Iterable<readonly [key: string, value: unknown]>,
): Promise<boolean> {
  if ((await open()).phase !== 'open') return false;
  return place()('readwrite', (entries) => {
    for (const [key, value] of changes) {
      if (value === undefined) entries.delete(key);
      else entries.put(value, key);
    }
    // At once: a page that is being left waits for no request's success.
    entries.transaction.commit();
    return promisifyRequest(entries.transaction);
  }).then(
    () => true,
    () => false,
  );
}

/** All of ours are texts. */
function nameOf(key: IDBValidKey): string {
  return typeof key === 'string' ? key : '';
}

function startingWith(prefix: string): IDBKeyRange {
  return IDBKeyRange.bound(prefix, `${prefix}\uffff`);
}

/** For tests: the next call opens anew. */
export function forgetPlace(): void {
  store = undefined;
  opening = undefined;
}
