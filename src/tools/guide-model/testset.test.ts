/** The guide's test set: its counts, and its patterns against answers written by hand. */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';

const Patterns = v.array(
  v.pipe(
    v.string(),
    v.transform((source) => new RegExp(source, 'i')),
  ),
);
const Named = { id: v.string(), text: v.string() };
const Questions = v.array(
  v.object({
    ...Named,
    intent: v.string(),
    expect: v.object({ all: v.array(Patterns), none: Patterns }),
  }),
);
const OutOfScope = v.array(v.object({ ...Named, refuse: Patterns, wrong: Patterns }));
const Stories = v.array(v.object({ ...Named, thing: v.string(), kinds: v.array(v.string()) }));
const Probes = v.array(
  v.object({ intent: v.string(), right: v.array(v.string()), wrong: v.array(v.string()) }),
);

function read<S extends v.GenericSchema>(name: string, schema: S): v.InferOutput<S> {
  return v.parse(schema, JSON.parse(readFileSync(new URL(`testset/${name}.json`, import.meta.url), 'utf8')));
}

const questions = read('questions', Questions);
const outOfScope = read('outOfScope', OutOfScope);
const stories = read('stories', Stories);
const probes = read('probes', Probes);
const rows = [...questions, ...outOfScope, ...stories];

const found = (patterns: readonly RegExp[], answer: string): boolean => patterns.some((p) => p.test(answer));
const isRight = ({ all, none }: (typeof questions)[number]['expect'], answer: string): boolean =>
  all.every((facts) => found(facts, answer)) && !found(none, answer);
const asked = (intent: string): typeof questions => questions.filter((q) => q.intent === intent);

describe("the guide's test set", () => {
  it('has its counts, and nothing twice', () => {
    expect([questions.length, outOfScope.length, stories.length]).toEqual([150, 60, 20]);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    expect(new Set(rows.map(({ text }) => text.toLowerCase())).size).toBe(rows.length);
  });

  it('asks after every intent, and more often after privacy and storage', () => {
    const intents = new Set(questions.map(({ intent }) => intent));
    expect([...intents].sort()).toEqual(probes.map(({ intent }) => intent).sort());
    expect(intents.size).toBe(49);
    const weighty = /^(privacy_|storage_|delete_|persist_)/;
    for (const intent of intents)
      expect(asked(intent).length, intent).toBeGreaterThanOrEqual(weighty.test(intent) ? 5 : 2);
  });

  it.each(probes)('tells right from wrong: $intent', ({ intent, right, wrong }) => {
    for (const { id, expect: facts } of asked(intent)) {
      for (const answer of right) expect(isRight(facts, answer), `${id}: ${answer}`).toBe(true);
      for (const answer of wrong) expect(isRight(facts, answer), `${id}: ${answer}`).toBe(false);
    }
  });

  it('takes a refusal for one, and for no statement', () => {
    const probe = probes.find(({ intent }) => intent === 'out_of_scope');
    for (const { id, refuse, wrong } of outOfScope) {
      for (const answer of probe?.right ?? []) {
        expect(found(refuse, answer), `${id}: ${answer}`).toBe(true);
        expect(found(wrong, answer), `${id}: ${answer}`).toBe(false);
      }
      for (const answer of probe?.wrong ?? []) expect(found(refuse, answer), `${id}: ${answer}`).toBe(false);
    }
  });

  it('wishes for things the wish names', () => {
    for (const { id, text, thing, kinds } of stories)
      for (const word of [thing, ...kinds]) expect(text.toLowerCase(), id).toContain(word);
  });
});
