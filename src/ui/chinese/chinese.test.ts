import { describe, expect, it } from 'vitest';
import { english } from '../english/index.ts';
import { formatIn } from '../format.ts';
import { chinese } from './index.ts';

/** Names, units and signs that are the same in both languages. */
const SAME = new Set([
  'name',
  'settings.languages.en',
  'settings.languages.zh',
  'settings.topK.0',
  'settings.topP.0',
  'settings.minP.0',
  'shortcuts.named.control',
  'shortcuts.named.shift',
  'shortcuts.named.escape',
  'add.urlHint',
  'fit.gpuGb',
  'catalogue.billions',
  'catalogue.millions',
  'device.facts.webgpu',
  'device.shape',
  'experts.word',
  // What the guide is asked: it understands English.
  'guide.questions.0.1',
  'guide.questions.1.1',
  'guide.questions.2.1',
]);

type Entry = readonly [path: string, words: unknown];

function entriesOf(table: unknown, path = ''): readonly Entry[] {
  if (typeof table !== 'object' || table === null) return [[path, table]];
  return Object.entries(table).flatMap(([key, value]) =>
    entriesOf(value, path === '' ? key : `${path}.${key}`),
  );
}

/** What a phrase says of these facts; phrases want different kinds of them. */
function told(words: unknown): readonly string[] {
  if (typeof words !== 'function') return [String(words)];
  const facts: readonly (readonly unknown[])[] = [
    Array.from({ length: 6 }, () => 3),
    Array.from({ length: 6 }, () => 'Qwen'),
    [{ about: 'Qwen', file: 'a.gguf', layers: 3, experts: 4, topK: 2, doneBytes: 1e9, totalBytes: 2e9 }],
  ];
  return facts.flatMap((given): string[] => {
    try {
      return [String(Reflect.apply(words, undefined, given))];
    } catch {
      return [];
    }
  });
}

describe('the Chinese words', () => {
  const ours = new Map(entriesOf(chinese));
  const theirs = entriesOf(english);

  it('were found', () => expect(theirs.length).toBeGreaterThan(300));

  it('are as many as the English ones, each of the same kind', () => {
    expect([...ours.keys()].sort()).toEqual(theirs.map(([path]) => path).sort());
    const other = theirs.filter(([path, words]) => typeof ours.get(path) !== typeof words);
    // A line may need its facts in one language and none in the other; only failures allow that.
    expect(other.map(([path]) => path).filter((path) => !path.startsWith('failures.'))).toEqual([]);
  });

  it('are Chinese', () => {
    formatIn(english.language.tag, english.format);
    const inEnglish = new Map(theirs.map(([path, words]) => [path, told(words)]));
    formatIn(chinese.language.tag, chinese.format);
    const untranslated = [...ours].filter(([path, words]) => {
      if (SAME.has(path)) return false;
      const before = inEnglish.get(path) ?? [];
      return told(words).some((words, at) => words !== '' && /[a-z]{2}/.test(words) && words === before[at]);
    });
    formatIn(english.language.tag, english.format);
    expect(untranslated.map(([path]) => path)).toEqual([]);
  });

  it('do not end Chinese sentences with Western marks', () => {
    const wrong = [...ours].filter(([, words]) =>
      told(words).some((line) => /[\u4e00-\u9fff][.,;:?!](?:\s|$)/.test(line)),
    );
    expect(wrong.map(([path]) => path)).toEqual([]);
  });
});
