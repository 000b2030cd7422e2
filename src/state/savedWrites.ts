/**
 * Writes one after another, the newest value of each entry only, together in
 * one transaction. What could not be written stays here and is what a read
 * gives, so with no storage at all the page works until it is closed.
 */
import { readEntry, writeEntries } from './savedPlace.ts';

interface Ears {
  /** Entries that are on the disk now. */
  readonly onWritten: (keys: readonly string[]) => void;
  /** Told at the first write that did not hold, and again only after one has held. */
  readonly onFailed: () => void;
}

export type Writes = ReturnType<typeof createWrites>;

export function createWrites({ onWritten, onFailed }: Ears) {
  const waiting = new Map<string, unknown>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let due = Infinity;
  let failing = false;
  let last: Promise<void> = Promise.resolve();

  /** `undefined` removes. At the latest `withinMs` from now. */
  function put(changes: readonly (readonly [key: string, value: unknown])[], withinMs = 0): void {
    for (const [key, value] of changes) waiting.set(key, value);
    const at = performance.now() + withinMs;
    if (timer !== undefined && due <= at) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(() => void flush(), withinMs);
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    last = last.then(writeWaiting);
    return last;
  }

  async function writeWaiting(): Promise<void> {
    if (waiting.size === 0) return;
    const now = [...waiting];
    const held = await writeEntries(now);
    if (!held) {
      if (!failing) onFailed();
      failing = true;
      return;
    }
    failing = false;
    for (const [key, value] of now) if (waiting.get(key) === value) waiting.delete(key);
    onWritten(now.map(([key]) => key));
  }

  async function read(key: string): Promise<unknown> {
    return waiting.has(key) ? waiting.get(key) : readEntry(key);
  }

  // What waits for its time is written before the page goes: a draft, most often.
  globalThis.addEventListener?.('pagehide', () => void flush());

  return {
    put,
    flush,
    read,
    /** Changed here and not on the disk yet: what is there is older. */
    waits: (key: string): boolean => waiting.has(key),
  };
}
