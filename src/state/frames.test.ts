import { expect, it } from 'vitest';
import { wholeWords } from './frames.ts';

it('shows words only when they are whole', () => {
  expect(wholeWords('The quick bro')).toBe('The quick ');
  expect(wholeWords('The quick ')).toBe('The quick ');
  expect(wholeWords('Th')).toBe('');
});

it('shows each character of scripts without spaces', () => {
  expect(wholeWords('你好，世')).toBe('你好，世');
  expect(wholeWords('안녕 sh')).toBe('안녕 ');
});

it('does not hold back an address of great length', () => {
  const address = `https://example.com/${'a'.repeat(40)}`;
  expect(wholeWords(`See ${address}`)).toBe(`See ${address}`);
});
