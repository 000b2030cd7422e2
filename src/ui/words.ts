/** Every expected failure in words; the table is the language's. */
import type { FailureCode, FailureDetail } from '../base/failure.ts';
import type { Failure } from '../protocol/api.ts';
import { say } from './say.ts';

export interface FailureWords {
  readonly title: string;
  readonly happened: string;
  readonly safe: string;
  readonly todo: string;
}

export type Facts = FailureDetail & { readonly about: string; readonly file?: string | number };
type Line = string | ((facts: Facts) => string);
interface Entry {
  readonly title: Line;
  readonly happened: Line;
  readonly safe: Line;
  readonly todo: Line;
}
export type FailureTable = Readonly<Record<FailureCode, Entry>>;

export function wordsFor(failure: Failure, about = ''): FailureWords {
  const { title, happened, safe, todo }: Entry = say.failures[failure.code];
  const facts: Facts = { ...failure.detail, about };
  const told = (line: Line): string => (typeof line === 'string' ? line : line(facts));
  return { title: told(title), happened: told(happened), safe: told(safe), todo: told(todo) };
}

/** Sentences one after the other, as the language sets them: Chinese puts no space between. */
export function together(...sentences: readonly string[]): string {
  return sentences.filter((line) => line !== '').join(say.language.tag.startsWith('zh') ? '' : ' ');
}
