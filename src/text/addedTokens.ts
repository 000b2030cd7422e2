/**
 * Finding whole tokens in text: at each place the longest one that starts there,
 * as HF's tokenizers do. Lengths are tried rather than tokens, since a
 * vocabulary may hold thousands of them (Gemma's unused ones).
 */
import type { AddedToken } from './tokenizerJson.ts';

/** A text, or a token that stood between two texts. */
export type Section = string | AddedToken;

export type Splitter = (text: string) => Section[];

export function createSplitter(tokens: readonly AddedToken[]): Splitter {
  const byText = new Map(tokens.map((token) => [token.content, token] as const));
  const lengthsByFirst = new Map<string, number[]>();
  for (const { content } of tokens) {
    const first = content.charAt(0);
    const lengths = lengthsByFirst.get(first) ?? [];
    if (!lengths.includes(content.length)) lengths.push(content.length);
    lengthsByFirst.set(first, lengths);
  }
  for (const lengths of lengthsByFirst.values()) lengths.sort((a, b) => b - a);

  const tokenAt = (text: string, at: number): AddedToken | undefined => {
    for (const length of lengthsByFirst.get(text.charAt(at)) ?? []) {
      const token = byText.get(text.slice(at, at + length));
      if (token) return token;
    }
    return undefined;
  };

  return (text) => {
    const sections: Section[] = [];
    let from = 0;
    let trimNext = false;
    const pushText = (end: number, trimEnd: boolean) => {
      let piece = text.slice(from, end);
      if (trimNext) piece = piece.trimStart();
      if (trimEnd) piece = piece.trimEnd();
      if (piece !== '') sections.push(piece);
    };
    for (let at = 0; at < text.length;) {
      const token = tokenAt(text, at);
      if (!token) {
        at++;
        continue;
      }
      pushText(at, token.lstrip);
      sections.push(token);
      at += token.content.length;
      from = at;
      trimNext = token.rstrip;
    }
    pushText(text.length, false);
    return sections;
  };
}
