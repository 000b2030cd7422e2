/**
 * Code cut into pieces of some forty lines, each coloured on its own, so that a
 * listing that grows colours only its end. A piece ends where no string and no
 * comment is open: there the next one begins as a file would.
 */
import type { Coloured } from './highlight.ts';

export interface Piece {
  readonly at: number;
  readonly text: string;
  /** null until it is coloured, for languages nobody knows, and where colouring it would take too long. */
  readonly coloured: readonly Coloured[] | null;
}

export type Highlight = (text: string) => readonly Coloured[];

const LINES = 40;
/** A comment this long is cut anyway. */
const MOST_LINES = 10 * LINES;
/** Colouring takes time by the square of a line's length in some languages: nobody reads such a line by its colours. */
const LONGEST_LINE = 1000;
const MOST_CHARACTERS = 8000;

/** Where a piece from `at` may end at the earliest: after so many lines, or at the text's end. */
function afterLines(text: string, at: number, lines: number): number {
  let end = at;
  for (let n = 0; n < lines; n++) {
    const next = text.indexOf('\n', end);
    if (next < 0) return text.length;
    end = next + 1;
  }
  return end;
}

/** Its line break stands in no string or comment. */
function endsOpen(coloured: readonly Coloured[]): boolean {
  const last = coloured.at(-1);
  return typeof last === 'string' && last.endsWith('\n');
}

function tooDense(piece: string): boolean {
  return piece.length > MOST_CHARACTERS || piece.split('\n').some((line) => line.length > LONGEST_LINE);
}

function pieceAt(text: string, at: number, highlight: Highlight): Piece {
  let shorter: Piece | null = null;
  for (let lines = LINES; ; lines += LINES) {
    const end = afterLines(text, at, lines);
    const piece = text.slice(at, end);
    if (tooDense(piece)) return shorter ?? { at, text: piece, coloured: null };
    const coloured = highlight(piece);
    shorter = { at, text: piece, coloured };
    if (end === text.length || endsOpen(coloured) || lines >= MOST_LINES) return shorter;
  }
}

/** Remembers the pieces of one listing while it grows. */
export function createPieces() {
  let text = '';
  let sealed: Piece[] = [];
  return {
    /**
     * All of the listing. Colours as much as fits in the budget; the rest comes
     * plain, and `whole` says that it is worth asking again.
     */
    of(
      now: string,
      highlight: Highlight | null,
      budgetMs: number,
    ): { pieces: readonly Piece[]; whole: boolean } {
      if (!highlight) return { pieces: plainFrom(now, 0), whole: true };
      if (!now.startsWith(text)) sealed = [];
      text = now;
      const until = performance.now() + budgetMs;
      let at = endOf(sealed);
      while (at < now.length) {
        if (performance.now() > until) return { pieces: [...sealed, ...plainFrom(now, at)], whole: false };
        const piece = pieceAt(now, at, highlight);
        at += piece.text.length;
        if (at >= now.length) return { pieces: [...sealed, piece], whole: true };
        sealed.push(piece);
      }
      return { pieces: sealed, whole: true };
    },
  };
}

function endOf(pieces: readonly Piece[]): number {
  const last = pieces.at(-1);
  return last ? last.at + last.text.length : 0;
}

function plainFrom(text: string, from: number): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let at = from; at < text.length;) {
    const end = afterLines(text, at, LINES);
    pieces.push({ at, text: text.slice(at, end), coloured: null });
    at = end;
  }
  return pieces;
}
