/**
 * One tab at a time holds the GPU, by a Web Lock. The others wait for it: they get
 * it when the holder closes, or at once when their user asks. Then the holder is
 * asked to give the GPU back; a holder that does not answer (a frozen tab) loses
 * the lock all the same.
 */
import { createStore } from 'zustand/vanilla';
import type { Channel } from './channel.ts';

export interface TabsFacts {
  /** Where the GPU is held; 'asking' until the browser has said. */
  readonly holder: 'asking' | 'here' | 'elsewhere';
  /** The other tab was asked to let go. */
  readonly taking: boolean;
}

interface Neighbours {
  /** Absent where the page came over plain http: then every tab is the only one. */
  readonly locks: Pick<LockManager, 'request'> | undefined;
  readonly channel: Channel;
  /** Gives the GPU back. */
  readonly release: () => Promise<void>;
  /** The GPU is this tab's now. */
  readonly taken: () => void;
}

const LOCK = 'shoal-gpu';
export const PATIENCE_MS = 3000;

type Word = 'let-go' | 'let-gone';

export function createTabs({ locks, channel, release, taken }: Neighbours) {
  const store = createStore<TabsFacts>(() => ({ holder: 'asking', taking: false }));
  const holds = (): boolean => store.getState().holder === 'here';
  let letGone: () => void = () => undefined;

  function take(): void {
    store.setState({ holder: 'here', taking: false });
    taken();
  }

  async function giveUp(): Promise<void> {
    const held = holds();
    store.setState({ holder: 'elsewhere', taking: false });
    if (held) await release();
  }

  const place = locks && createPlace(locks, take, giveUp);

  function start(): void {
    if (!place) {
      take();
      return;
    }
    channel.hear((word) => {
      if (word === ('let-gone' satisfies Word)) letGone();
      if (word === ('let-go' satisfies Word) && holds())
        void giveUp().then(() => channel.tell('let-gone' satisfies Word));
    });
    place.ask();
  }

  async function takeOver(): Promise<void> {
    const { holder, taking } = store.getState();
    if (holder !== 'elsewhere' || taking) return;
    store.setState({ taking: true });
    const answered = new Promise<void>((resolve) => {
      letGone = resolve;
    });
    channel.tell('let-go' satisfies Word);
    await Promise.race([answered, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
    // Else it came free by itself meanwhile: its holder closed.
    if (!holds()) place?.steal();
  }

  return { store, start, takeOver };
}

/** This tab's place in the line for the lock, which is held until it is stolen or the tab closes. */
function createPlace(
  locks: Pick<LockManager, 'request'>,
  onHeld: () => void,
  onNotHeld: () => Promise<void>,
): { ask(): void; steal(): void } {
  let waiting = new AbortController();
  /** Of the last request: how earlier ones end says nothing any more. */
  let latest = 0;

  function request(options: LockOptions): void {
    const turn = ++latest;
    const whenAsked = (lock: Lock | null): Promise<never> | undefined => {
      if (!lock) return wait();
      onHeld();
      return new Promise<never>(() => undefined);
    };
    // A lock that was stolen says so by rejecting.
    locks.request(LOCK, options, whenAsked).catch(() => {
      if (turn === latest) wait();
    });
  }

  function wait(): undefined {
    void onNotHeld();
    waiting = new AbortController();
    request({ signal: waiting.signal });
  }

  return {
    ask: () => request({ ifAvailable: true }),
    steal() {
      waiting.abort();
      request({ steal: true });
    },
  };
}
