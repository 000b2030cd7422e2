/** The guide's test set, and how answers to it are scored; testset/README.md has the rules in words. */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';

const Patterns = v.array(
  v.pipe(
    v.string(),
    v.transform((source) => new RegExp(source, 'i')),
  ),
);
const Named = { id: v.string(), text: v.string() };
const Question = v.object({
  ...Named,
  intent: v.string(),
  expect: v.object({ all: v.array(Patterns), none: Patterns }),
});
const Foreign = v.object({ ...Named, refuse: Patterns, wrong: Patterns });
const Story = v.object({ ...Named, thing: v.string(), kinds: v.array(v.string()) });
const Probe = v.object({ intent: v.string(), right: v.array(v.string()), wrong: v.array(v.string()) });

function read<S extends v.GenericSchema>(name: string, row: S): readonly v.InferOutput<S>[] {
  const text = readFileSync(new URL(`testset/${name}.json`, import.meta.url), 'utf8');
  return v.parse(v.array(row), JSON.parse(text));
}

export const questions = read('questions', Question);
export const outOfScope = read('outOfScope', Foreign);
export const stories = read('stories', Story);
/** Answers written by hand, right and wrong, by intent. */
export const probes = read('probes', Probe);
export const asked: readonly { readonly id: string; readonly text: string }[] = [
  ...questions,
  ...outOfScope,
  ...stories,
];

/** Intents of which every question has to be right. */
export const WEIGHTY = /^(privacy_|storage_|delete_|persist_)/;

export const found = (patterns: readonly RegExp[], answer: string): boolean =>
  patterns.some((pattern) => pattern.test(answer));

export function isRight({ all, none }: (typeof questions)[number]['expect'], answer: string): boolean {
  return all.every((facts) => found(facts, answer)) && !found(none, answer);
}

/** What was wished for, and everybody in it, stands in the story twice or more. Whether the cast holds a reader must say. */
export function keepsItsWish({ thing, kinds }: (typeof stories)[number], answer: string): boolean {
  const times = (word: string): number =>
    [...answer.matchAll(new RegExp(`\\b${word}(e?s)?\\b`, 'gi'))].length;
  return [thing, ...kinds].every((word) => times(word) >= 2);
}

export interface Score {
  readonly group: string;
  readonly count: number;
  readonly of: number;
  readonly goal: string;
  readonly met: boolean;
  /** Ids of those that missed. */
  readonly missed: readonly string[];
}

/** `answers` to `asked`, in its order. */
export function scoresOf(answers: readonly string[]): readonly Score[] {
  const given = new Map(asked.map(({ id }, at) => [id, plain(answers[at] ?? '')]));
  const answer = ({ id }: { readonly id: string }): string => given.get(id) ?? '';
  const right = (question: (typeof questions)[number]): boolean => isRight(question.expect, answer(question));
  const weighty = questions.filter(({ intent }) => WEIGHTY.test(intent));
  return [
    score('questions about Shoal, right', questions, right, 0.85),
    score('those on privacy and storage, right', weighty, right, 1),
    score('requests out of scope, declined', outOfScope, (row) => found(row.refuse, answer(row)), 0.9),
    score('those with no wrong fact', outOfScope, (row) => !found(row.wrong, answer(row)), 1),
    score('stories that keep to the wish', stories, (row) => keepsItsWish(row, answer(row)), 0.9),
  ];
}

function score<Row extends { readonly id: string }>(
  group: string,
  rows: readonly Row[],
  passes: (row: Row) => boolean,
  share: number,
): Score {
  const missed = rows.filter((row) => !passes(row)).map(({ id }) => id);
  const count = rows.length - missed.length;
  const goal = share === 1 ? 'all' : `≥ ${Math.ceil(share * rows.length)}`;
  return { group, count, of: rows.length, goal, met: count >= share * rows.length, missed };
}

const plain = (answer: string): string => answer.replaceAll('’', "'").replace(/\s+/g, ' ').trim();
