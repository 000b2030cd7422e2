/** Downloads of an earlier visit: those the user paused wait for the user, those that were under way go on. */
import type { ModelCard, ModelSource, WeightsMode } from '../protocol/api.ts';
import { enqueue, handOver, type QueueNeighbours } from './importQueue.ts';
import type { Halted } from './modelFacts.ts';
import type { Download } from './modelsSaved.ts';
import { originOf, weightsOf } from './origin.ts';

/** The worker of the page before this one may hold a model a moment longer; another tab does for as long as it likes. */
export const BUSY_AGAIN_MS = 3000;

export function createEarlierDownloads(queue: () => QueueNeighbours) {
  const triedAgain = new Set<string>();
  /** The GPU is here. */
  let goOn = false;

  /** Those that were paused and have nothing stored yet; what has is among the cards. */
  async function restoreDownloads(): Promise<void> {
    const { store, kept } = queue();
    const paused = (await kept.read()).filter(({ going }) => !going);
    if (paused.length === 0) return;
    kept.adopt(paused);
    store.setState(({ cards, imports, halted }) => {
      const known = new Set([
        ...(cards ?? []).map(({ origin }) => origin),
        ...[...imports, ...halted].map(({ source }) => originOf(source)),
      ]);
      const lost = paused
        .filter(({ source }) => source.kind !== 'resume' && !known.has(originOf(source)))
        .map(({ job, label, source, weights }): Halted => ({
          job,
          label,
          source,
          weights,
          progress: null,
          failure: null,
        }));
      return { halted: [...halted, ...lost] };
    });
    kept.keep();
  }

  /** Those that were under way when their page was left. For one tab alone: the one that has the GPU. */
  async function continueDownloads(): Promise<void> {
    const { store, kept } = queue();
    goOn = true;
    const left = await kept.read();
    const { imports, halted, elsewhere, cards } = store.getState();
    const known = new Set([...imports, ...halted, ...elsewhere].map(({ job }) => job));
    const going = left.filter((entry) => entry.going && !known.has(entry.job));
    if (going.length === 0) return;
    kept.adopt(going);
    for (const { job, source, weights } of going) {
      const from = sourceNow(source, weights, cards ?? []);
      if (from) void enqueue(queue(), from, weights, { job, byItself: true });
    }
    // Without those that are whole by now, or were deleted.
    kept.keep();
  }

  /** Another tab has it after all. */
  function takenElsewhere(job: string): void {
    queue().kept.leave(job);
    if (triedAgain.has(job)) return;
    triedAgain.add(job);
    setTimeout(() => void continueDownloads(), BUSY_AGAIN_MS);
  }

  /** Some that were at work on are no longer. */
  function freed(): void {
    if (goOn) void continueDownloads();
  }

  /** The GPU goes to another tab, and with it what is under way here. */
  function handOverDownloads(): void {
    goOn = false;
    handOver(queue());
  }

  return { restoreDownloads, continueDownloads, takenElsewhere, freed, handOverDownloads };
}

/** Where a download goes on from what is stored of it; null where there is nothing to go on with. */
function sourceNow(
  source: Download['source'],
  weights: WeightsMode,
  cards: readonly ModelCard[],
): ModelSource | null {
  const isIt = (card: ModelCard): boolean =>
    source.kind === 'resume'
      ? card.id === source.id
      : card.origin === originOf(source) && weightsOf(card) === weights;
  const card = cards.find(isIt);
  if (!card) return source.kind === 'resume' ? null : source;
  if (card.state !== 'partial') return null;
  return card.resumable ? { kind: 'resume', id: card.id } : source;
}
