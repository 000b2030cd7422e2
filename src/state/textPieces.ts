/**
 * Which tokens brought which characters of an answer. A token may bring none at
 * first (half a character, the beginning of a stop string): it belongs to the
 * piece of text that came next.
 */

/** Characters of a text, from `start` up to `end`. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** Text that arrived at once, and the tokens behind it: `firstToken` up to `endToken`. */
export interface Piece extends TextRange {
  readonly firstToken: number;
  readonly endToken: number;
}

export interface TextPieces {
  /** `tokens`: made so far, the text's own among them. */
  add(text: string, tokens: number): void;
  /** All of it so far. */
  readonly text: string;
  /** Those that brought it. */
  readonly tokens: number;
  /** What brought the characters from `offset` up to `end`, the one at `offset` where none is given; null past the end. */
  at(offset: number, end?: number): Piece | null;
  all(): Iterable<Piece>;
}

/** `begun`: text that was there before, from tokens nobody heard of. */
export function createTextPieces(begun = ''): TextPieces {
  const textEnds: number[] = begun === '' ? [] : [begun.length];
  const tokenEnds: number[] = begun === '' ? [] : [0];
  let all = begun;

  const piece = (index: number): Piece => ({
    start: textEnds[index - 1] ?? 0,
    end: textEnds[index]!,
    firstToken: tokenEnds[index - 1] ?? 0,
    endToken: tokenEnds[index]!,
  });

  return {
    get text() {
      return all;
    },
    get tokens() {
      return tokenEnds.at(-1) ?? 0;
    },
    add(text, tokens) {
      if (text === '') return;
      all += text;
      const last = textEnds.length - 1;
      if (last >= 0 && tokenEnds[last]! >= tokens) {
        // Let out at the very end, from tokens that had text before: one piece with that.
        textEnds[last]! += text.length;
        return;
      }
      textEnds.push((textEnds[last] ?? 0) + text.length);
      tokenEnds.push(tokens);
    },
    at(offset, end = offset + 1) {
      if (offset < 0 || offset >= (textEnds.at(-1) ?? 0)) return null;
      const first = piece(firstAfter(textEnds, offset));
      const last = piece(firstAfter(textEnds, Math.max(offset, end - 1)));
      return { ...last, start: first.start, firstToken: first.firstToken };
    },
    *all() {
      for (let index = 0; index < textEnds.length; index++) yield piece(index);
    },
  };
}

/** Index of the first of ascending `ends` greater than `value`. */
function firstAfter(ends: readonly number[], value: number): number {
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
