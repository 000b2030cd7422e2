import { describe, expect, it } from 'vitest';
import { blocksOf } from './blocks.ts';

const texts = (text: string): readonly string[] => blocksOf(text).map((block) => block.text);

describe('blocksOf', () => {
  it('cuts at blank lines', () => {
    expect(texts('one\ntwo\n\nthree\n\n\nfour')).toEqual(['one\ntwo', 'three', 'four']);
  });

  it('keeps a fence whole, blank lines and shorter fences inside included', () => {
    const code = '````md\na\n\n```\n\nb\n````';
    expect(texts(`before\n\n${code}\n\nafter`)).toEqual(['before', code, 'after']);
  });

  it('keeps an unfinished fence whole', () => {
    expect(texts('```js\na\n\nb')).toEqual(['```js\na\n\nb']);
  });

  it('keeps a list with blank lines between its items, and what is indented under them', () => {
    const list = '1. one\n\n2. two\n\n   more of two\n\n3. three';
    expect(texts(`${list}\n\nafter`)).toEqual([list, 'after']);
  });

  it('leaves a text with link addresses in one piece', () => {
    const text = 'See [it][1].\n\nMore.\n\n[1]: https://example.com';
    expect(texts(text)).toEqual([text]);
  });

  it('never changes a block once another follows it, and names blocks apart', () => {
    const text = '# Title\n\npara one\nline\n\n- a\n\n- b\n\n```\nx\n\ny\n```\n\nend of it';
    let before = blocksOf('');
    for (let end = 1; end <= text.length; end++) {
      const now = blocksOf(text.slice(0, end));
      expect(now.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
      before = now;
    }
    expect(new Set(before.map((block) => block.line)).size).toBe(before.length);
    expect(before.map((block) => block.text).join('\n\n')).toBe(text);
  });
});
