/**
 * The quick test of the kernels that the loaded model uses. The worker remembers its
 * verdicts by adapter, browser and page, so that after the first time it answers at
 * once. It waits until nobody waits for anything, since on a slow adapter it takes
 * longer than loading the guide, and gives way to whatever begins; what was found
 * until then is kept.
 */
import type { LoadedReport, WorkerApi } from '../protocol/api.ts';
import { newId } from './ids.ts';

/** A store, as far as it is watched here. */
interface Watched<Facts> {
  getState(): Facts;
  subscribe(listener: () => void): () => void;
}

export type ModelsWatched = Watched<{
  readonly loaded: LoadedReport | null;
  readonly loading: object | null;
}>;
/** `elsewhere`: an answer goes on in a conversation that is not shown. */
export type ChatWatched = Watched<{ readonly answering: object | null; readonly elsewhere: unknown }>;

interface Neighbours {
  readonly api: WorkerApi;
  readonly models: ModelsWatched;
  readonly chat: ChatWatched;
  /** Whether something is at work that it would disturb. */
  readonly busy: () => boolean;
  readonly onWrong: (kernels: readonly string[], modelId: string) => Promise<void>;
}

/** How long nothing must have happened, a key pressed included. */
export const IDLE_MS = 2500;

export function createQuickTest({ api, models, chat, busy, onWrong }: Neighbours) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let job: string | null = null;
  /** Each load is tested once, however often the page is idle. */
  let tested: LoadedReport | null = null;

  function due(): LoadedReport | null {
    const { loaded, loading } = models.getState();
    const known = loaded === null || loaded === tested || loaded.runsOn !== 'gpu';
    return known || loading !== null || job !== null || busy() ? null : loaded;
  }

  function consider(): void {
    clearTimeout(timer);
    if (busy() || models.getState().loading !== null) giveWay();
    if (due() !== null) timer = setTimeout(() => void run(), IDLE_MS);
  }

  function giveWay(): void {
    if (job !== null) api.cancel(job);
  }

  async function run(): Promise<void> {
    const loaded = due();
    if (loaded === null) return;
    job = newId('quick');
    const result = await api.selfTest(job, 'quick', () => undefined);
    job = null;
    if (!result.ok && result.failure.code === 'CANCELLED') {
      consider();
      return;
    }
    tested = loaded;
    // What else went wrong is told by whoever needs the GPU next.
    if (!result.ok) return;
    const wrong = result.value.cases.filter(({ verdict }) => verdict === 'failed');
    if (wrong.length > 0) await onWrong([...new Set(wrong.map(({ kernel }) => kernel))], loaded.modelId);
  }

  /** From now on; returns how to stop. */
  function watch(): () => void {
    const ends = [models.subscribe(consider), chat.subscribe(consider)];
    consider();
    return () => {
      clearTimeout(timer);
      for (const end of ends) end();
    };
  }

  return { watch, giveWay };
}
