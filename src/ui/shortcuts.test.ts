import { describe, expect, it } from 'vitest';
import { languageOf } from './language.ts';
import { actOf, SHORTCUTS } from './shortcuts.ts';

const press = (
  key: string,
  held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {},
) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe('shortcuts', () => {
  it('work by one key while nothing is written', () => {
    expect(actOf(press('n'), false, true)).toBe('newChat');
    // Where the question mark is differs between keyboards; that Shift was needed does not matter.
    expect(actOf(press('?', { shiftKey: true }), false, true)).toBe('help');
  });

  it('leave single keys to whoever writes, and to whoever switched them off', () => {
    expect(actOf(press('n'), true, true)).toBeNull();
    expect(actOf(press('n'), false, false)).toBeNull();
  });

  it('work with Ctrl or ⌘ while writing', () => {
    expect(actOf(press('k', { ctrlKey: true }), true, false)).toBe('search');
    expect(actOf(press('k', { metaKey: true }), true, true)).toBe('search');
    expect(actOf(press('O', { ctrlKey: true, shiftKey: true }), true, true)).toBe('newChat');
  });

  it('leave the browser’s own alone', () => {
    expect(actOf(press('n', { ctrlKey: true }), false, true)).toBeNull();
    expect(actOf(press('k', { ctrlKey: true, shiftKey: true }), false, true)).toBeNull();
    expect(actOf(press('s', { altKey: true }), false, true)).toBeNull();
  });

  it('are no two the same', () => {
    const all = SHORTCUTS.flatMap(({ combos }) => combos.map((combo) => JSON.stringify(combo)));
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('the language', () => {
  it('is the first of the browser’s that the page speaks', () => {
    expect(languageOf('system', ['zh-CN', 'en'])).toBe('zh');
    expect(languageOf('system', ['zh-Hant-TW'])).toBe('zh');
    expect(languageOf('system', ['fr-FR', 'en-GB', 'zh'])).toBe('en');
    expect(languageOf('system', ['fr-FR'])).toBe('en');
    expect(languageOf('system', [])).toBe('en');
  });

  it('is what the settings say, whatever the browser', () => {
    expect(languageOf('zh', ['en'])).toBe('zh');
    expect(languageOf('en', ['zh'])).toBe('en');
  });
});
