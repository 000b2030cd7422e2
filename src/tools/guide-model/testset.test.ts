/** The guide's test set: its counts, and its patterns against answers written by hand. */
import { describe, expect, it } from 'vitest';
import {
  asked,
  found,
  isRight,
  keepsItsWish,
  outOfScope,
  probes,
  questions,
  scoresOf,
  stories,
  WEIGHTY,
} from './testSet.ts';

const about = (intent: string): typeof questions => questions.filter((q) => q.intent === intent);

describe("the guide's test set", () => {
  it('has its counts, and nothing twice', () => {
    expect([questions.length, outOfScope.length, stories.length]).toEqual([150, 60, 20]);
    expect(new Set(asked.map(({ id }) => id)).size).toBe(asked.length);
    expect(new Set(asked.map(({ text }) => text.toLowerCase())).size).toBe(asked.length);
  });

  it('asks after every intent, and more often after privacy and storage', () => {
    const intents = new Set(questions.map(({ intent }) => intent));
    expect([...intents].sort()).toEqual(probes.map(({ intent }) => intent).sort());
    expect(intents.size).toBe(49);
    for (const intent of intents)
      expect(about(intent).length, intent).toBeGreaterThanOrEqual(WEIGHTY.test(intent) ? 5 : 2);
  });

  it.each(probes)('tells right from wrong: $intent', ({ intent, right, wrong }) => {
    for (const { id, expect: facts } of about(intent)) {
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

  it('wants the wished-for thing and everybody named twice', () => {
    const wish = { id: '', text: '', thing: 'balloon', kinds: ['fox'] };
    expect(keepsItsWish(wish, 'The fox saw a balloon. The balloons flew, and the fox went home.')).toBe(true);
    expect(keepsItsWish(wish, 'The fox saw a balloon. It flew, and the fox went home.')).toBe(false);
    expect(keepsItsWish(wish, 'The balloon saw a balloon fly to the foxglove.')).toBe(false);
  });

  it('counts what missed', () => {
    const scores = scoresOf(asked.map(() => ''));
    expect(scores.map(({ count, of, met }) => [count, of, met])).toEqual([
      [0, 150, false],
      [0, 54, false],
      [0, 60, false],
      [60, 60, true],
      [0, 20, false],
    ]);
    expect(scores[4]?.missed).toEqual(stories.map(({ id }) => id));
  });
});
