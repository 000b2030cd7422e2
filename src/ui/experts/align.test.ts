import { describe, expect, it } from 'vitest';
import { align, within } from './align.ts';

/** Each part's characters looked up in the Markdown again; a dot where there is none. */
function roundTrip(raw: string, parts: readonly string[], from?: number): readonly string[] {
  return align(raw, parts, from).map((part) =>
    Array.from({ length: part.length }, (_, index) => raw[part.at(index)] ?? '·').join(''),
  );
}

describe('the same text with and without its markup', () => {
  it.each([
    ['emphasis', 'The **tide** rose _slowly_.', ['The ', 'tide', ' rose ', 'slowly', '.']],
    ['a link', 'See [the port](https://a.example/the/port) at night', ['See ', 'the port', ' at night']],
    ['headings and lists', '# Boats\n\n- one\n- two\n\n1. three', ['Boats', '\n', 'one', 'two', 'three']],
    ['a fence', '```js\nlet a = 1;\n```\n\nafter', ['let', ' a = ', '1', ';\n', 'after']],
    ['a table', '| a | b |\n|---|---|\n| 10 | 20 |', ['a', 'b', '10', '20']],
    ['Chinese', '**潮水**涨了，`鱼`来了。', ['潮水', '涨了，', '鱼', '来了。']],
  ])('%s', (_, raw, parts) => {
    expect(roundTrip(raw, parts)).toEqual(parts);
    const offsets = align(raw, parts).flatMap((part) =>
      Array.from({ length: part.length }, (_unused, index) => part.at(index)),
    );
    expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
    expect(new Set(offsets).size).toBe(offsets.length);
  });

  it('takes the word that is meant, not the same one in an address', () => {
    const raw = 'a [x](https://sea.example) sea';
    expect(align(raw, ['a ', 'x', ' sea'])[2]!.at(1)).toBe(raw.lastIndexOf('sea'));
  });

  it('walks where it is not there letter by letter', () => {
    expect(roundTrip('Tom &amp; Ann \\* Bob', ['Tom & Ann * Bob'])).toEqual(['Tom & Ann * Bob']);
    expect(roundTrip('one\n   two', ['one\ntwo'])).toEqual(['one\ntwo']);
  });

  it('goes on behind what the page made up', () => {
    expect(roundTrip('first\n\nsecond and more', ['first', 'Kopieren', 'second and more'])).toEqual([
      'first',
      '········',
      'second and more',
    ]);
  });

  it('begins where it is told, and finds what comes after something hidden', () => {
    const raw = `<think>${'the tide is the tide. '.repeat(200)}</think>The tide rose.`;
    expect(align(raw, ['The tide rose.'])[0]!.at(0)).toBe(raw.indexOf('The tide rose'));
    expect(align('tide, tide', ['tide'], 6)[0]!.at(0)).toBe(6);
  });
});

it('finds the part of a node that a passage covers', () => {
  const [first, second] = align('The **tide**', ['The ', 'tide']);
  expect(within(first!, 2, 8)).toEqual({ from: 2, to: 4 });
  expect(within(second!, 2, 8)).toEqual({ from: 0, to: 2 });
  expect(within(first!, 5, 9)).toBeNull();
});
