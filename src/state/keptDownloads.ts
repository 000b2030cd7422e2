/**
 * Downloads as a later visit finds them, an entry each, so that tabs do not overwrite
 * one another's: those under way go on there by themselves, those the user paused wait
 * for the user. What is paused and partly here has its card and needs no entry.
 */
import { partialOf, type ModelsFacts, type ModelStore } from './modelFacts.ts';
import { isDownload, modelsSaved, type Download } from './modelsSaved.ts';

export type KeptDownloads = ReturnType<typeof createKeptDownloads>;

export function createKeptDownloads(store: ModelStore) {
  /** Jobs whose entries are this tab's to remove. */
  let ours: ReadonlySet<string> = new Set();

  /** Whenever one is added, ends, or changes between under way and paused. */
  function keep(): void {
    const now = toKeep(store.getState());
    const gone = [...ours].filter((job) => !now.some((entry) => entry.job === job));
    ours = new Set(now.map(({ job }) => job));
    void modelsSaved.keepDownloads(now, gone);
  }

  /** These are this tab's now: what becomes of them here is kept. */
  function adopt(downloads: readonly Download[]): void {
    ours = new Set([...ours, ...downloads.map(({ job }) => job)]);
  }

  /** Another tab has it after all, and keeps its entry. */
  function leave(job: string): void {
    ours = new Set([...ours].filter((other) => other !== job));
  }

  return { keep, adopt, leave, read: modelsSaved.downloads };
}

function toKeep({ imports, halted, cards }: ModelsFacts): readonly Download[] {
  const underWay = imports.map((entry) => ({ ...entry, going: entry.phase !== 'pausing' }));
  const resting = halted.map((entry) => ({
    ...entry,
    going: entry.failure?.code === 'NETWORK',
    stored: partialOf(entry, cards) !== undefined,
  }));
  return [...underWay, ...resting.filter(({ going, stored }) => going || !stored)].filter(isDownload);
}
