/**
 * The page's words in the language it speaks now. Read them while rendering,
 * never when a module is loaded: the page is drawn anew when the language changes.
 */
import { english, type Words } from './english/index.ts';
import { formatIn } from './format.ts';

export type { Words } from './english/index.ts';

export let say: Words = english;

export function speak(words: Words): void {
  say = words;
  formatIn(words.language.tag, words.format);
}
