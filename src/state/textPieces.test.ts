import { expect, it } from 'vitest';
import { createTextPieces } from './textPieces.ts';

it('knows the token of every character', () => {
  const pieces = createTextPieces();
  pieces.add('The', 1);
  pieces.add(' tide', 2);
  expect(pieces.at(0)).toEqual({ start: 0, end: 3, firstToken: 0, endToken: 1 });
  expect(pieces.at(2)).toEqual(pieces.at(0));
  expect(pieces.at(3)).toEqual({ start: 3, end: 8, firstToken: 1, endToken: 2 });
  expect(pieces.at(8)).toBeNull();
  expect(pieces.at(-1)).toBeNull();
});

it('knows the tokens of several characters as one piece', () => {
  const pieces = createTextPieces();
  ['The', ' tide', ' turns'].forEach((text, n) => pieces.add(text, n + 1));
  expect(pieces.at(1, 5)).toEqual({ start: 0, end: 8, firstToken: 0, endToken: 2 });
  expect(pieces.at(4, 99)).toEqual({ start: 3, end: 14, firstToken: 1, endToken: 3 });
});

it('goes on after text whose tokens nobody heard of', () => {
  const pieces = createTextPieces('The');
  expect(pieces.at(0)).toEqual({ start: 0, end: 3, firstToken: 0, endToken: 0 });
  pieces.add(' tide', 1);
  expect(pieces.text).toBe('The tide');
  expect(pieces.at(4)).toEqual({ start: 3, end: 8, firstToken: 0, endToken: 1 });
  expect(pieces.tokens).toBe(1);
});

it('gives a token without text of its own to the text that comes next', () => {
  const pieces = createTextPieces();
  pieces.add('a', 1);
  pieces.add('', 2); // the first bytes of a character
  pieces.add('', 3);
  pieces.add('🦀', 4);
  pieces.add('!', 5);
  expect(pieces.at(1)).toEqual({ start: 1, end: 3, firstToken: 1, endToken: 4 });
  expect(pieces.at(3)).toEqual({ start: 3, end: 4, firstToken: 4, endToken: 5 });
});

it('joins what is let out at the end to the text its token had brought', () => {
  const pieces = createTextPieces();
  pieces.add('so', 1);
  pieces.add('x', 2); // "x<" came, and "<" was held back as the beginning of a stop string
  pieces.add('<', 2);
  expect([...pieces.all()]).toEqual([
    { start: 0, end: 2, firstToken: 0, endToken: 1 },
    { start: 2, end: 4, firstToken: 1, endToken: 2 },
  ]);
});

it('has nothing before there is text', () => {
  const pieces = createTextPieces();
  pieces.add('', 1);
  expect(pieces.at(0)).toBeNull();
  expect([...pieces.all()]).toEqual([]);
});
