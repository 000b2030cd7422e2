/**
 * Downloads that other tabs are at work on. Each tab tells the others of its own, and
 * holds a lock for as long as it lives, so that one that dies is missed.
 */
import * as v from 'valibot';
import type { ImportProgress } from '../protocol/api.ts';
import type { Channel } from './channel.ts';
import { newId } from './ids.ts';
import type { ImportJob, ModelsFacts, ModelStore } from './modelFacts.ts';
import { originOf } from './origin.ts';

const ElsewhereSchema = v.object({
  job: v.string(),
  title: v.string(),
  /** null until it is known. */
  modelId: v.nullable(v.string()),
  /** null for local files. */
  origin: v.nullable(v.string()),
  waits: v.boolean(),
  doneBytes: v.number(),
  totalBytes: v.number(),
});
/** Without downloads it asks the others for theirs. */
const WordSchema = v.object({ tab: v.string(), downloads: v.nullable(v.array(ElsewhereSchema)) });

export type DownloadElsewhere = Readonly<v.InferOutput<typeof ElsewhereSchema>>;
type Word = v.InferOutput<typeof WordSchema>;

interface Neighbours {
  readonly store: ModelStore;
  readonly channel: Channel;
  /** Absent where the page came over plain http: then every tab is the only one. */
  readonly locks: Pick<LockManager, 'request'> | undefined;
  /** One that was elsewhere has arrived, was stopped, or died with its tab. */
  readonly ended: () => void;
}

/** Between two words about the same downloads. */
const TELL_MS = 500;

const lockOf = (tab: string): string => `shoal-tab/${tab}`;

/** Returns what is to be told how far a download is: frames pace what the store says, and a hidden tab has none. */
export function createElsewhere({ store, channel, locks, ended }: Neighbours) {
  if (!locks) return () => undefined;
  const here = newId(`tab-${Math.random()}`);
  const known = new Map<string, readonly DownloadElsewhere[]>();
  let alive = false;
  let toldAt = 0;
  let arriving: { readonly job: string; readonly progress: ImportProgress } | null = null;

  function tell(): void {
    if (!alive) return;
    const facts = store.getState();
    toldAt = Date.now();
    const downloads = facts.imports.map((entry) =>
      told(entry, facts, arriving?.job === entry.job ? arriving.progress : entry.progress),
    );
    channel.tell({ tab: here, downloads } satisfies Word);
  }

  function put(tab: string, downloads: readonly DownloadElsewhere[]): void {
    const before = store.getState().elsewhere;
    known.set(tab, downloads);
    const elsewhere = [...known.values()].flat();
    store.setState({ elsewhere });
    if (before.some(({ job }) => !elsewhere.some((entry) => entry.job === job))) ended();
  }

  channel.hear((message) => {
    const word = v.safeParse(WordSchema, message);
    if (!word.success) return;
    const { tab, downloads } = word.output;
    if (!downloads) {
      if (store.getState().imports.length > 0) tell();
      return;
    }
    // It is granted when that tab is gone.
    if (!known.has(tab)) void locks.request(lockOf(tab), () => put(tab, []));
    put(tab, downloads);
  });
  store.subscribe((now, before) => {
    if (phasesOf(now) !== phasesOf(before)) tell();
  });
  void locks.request(lockOf(here), () => {
    alive = true;
    channel.tell({ tab: here, downloads: null } satisfies Word);
    if (store.getState().imports.length > 0) tell();
    return new Promise<never>(() => undefined);
  });

  return (job: string, progress: ImportProgress): void => {
    arriving = { job, progress };
    if (Date.now() - toldAt >= TELL_MS) tell();
  };
}

function phasesOf({ imports }: ModelsFacts): string {
  return imports.map(({ job, phase }) => `${job} ${phase}`).join();
}

function told(
  { job, label, source, phase }: ImportJob,
  { cards }: ModelsFacts,
  progress: ImportProgress | null,
): DownloadElsewhere {
  const stored = source.kind === 'resume' ? cards?.find(({ id }) => id === source.id) : undefined;
  return {
    job,
    title: progress?.title ?? label,
    modelId: progress?.modelId ?? stored?.id ?? null,
    origin: stored?.origin ?? originOf(source),
    waits: phase === 'waiting',
    doneBytes: progress?.doneBytes ?? stored?.doneBytes ?? 0,
    totalBytes: progress?.totalBytes ?? stored?.bytes ?? 0,
  };
}
