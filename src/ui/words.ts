/** Every expected failure in words; the table is the language's. */
import type { FailureCode, FailureDetail } from '../base/failure.ts';
import type { Failure } from '../protocol/api.ts';
import { GUIDE_TITLE } from '../base/guide.ts';
import { modelTitle } from './modelTitle.ts';
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
  const ofCode: Entry = say.failures[failure.code];
  const { title, happened, safe, todo } = isOfPage(failure, about) ? { ...ofCode, ...say.ofPage } : ofCode;
  const facts: Facts = { ...failure.detail, about: modelTitle(about) };
  const told = (line: Line): string => (typeof line === 'string' ? line : line(facts));
  return { title: told(title), happened: told(happened), safe: told(safe), todo: told(todo) };
}

/** What is wrong with a model's files; those of the guide are the page's own, so nobody can choose or fetch others. */
const OF_FILES: readonly FailureCode[] = [
  'NOT_A_MODEL',
  'FILE_TRUNCATED',
  'FILE_CORRUPT',
  'UNSUPPORTED_FAMILY',
  'UNSUPPORTED_TYPE',
  'UNSUPPORTED_TOKENIZER',
  'BAD_DIMENSIONS',
  'MISSING_TENSOR',
  'MISSING_PART',
  'RECORD_CORRUPT',
  'MODEL_NOT_FOUND',
  'NETWORK',
  'HTTP_STATUS',
];

/** Whether files of the page are at fault, which come with it when it is loaded again. */
export function isOfPage({ code, detail }: Failure, about: string): boolean {
  const weights = code === 'KERNEL_CHECK_FAILED' && detail['what'] === 'logits';
  return about === GUIDE_TITLE && (weights || OF_FILES.includes(code));
}

/** Sentences one after the other, as the language sets them: Chinese puts no space between. */
export function together(...sentences: readonly string[]): string {
  return sentences.filter((line) => line !== '').join(say.language.tag.startsWith('zh') ? '' : ' ');
}
