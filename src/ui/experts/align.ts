/**
 * Which character of an answer's Markdown each character on the page came from.
 * The page shows the same text in the same order, without its markup: so both are
 * walked together, a text node at a time.
 */
export interface AlignedPart {
  readonly length: number;
  /** Offset in the Markdown of the part's character; -1 where it came from none. */
  at(index: number): number;
}

/** How far ahead a node is looked for: a short one is easily found in a link's address. */
function reach(length: number): number {
  if (length < 4) return 64;
  return length < 12 ? 1024 : Infinity;
}

/** In a node that is not there letter by letter (`&amp;`, `\*`, indentation): markup between two characters. */
const MARKUP = 16;

/** `parts`: the text nodes in their order; `from`: where in `raw` the first one may begin. */
export function align(raw: string, parts: readonly string[], from = 0): readonly AlignedPart[] {
  let cursor = from;
  return parts.map((part) => {
    const found = raw.indexOf(part, cursor);
    if (part !== '' && found >= 0 && found - cursor <= reach(part.length)) {
      cursor = found + part.length;
      return { length: part.length, at: (index) => found + index };
    }
    const walked = walk(raw, part, cursor);
    cursor = walked.end;
    return { length: part.length, at: (index) => walked.offsets[index] ?? -1 };
  });
}

/** Character by character; where most of it is not found the page made it up, and nothing is. */
function walk(raw: string, part: string, from: number): { offsets: readonly number[]; end: number } {
  const offsets: number[] = [];
  let cursor = from;
  let found = 0;
  for (const character of part.split('')) {
    const at = raw.slice(cursor, cursor + MARKUP).indexOf(character);
    offsets.push(at < 0 ? -1 : cursor + at);
    if (at < 0) continue;
    found++;
    cursor += at + 1;
  }
  const near = cursor - from <= 2 * part.length + 2 * MARKUP;
  return found * 2 > part.length && near ? { offsets, end: cursor } : { offsets: [], end: from };
}

/** The run of a part's characters that came from `start` up to `end` of the Markdown; null for none. */
export function within(
  part: AlignedPart,
  start: number,
  end: number,
): { readonly from: number; readonly to: number } | null {
  let from = -1;
  let to = -1;
  for (let index = 0; index < part.length; index++) {
    const at = part.at(index);
    if (at < start || at >= end) continue;
    if (from < 0) from = index;
    to = index + 1;
  }
  return from < 0 ? null : { from, to };
}
