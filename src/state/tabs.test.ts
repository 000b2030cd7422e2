import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTabs, PATIENCE_MS } from './tabs.ts';

/** Web Locks for one name, as the specification has them: a queue, `ifAvailable`, `steal`, `signal`. */
function fakeLocks() {
  interface Waiting {
    readonly grant: () => void;
    readonly refuse: (error: Error) => void;
  }
  let holder: { readonly refuse: (error: Error) => void } | null = null;
  const queue: Waiting[] = [];
  const lock: Lock = { name: '', mode: 'exclusive' };

  async function request(
    _name: string,
    options: LockOptions,
    callback: (lock: Lock | null) => unknown,
  ): Promise<unknown> {
    if (options.steal === true) {
      const before = holder;
      holder = null;
      before?.refuse(new Error('stolen'));
    } else if (holder && options.ifAvailable === true) return callback(null);
    return new Promise((resolve, refuse) => {
      const grant = (): void => {
        const mine = { refuse };
        holder = mine;
        void Promise.resolve(callback(lock)).then((value) => {
          resolve(value);
          if (holder === mine) free();
        });
      };
      if (!holder) return grant();
      const waiting = { grant, refuse };
      queue.push(waiting);
      options.signal?.addEventListener('abort', () => {
        queue.splice(queue.indexOf(waiting), 1);
        refuse(new Error('aborted'));
      });
    });
  }
  function free(): void {
    holder = null;
    queue.shift()?.grant();
  }
  // The page's types overload `request`; the fake takes the form that is used.
  return { locks: { request } as unknown as Pick<LockManager, 'request'>, closeHolder: free };
}

/** A channel among `ears`: everyone hears everyone but themselves. */
function channelAmong(ears: Set<(word: unknown) => void>) {
  let own: (word: unknown) => void = () => undefined;
  return {
    hear: (listener: (word: unknown) => void): void => {
      own = listener;
      ears.add(own);
    },
    tell: (word: unknown): void => ears.forEach((ear) => ear !== own && ear(word)),
    deafen: (): unknown => ears.delete(own),
    say: (word: unknown): void => own(word),
  };
}

const soon = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1);

describe('tabs', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function house() {
    const { locks, closeHolder } = fakeLocks();
    const ears = new Set<(word: unknown) => void>();
    const open = () => {
      const channel = channelAmong(ears);
      const release = vi.fn(async () => undefined);
      const taken = vi.fn();
      const tabs = createTabs({ locks, channel, release, taken });
      tabs.start();
      return { tabs, release, taken, channel, holder: () => tabs.store.getState().holder };
    };
    return { open, closeHolder };
  }

  it('gives the GPU to the first, and tells the second where it is', async () => {
    const { open } = house();
    const [first, second] = [open(), open()];
    await soon();
    expect([first.holder(), second.holder()]).toEqual(['here', 'elsewhere']);
    expect([first.taken.mock.calls.length, second.taken.mock.calls.length]).toEqual([1, 0]);
  });

  it('hands it over when asked: released before it is taken', async () => {
    const { open } = house();
    const [first, second] = [open(), open()];
    await soon();
    first.release.mockImplementation(async () => {
      expect(second.taken).not.toHaveBeenCalled();
    });
    await second.tabs.takeOver();
    await soon();
    expect([first.holder(), second.holder()]).toEqual(['elsewhere', 'here']);
    expect(first.release).toHaveBeenCalledOnce();
    expect(second.taken).toHaveBeenCalledOnce();
  });

  it('hands it back again', async () => {
    const { open } = house();
    const [first, second] = [open(), open()];
    await soon();
    await second.tabs.takeOver();
    await soon();
    await first.tabs.takeOver();
    await soon();
    expect([first.holder(), second.holder()]).toEqual(['here', 'elsewhere']);
    expect(second.release).toHaveBeenCalledOnce();
    expect(first.taken).toHaveBeenCalledTimes(2);
  });

  it('takes it from a holder that does not answer, after its patience', async () => {
    const { open } = house();
    const [first, second] = [open(), open()];
    await soon();
    first.channel.deafen();
    void second.tabs.takeOver();
    await vi.advanceTimersByTimeAsync(PATIENCE_MS - 10);
    expect(second.tabs.store.getState()).toEqual({ holder: 'elsewhere', taking: true });
    await vi.advanceTimersByTimeAsync(20);
    expect([first.holder(), second.holder()]).toEqual(['elsewhere', 'here']);
    expect(first.release).toHaveBeenCalledOnce();
  });

  it('gets it without asking when the holder closes', async () => {
    const { open, closeHolder } = house();
    const [, second, third] = [open(), open(), open()];
    await soon();
    closeHolder();
    await soon();
    expect([second?.holder(), third?.holder()]).toEqual(['here', 'elsewhere']);
  });

  it('keeps it where the one that asked has gone, and can be used again', async () => {
    const { open } = house();
    const first = open();
    await soon();
    first.channel.say('let-go');
    await soon();
    expect(first.holder()).toBe('elsewhere');
    void first.tabs.takeOver();
    await vi.advanceTimersByTimeAsync(PATIENCE_MS + 10);
    expect(first.holder()).toBe('here');
    expect(first.release).toHaveBeenCalledOnce();
  });

  it('is the only one where the browser has no locks', () => {
    const taken = vi.fn();
    const channel = channelAmong(new Set());
    const tabs = createTabs({ locks: undefined, channel, release: async () => undefined, taken });
    tabs.start();
    expect(tabs.store.getState().holder).toBe('here');
    expect(taken).toHaveBeenCalledOnce();
  });
});
