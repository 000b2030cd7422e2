/**
 * Finding conversations by their words. The texts are read once, when first
 * searched, and held in lower case; those changed since are read again.
 */
import type { Body, Head, Message } from './conversation.ts';
import { splitReasoning } from './reasoning.ts';

export interface Excerpt {
  readonly before: string;
  readonly match: string;
  readonly after: string;
}

export interface Found {
  readonly id: string;
  /** Around the first word that was found in the text; null where the title alone has it. */
  readonly excerpt: Excerpt | null;
}

interface Entry {
  readonly updatedAt: number;
  readonly text: string;
  readonly lower: string;
}

/** Read together, so that a thousand do not hold the page up. */
const AT_ONCE = 32;
/** Few, so that the match is seen in a narrow column. */
const BEFORE = 12;
const AFTER = 60;

export function createSearch(bodyOf: (id: string) => Promise<Body | null>) {
  const index = new Map<string, Entry>();

  async function bringUpToDate(heads: readonly Head[]): Promise<void> {
    const stale = heads.filter(({ id, updatedAt }) => index.get(id)?.updatedAt !== updatedAt);
    for (let at = 0; at < stale.length; at += AT_ONCE) {
      await Promise.all(
        stale.slice(at, at + AT_ONCE).map(async ({ id, updatedAt }) => {
          const body = await bodyOf(id);
          const text = (body?.messages ?? []).map(shownOf).join('\n');
          index.set(id, { updatedAt, text, lower: text.toLowerCase() });
        }),
      );
    }
  }

  /** Those that have every word of the query, in the order of `heads`. */
  return async function search(query: string, heads: readonly Head[]): Promise<readonly Found[]> {
    const words = wordsOf(query);
    await bringUpToDate(heads);
    return heads.flatMap(({ id, title }) => {
      const entry = index.get(id);
      const lowerTitle = title.toLowerCase();
      const has = (word: string): boolean =>
        lowerTitle.includes(word) || entry?.lower.includes(word) === true;
      if (!words.every(has)) return [];
      return [{ id, excerpt: entry ? excerptOf(entry, words) : null }];
    });
  };
}

/** What is read without unfolding: no reasoning, nor the marks around it. */
function shownOf({ role, content }: Message): string {
  return role === 'user' ? content : splitReasoning(content).answer;
}

export function wordsOf(query: string): readonly string[] {
  return query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}

function excerptOf({ text, lower }: Entry, words: readonly string[]): Excerpt | null {
  const word = words.find((one) => lower.includes(one));
  if (word === undefined) return null;
  // Lower case may be longer, in a few languages: then places differ.
  const source = text.length === lower.length ? text : lower;
  const at = lower.indexOf(word);
  const end = at + word.length;
  const line = (piece: string): string => withoutSigns(piece).replace(/\s+/g, ' ');
  return {
    before:
      at > BEFORE
        ? `…${line(wholeWords(source.slice(at - BEFORE, at)))}`
        : line(source.slice(0, at)).trimStart(),
    match: line(source.slice(at, end)),
    after: line(source.slice(end, end + AFTER)).trimEnd(),
  };
}

/**
 * Without Markdown's signs of bold, of code and at the beginnings of lines, where they are in
 * the way of reading. A power between two words, or two spaces, stays.
 */
function withoutSigns(text: string): string {
  return text
    .replace(/\n[ \t]*(?:#{1,6}|>|[-*+])[ \t]+/g, '\n')
    .replace(/(?<!\s)\*\*(?!\w)|(?<!\w)\*\*(?!\s)|`+/g, '');
}

/** Without the half word it begins with, where another follows. */
function wholeWords(text: string): string {
  return text.replace(/^\S*\s+(?=\S)/, '');
}
