import { describe, expect, it } from 'vitest';
import { distribution, sampleReference, uniformDraw, type SampleSettings } from './samplePlain.ts';

const NEUTRAL: SampleSettings = {
  temperature: 1,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
};

/** Probabilities 1/2, 1/4, 1/8, 1/8 by id. */
const HALVES = [Math.log(4), Math.log(2), 0, 0];
const NONE = [0, 0, 0, 0];

function ids(settings: Partial<SampleSettings>, logits = HALVES, counts = NONE): number[] {
  return distribution(logits, counts, { ...NEUTRAL, ...settings }).map(({ id }) => id);
}

describe('the distribution', () => {
  it('is the softmax', () => {
    const probabilities = distribution(HALVES, NONE, NEUTRAL).map(({ probability }) => probability);
    [0.5, 0.25, 0.125, 0.125].forEach((want, i) => expect(probabilities[i]).toBeCloseTo(want, 12));
  });

  it('sharpens with a low temperature', () => {
    const [first] = distribution(HALVES, NONE, { ...NEUTRAL, temperature: 0.5 });
    expect(first?.probability).toBeCloseTo(16 / (16 + 4 + 1 + 1), 12);
  });

  it('keeps top-k by rank, ties by lower id', () => {
    expect(ids({ topK: 3 })).toEqual([0, 1, 2]);
    expect(ids({ topK: 9 })).toEqual([0, 1, 2, 3]);
  });

  it('keeps the smallest set that reaches top-p', () => {
    expect(ids({ topP: 0.49 })).toEqual([0]);
    expect(ids({ topP: 0.7 })).toEqual([0, 1]);
    expect(ids({ topP: 0.8 })).toEqual([0, 1, 2]);
    expect(ids({ topP: 0 })).toEqual([0]);
  });

  it('takes top-p of what top-k kept', () => {
    // Of 1/2 and 1/4 the first has 2/3.
    expect(ids({ topK: 2, topP: 0.6 })).toEqual([0]);
    expect(ids({ topK: 2, topP: 0.7 })).toEqual([0, 1]);
  });

  it('drops what is rare beside the best', () => {
    expect(ids({ minP: 0.4 })).toEqual([0, 1]);
    expect(ids({ minP: 1 })).toEqual([0]);
  });

  it('punishes what was seen', () => {
    expect(ids({ temperature: 0, repetitionPenalty: 2.5 }, [2, 1, 0, 0], [1, 0, 0, 0])).toEqual([1]);
    expect(ids({ temperature: 0, repetitionPenalty: 2 }, [-1, -1.5, -9, -9], [1, 0, 0, 0])).toEqual([1]);
    expect(ids({ temperature: 0, frequencyPenalty: 0.4 }, [2, 1, 0, 0], [3, 0, 0, 0])).toEqual([1]);
    expect(ids({ temperature: 0, presencePenalty: 1.1 }, [2, 1, 0, 0], [3, 0, 0, 0])).toEqual([1]);
  });

  it('never holds what is not a number', () => {
    expect(ids({}, [NaN, 1, 0, NaN])).toEqual([1, 2]);
    expect(ids({}, [NaN, NaN, NaN, NaN])).toEqual([]);
    expect(sampleReference([NaN], [0], NEUTRAL, 1, 1)).toBe(-1);
  });
});

describe('the draw', () => {
  it('follows the distribution over positions and over seeds (chi-square, 3 degrees, p > 0.001)', () => {
    const draws = 8000;
    for (const by of ['position', 'seed'] as const) {
      const seen = [0, 0, 0, 0];
      for (let i = 0; i < draws; i++) {
        const id =
          by === 'seed'
            ? sampleReference(HALVES, NONE, NEUTRAL, i, 5)
            : sampleReference(HALVES, NONE, NEUTRAL, 5, i);
        seen[id] = (seen[id] ?? 0) + 1;
      }
      const expected = [0.5, 0.25, 0.125, 0.125].map((p) => p * draws);
      const chiSquare = expected.reduce((sum, want, id) => sum + ((seen[id] ?? 0) - want) ** 2 / want, 0);
      expect(chiSquare).toBeLessThan(16.27);
    }
  });

  it('is even over the unit interval and the same each time', () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 10_000; i++) tenths[Math.floor(uniformDraw(42, i) * 10)]! += 1;
    for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(130);
    expect(uniformDraw(42, 7)).toBe(uniformDraw(42, 7));
  });
});
