import { afterEach, expect, it } from 'vitest';
import { GUIDE_TITLE } from '../base/guide.ts';
import { chinese } from './chinese/index.ts';
import { english } from './english/index.ts';
import { cardTitle, modelTitle } from './modelTitle.ts';
import { speak } from './say.ts';

afterEach(() => speak(english));

it('names the guide in the language of the page', () => {
  speak(chinese);
  expect(cardTitle({ builtIn: true, title: GUIDE_TITLE })).toBe('向导');
  expect(modelTitle(GUIDE_TITLE)).toBe('向导');
});

it('leaves other models their names, also one that is called the same', () => {
  expect(cardTitle({ title: 'Granite' })).toBe('Granite');
  expect(cardTitle({ title: GUIDE_TITLE })).toBe(GUIDE_TITLE);
  expect(modelTitle('Granite')).toBe('Granite');
});
