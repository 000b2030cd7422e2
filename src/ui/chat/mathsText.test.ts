import { describe, expect, it } from 'vitest';
import { mathsText } from './mathsText.ts';

const written = (text: string): string => mathsText(text).text;

describe('mathsText', () => {
  it('writes every form between double dollars', () => {
    expect(written('so $x^2$ is')).toBe('so $$x^2$$ is');
    expect(written('so \\(a_1 + b_1\\) is')).toBe('so $$a_1 + b_1$$ is');
    expect(written('so \\[a\\] is')).toBe('so $$\\displaystyle a$$ is');
    expect(written('so $$a$$ is')).toBe('so $$\\displaystyle a$$ is');
  });

  it('sets a formula on its own where it has its lines to itself', () => {
    expect(written('Text:\n\\[\na\n= b\n\\]\nmore')).toBe('Text:\n$$\na\n= b\n$$\nmore');
    expect(written('$$a + b$$')).toBe('$$\na + b\n$$');
    expect(written('1. so\n\n   \\[ a \\]')).toBe('1. so\n\n   $$\n   a\n   $$');
    expect(written('> \\[\n> a\n> \\]')).toBe('> $$\n> a\n> $$');
  });

  it.each([
    'It costs $5 and $10.',
    'From $5-$10, or 20$ there.',
    'US$5 a month, and US$ 6 later',
    '$20/month or $30/month',
    'Set $HOME and $PATH, or $HOME/$USER.',
    'Prices: $5,000, $6,000.',
    'a \\$5 and \\$6 sign',
    'one $ alone',
    '$ a $',
  ])('takes no money and no variables for maths: %s', (text) => {
    expect(mathsText(text)).toEqual({ text, maths: false });
  });

  it('leaves code as it is', () => {
    for (const text of ['`$x$` and ``a ` $y$``', '```sh\necho $x$ \\[ a \\]\n```', '~~~\n$$a$$\n~~~']) {
      expect(mathsText(text)).toEqual({ text, maths: false });
    }
    expect(written('`$a$` but $b$')).toBe('`$a$` but $$b$$');
    expect(written('- x\n\n  ```\n  $a$\n  ```\n\n  $b$')).toContain('$$b$$');
    expect(written('- x\n\n  ```\n  $a$\n  ```\n\n  $b$')).toContain('\n  $a$\n');
  });

  it('makes nothing of what is not closed, is empty, or holds a blank line', () => {
    expect(written('$$ is slang')).toBe('\\$\\$ is slang');
    expect(written('\\[ a')).toBe('\\[ a');
    expect(written('\\(\\)')).toBe('\\(\\)');
    expect(mathsText('\\[a\n\nb\\]').maths).toBe(false);
    expect(mathsText('$$$$$$').maths).toBe(false);
  });

  it('does not take long over hostile text', () => {
    const begun = performance.now();
    for (const text of [
      '$'.repeat(4000),
      '\\('.repeat(2000),
      '$a '.repeat(1300),
      '`'.repeat(4000),
      '`a``'.repeat(900),
    ])
      mathsText(text);
    expect(performance.now() - begun).toBeLessThan(500);
  });
});
