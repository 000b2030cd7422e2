/**
 * Which adjacent pair merges first: what the library's `bpe_ranks` map answers.
 *
 * The library would build that map from pairs, each spelled anew as JSON: seconds
 * and hundreds of megabytes for a vocabulary of 250,000. These two answer the
 * same question out of what the facts already hold.
 */
import type { TokenizerJson } from './tokenizerJson.ts';

type Bpe = Extract<TokenizerJson['model'], { type: 'BPE' }>;

/** Null where the model lists its merges as pairs, which the library reads well enough. */
export function mergeRanksOf(
  model: Bpe,
  pieces: readonly (string | undefined)[],
): Map<string, number> | null {
  if (model.scores) return new PieceRanks(pieces, model.scores);
  return model.merges.every((merge) => typeof merge === 'string') ? new ListedRanks(model.merges) : null;
}

/** The library asks by the JSON of the pair. */
function pairOf(key: string): [left: string, right: string] {
  return JSON.parse(key) as [string, string];
}

/** Merges listed as `left right`, the first one first. */
class ListedRanks extends Map<string, number> {
  constructor(merges: readonly string[]) {
    super();
    merges.forEach((merge, rank) => this.set(merge, rank));
  }

  override get(key: string): number | undefined {
    const [left, right] = pairOf(key);
    return super.get(`${left} ${right}`);
  }
}

/**
 * SentencePiece lists no merges: any pair whose joined text is a piece may merge,
 * the piece of the highest score first, and of equal scores the leftmost, which
 * is what the library does with equal ranks.
 */
class PieceRanks extends Map<string, number> {
  constructor(pieces: readonly (string | undefined)[], scores: readonly (number | null)[]) {
    super();
    const made: [piece: string, score: number][] = [];
    for (const [id, piece] of pieces.entries()) {
      const score = scores[id] ?? null;
      if (piece !== undefined && score !== null) made.push([piece, score]);
    }
    made.sort((a, b) => b[1] - a[1]);
    let rank = -1;
    let last = Number.NaN;
    for (const [piece, score] of made) {
      if (score !== last) rank++;
      last = score;
      this.set(piece, rank);
    }
  }

  override get(key: string): number | undefined {
    const [left, right] = pairOf(key);
    return super.get(left + right);
  }
}
