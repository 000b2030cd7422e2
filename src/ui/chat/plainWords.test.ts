import { afterEach, describe, expect, it } from 'vitest';
import { ANSWER, ANSWERS } from '../../../e2e/ui/answers.ts';
import { chinese } from '../chinese/index.ts';
import { english } from '../english/index.ts';
import { speak } from '../say.ts';
import { plainWords } from './plainWords.ts';

const whole = (markdown: string): string => plainWords(markdown, Infinity).words;

afterEach(() => speak(english));

describe('plainWords', () => {
  it.each([
    [
      'Takes **one line**, *really*, ***both***, __so__ and ~~not~~.',
      'Takes one line, really, both, so and not.',
    ],
    ['## A heading ##\nand text\non two lines', 'A heading. and text on two lines.'],
    ['- one\n- **two**\n- three!', 'one. two. three!'],
    ['1. First\n2. Second', '1. First. 2. Second.'],
    ['- [x] read\n- [ ] wait', 'done: read. not done: wait.'],
    ['> Both *read*\n> it.', 'Both read it.'],
    ['| way | time |\n| --- | --: |\n| slice | O(n) |', 'way, time. slice, O(n).'],
    ['Call `reversed(items)[::-1]` or ``a ` b``.', 'Call reversed(items)[::-1] or a ` b.'],
    ['```python\nprint(1)\n```\nDone', 'Code, python. Done.'],
    ['1. So:\n\n   ```sh\n   ls -a\n   ```\n2. Then', '1. So: Code, sh. 2. Then.'],
    [
      'See [the manual](https://a.example/x_(y)) or [by name][tides].\n\n[tides]: https://b.example',
      'See the manual or by name.',
    ],
    ['![a fish](x.png) and <https://a.example>', 'Image: a fish and https://a.example.'],
    ['Noted[^1] here.\n\n[^1]: So **it** is', 'Noted here. Footnote 1. So it is.'],
    ['One\n\n---\n\nTwo\n\n***\n\nThree', 'One. Two. Three.'],
    ['Title\n=====\nText', 'Title. Text.'],
    ['The energy is $E = mc^2$, it costs $5 and $10.', 'The energy is E = mc^2, it costs $5 and $10.'],
    ['\\[\n\\frac{a}{b}\n\\]', 'frac a b.'],
  ])('says %j', (markdown, said) => {
    expect(whole(markdown)).toBe(said);
  });

  it.each([
    'Name it snake_case_name or __init__.py, 2 * 3 * 4 > 5.',
    'a | b, #1 and C#.',
    'An escaped \\*star\\*.',
  ])('leaves what is no sign: %s', (text) => {
    expect(whole(text)).toBe(text.replaceAll('\\*', '*').replace('__init__', 'init'));
  });

  it('pauses as Chinese does', () => {
    speak(chinese);
    expect(whole('## 潮汐\n- **月球**\n- 太阳')).toBe('潮汐。 月球。 太阳。');
  });

  it('leaves no sign of all that a model writes', () => {
    for (const markdown of [ANSWER, ANSWERS['rich'] ?? '', ANSWERS['chinese'] ?? ''])
      expect(whole(markdown).replace('items[::-1]', '')).not.toMatch(
        /\*\*|__|`|\||(^|\s)#+\s|\$\$|\]\(|^>|:--|\\/,
      );
  });

  it('ends with a sentence where it is cut, or between words', () => {
    expect(plainWords('One two three. Four five. Six seven eight.', 30)).toEqual({
      words: 'One two three. Four five.',
      cut: true,
    });
    expect(plainWords('One two three four five six seven.', 12)).toEqual({ words: 'One two …', cut: true });
    expect(plainWords('潮汐每天涨落两次。由月球引起的现象', 12).words).toBe('潮汐每天涨落两次。');
    expect(plainWords('Short.', 12)).toEqual({ words: 'Short.', cut: false });
  });

  it('looks no further than it says, and tells that there is more', () => {
    const listing = `\`\`\`js\n${'let a;\n'.repeat(1000)}\`\`\`\n\nThe end.`;
    expect(plainWords(listing, 500)).toEqual({ words: 'Code, js.', cut: true });
  });

  it('takes no longer than a moment, whatever was written', () => {
    const from = performance.now();
    for (const text of [
      ANSWERS['hostile'] ?? '',
      ANSWERS['unbroken'] ?? '',
      '*a '.repeat(2000),
      '[a]('.repeat(1000),
      '_a'.repeat(2000),
      '`'.repeat(4000),
      '```\n'.repeat(500),
    ])
      plainWords(text, 500);
    expect(performance.now() - from).toBeLessThan(1000);
  });
});
