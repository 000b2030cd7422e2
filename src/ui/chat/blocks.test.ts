import { describe, expect, it } from 'vitest';
import { blocksOf, type Block } from './blocks.ts';

const texts = (text: string): readonly string[] => blocksOf(text).map((block) => block.text);
const kinds = (text: string): readonly Block['kind'][] => blocksOf(text).map((block) => block.kind);

/** What any text must keep: earlier blocks never change, and growing gives what cutting at once gives. */
function growsSteadily(text: string): void {
  let grown: readonly Block[] = [];
  for (let end = 1; end <= text.length; end++) {
    const now = blocksOf(text.slice(0, end), grown);
    expect(now.slice(0, Math.max(0, grown.length - 2))).toEqual(grown.slice(0, -2));
    grown = now;
  }
  expect(grown).toEqual(blocksOf(text));
  expect(new Set(grown.map((block) => block.at)).size).toBe(grown.length);
}

describe('blocksOf', () => {
  it('cuts at blank lines', () => {
    expect(texts('one\ntwo\n\nthree\n\n\nfour')).toEqual(['one\ntwo', 'three', 'four']);
  });

  it('makes code a block of its own, blank lines and shorter fences inside included', () => {
    const [before, code, after] = blocksOf('before\n````md\na\n\n```\n\nb\n````\nafter');
    expect(before?.text).toBe('before');
    expect(code).toMatchObject({ kind: 'code', text: 'a\n\n```\n\nb', language: 'md', closed: true });
    expect(after?.text).toBe('after');
  });

  it('keeps an unfinished listing, and what looks like a fence but is code in a line', () => {
    expect(blocksOf('```js\na\n\nb')).toMatchObject([{ kind: 'code', text: 'a\n\nb', closed: false }]);
    expect(kinds('```not a fence```\n\ntext')).toEqual(['text', 'text']);
  });

  it('takes the indent of a fence from its lines', () => {
    expect(blocksOf('  ```c++\n  int a;\n    int b;\n  ```')).toMatchObject([
      { language: 'c++', text: 'int a;\n  int b;' },
    ]);
  });

  it('keeps a list with blank lines between its items, and what is indented under them', () => {
    const list = '1. one\n\n2. two\n\n   more of two\n\n   ```js\n   a\n\n   b\n   ```\n\n3. three';
    expect(texts(`${list}\n\nafter`)).toEqual([list, 'after']);
  });

  it('tells footnotes apart, by name', () => {
    expect(blocksOf('Said[^1].\n\n[^1]: one\n[^b]: two')).toMatchObject([
      { kind: 'text', text: 'Said[^1].' },
      { kind: 'note', label: '1', text: 'one' },
      { kind: 'note', label: 'b', text: 'two' },
    ]);
  });

  it('cuts a long list between items and goes on counting', () => {
    const list = Array.from({ length: 200 }, (_, n) => `${n + 1}. ${'word '.repeat(6)}`).join('\n');
    const blocks = blocksOf(list);
    expect(blocks.length).toBeGreaterThan(2);
    expect(Math.max(...blocks.map(({ text }) => text.length))).toBeLessThan(2200);
    expect(blocks.slice(1).every((block) => block.joined && /^\d+\. /.test(block.text))).toBe(true);
  });

  it('cuts a long table between rows and says its head again', () => {
    const rows = Array.from({ length: 300 }, (_, n) => `| ${n} | ${'x'.repeat(20)} |`).join('\n');
    const blocks = blocksOf(`| n | what |\n| - | - |\n${rows}`);
    expect(blocks.length).toBeGreaterThan(2);
    expect(blocks.every(({ text }) => text.startsWith('| n | what |\n| - | - |\n| '))).toBe(true);
  });

  it('cuts a line of a megabyte between words, and where it has none between characters', () => {
    const words = 'word '.repeat(200_000);
    const blocks = blocksOf(words);
    expect(Math.max(...blocks.map(({ text }) => text.length))).toBeLessThanOrEqual(4000);
    expect(blocks.every(({ text }) => /^(word )*word$/.test(text))).toBe(true);
    const fish = '🐟'.repeat(5000);
    expect(texts(fish).every((text) => /^(🐟)+$/u.test(text))).toBe(true);
    expect(texts(fish).join('')).toBe(fish);
  });

  it('never changes a block but the last two while the text grows', () => {
    growsSteadily(
      '# Title\n\npara one\nline\n\n- a\n\n- b\n\n  more\n\n```\nx\n\ny\n```\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n> q\n\n[^1]: note\n\nend of it',
    );
    growsSteadily(`${'- item of a list\n'.repeat(150)}\n${'words of a line '.repeat(300)}\n\nend`);
  });
});
