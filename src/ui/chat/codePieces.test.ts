import { describe, expect, it } from 'vitest';
import { createPieces, type Highlight } from './codePieces.ts';

/** Knows one thing: from a # to the next # is one comment, over lines. */
const comments: Highlight = (text) =>
  text
    .split(/(#[^#]*#?)/)
    .filter((part) => part !== '')
    .map((part) => (part.startsWith('#') ? { className: 'comment', children: [part] } : part));

const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, n) => `line ${from + n}\n`).join('');

describe('createPieces', () => {
  it('cuts after forty lines, and loses nothing', () => {
    const text = lines(0, 100);
    const { pieces, whole } = createPieces().of(text, comments, 1000);
    expect(whole).toBe(true);
    expect(pieces.map((piece) => piece.at)).toEqual([0, lines(0, 40).length, lines(0, 80).length]);
    expect(pieces.map((piece) => piece.text).join('')).toBe(text);
  });

  it('does not cut within a comment', () => {
    const text = `${lines(0, 38)}# begins\n${lines(39, 60)}ends #\n${lines(61, 90)}`;
    const { pieces } = createPieces().of(text, comments, 1000);
    expect(pieces[0]?.text).toBe(`${lines(0, 38)}# begins\n${lines(39, 60)}ends #\n${lines(61, 80)}`);
  });

  it('cuts within a comment that has no end', () => {
    const { pieces } = createPieces().of(`#${lines(0, 900)}`, comments, 1000);
    expect(pieces[0]?.text).toBe(`#${lines(0, 400)}`);
  });

  it('leaves plain what would take too long to colour, and goes on behind it', () => {
    const asked: string[] = [];
    const noting: Highlight = (piece) => {
      asked.push(piece);
      return comments(piece);
    };
    const long = 'x'.repeat(60_000);
    const dense = `${'y'.repeat(900)}\n`.repeat(40);
    const text = `${lines(0, 40)}${long}\n${lines(41, 80)}${dense}${lines(120, 130)}`;
    const { pieces, whole } = createPieces().of(text, noting, 1000);
    expect(whole).toBe(true);
    expect(pieces.map((piece) => piece.text).join('')).toBe(text);
    expect(pieces.map((piece) => piece.coloured !== null)).toEqual([true, false, false, true]);
    expect(asked).toEqual([lines(0, 40), lines(120, 130)]);
  });

  it('cuts within a comment before it grows too long to colour', () => {
    const line = `${'z'.repeat(99)}\n`;
    const text = `#${line.repeat(200)}`;
    const { pieces } = createPieces().of(text, comments, 1000);
    expect(pieces[0]?.text).toBe(`#${line.repeat(40)}`);
    expect(pieces.every((piece) => piece.coloured !== null)).toBe(true);
    expect(pieces.map((piece) => piece.text).join('')).toBe(text);
  });

  it('colours only the end while the code grows', () => {
    const text = lines(0, 200);
    const store = createPieces();
    let coloured = 0;
    const counting: Highlight = (piece) => {
      coloured = Math.max(coloured, piece.length);
      return comments(piece);
    };
    for (let end = 0; end <= text.length; end += 7) {
      const { pieces } = store.of(text.slice(0, end), counting, 1000);
      expect(pieces.map((piece) => piece.text).join('')).toBe(text.slice(0, end));
    }
    expect(coloured).toBeLessThanOrEqual(lines(160, 200).length);
  });

  it('shows the rest plain where time is up, and goes on when asked again', () => {
    const text = lines(0, 400);
    const store = createPieces();
    const first = store.of(text, comments, -1);
    expect(first.whole).toBe(false);
    expect(first.pieces.every((piece) => piece.coloured === null)).toBe(true);
    expect(first.pieces.map((piece) => piece.text).join('')).toBe(text);
    expect(store.of(text, comments, 1000)).toMatchObject({ whole: true });
  });

  it('begins anew where the text is another', () => {
    const store = createPieces();
    store.of(lines(0, 100), comments, 1000);
    expect(store.of('other', comments, 1000).pieces.map((piece) => piece.text)).toEqual(['other']);
  });
});
