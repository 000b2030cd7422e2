import { describe, expect, it } from 'vitest';
import { encodeBegun } from './begunAnswer.ts';
import type { Tokenizer } from './tokenizer.ts';

/** Letters are tokens, as their code points; marks in angles or brackets are control tokens from 1000 on. */
const CONTROLS = ['<think>', '</think>', '<|end|>'];

const tokenizer: Tokenizer = {
  vocabSize: 2000,
  dropsFirstSpace: false,
  encode: (text) => Array.from(text, (letter) => letter.codePointAt(0) ?? 0),
  decode: () => '',
  pieceBytes: (id) => new TextEncoder().encode(CONTROLS[id - 1000] ?? String.fromCodePoint(id)),
  isControl: (id) => id >= 1000,
  controlIds: new Map(CONTROLS.map((text, at) => [text, 1000 + at])),
  splitAtControls: (text) =>
    text
      .split(/(<think>|<\/think>|<\|end\|>)/)
      .filter((part) => part !== '')
      .map((part) => (CONTROLS.includes(part) ? 1000 + CONTROLS.indexOf(part) : part)),
};

const letters = (text: string): number[] => tokenizer.encode(text);
const THINK = 1000;
const CLOSE = 1001;
/** One token that reads "ab": the encoder itself would never choose it. */
const OWN = 900;
const withOwn: Tokenizer = {
  ...tokenizer,
  pieceBytes: (id) => (id === OWN ? new TextEncoder().encode('ab') : tokenizer.pieceBytes(id)),
};

describe('an answer to go on with', () => {
  const prompt = letters('Hi:');

  it('is the very ids it was made of, where the session holds them', () => {
    expect(encodeBegun(withOwn, prompt, 'abc', [...prompt, OWN, 99])).toEqual([OWN, 99]);
  });

  it('is encoded where the session holds something else', () => {
    expect(encodeBegun(withOwn, prompt, 'abc', [...letters('Ho:'), OWN, 99])).toEqual(letters('abc'));
    expect(encodeBegun(withOwn, prompt, 'abd', [...prompt, OWN, 99])).toEqual(letters('abd'));
    expect(encodeBegun(withOwn, prompt, 'abc', [])).toEqual(letters('abc'));
  });

  it('has its marks of reasoning as tokens, and other control tokens as letters', () => {
    expect(encodeBegun(tokenizer, prompt, '<think>a</think>b<|end|>c', [])).toEqual([
      THINK,
      ...letters('a'),
      CLOSE,
      ...letters('b<|end|>c'),
    ]);
  });

  it('begins after the mark that the template wrote', () => {
    const opened = [...prompt, THINK, ...letters('\n')];
    expect(encodeBegun(tokenizer, opened, '<think>\na', [])).toEqual(letters('a'));
    expect(encodeBegun(tokenizer, opened, '<think>\na', [...opened, ...letters('a')])).toEqual(letters('a'));
  });

  it('of a model that did not reason ends the reasoning that this one’s template opens', () => {
    const opened = [...prompt, THINK, ...letters('\n')];
    expect(encodeBegun(tokenizer, opened, 'abc', [])).toEqual([
      ...letters('\n'),
      CLOSE,
      ...letters('\n\nabc'),
    ]);
  });
});
