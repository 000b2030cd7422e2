import { describe, expect, test } from 'vitest';
import { compare, compareWeighted } from './compare.ts';

const floats = (...values: number[]) => new Float32Array(values);
const words = (...values: number[]) => new Uint32Array(values);

describe('compare', () => {
  test('nmse and the largest distance, with its place', () => {
    // distances 0, 1, 2: (1 + 4) / (9 + 16 + 25)
    expect(compare(floats(3, 5, 3), floats(3, 4, 5))).toEqual({ nmse: 0.1, maxAbs: 2, worst: 2 });
  });

  test('an equal array has no worst', () => {
    expect(compare(floats(1, -0), floats(1, 0))).toEqual({ nmse: 0, maxAbs: 0, worst: -1 });
  });

  test('anything against a reference of zeros is infinitely far', () => {
    expect(compare(floats(1e-20), floats(0)).nmse).toBe(Infinity);
  });

  test.each([
    [NaN, 1],
    [1, NaN],
    [Infinity, 1],
    [1, -Infinity],
    [Infinity, -Infinity],
    [NaN, Infinity],
  ])('%f for %f is infinitely far', (actual, expected) => {
    expect(compare(floats(0, actual), floats(0, expected))).toEqual({
      nmse: Infinity,
      maxAbs: Infinity,
      worst: 1,
    });
  });

  test('NaN and infinities equal themselves', () => {
    expect(compare(floats(NaN, Infinity, -Infinity, 1), floats(NaN, Infinity, -Infinity, 1)).maxAbs).toBe(0);
  });

  test('a missing value is infinitely far', () => {
    expect(compare(floats(1), floats(1, 2)).maxAbs).toBe(Infinity);
  });

  test('one differing integer is enough', () => {
    expect(compare(words(7, 4294967295), words(7, 4294967294))).toEqual({
      nmse: Infinity,
      maxAbs: 1,
      worst: 1,
    });
    expect(compare(words(7, 8), words(7, 8)).nmse).toBe(0);
  });
});

describe('compareWeighted', () => {
  /** Pairs of an id and a weight, as a kernel writes them. */
  const pairs = (...values: [number, number][]) =>
    words(...values.flatMap(([id, weight]) => [id, new Uint32Array(floats(weight).buffer)[0]!]));

  test('weights have a distance', () => {
    expect(compareWeighted(pairs([7, 3], [1, 5]), pairs([7, 3], [1, 4]))).toEqual({
      nmse: 1 / 25,
      maxAbs: 1,
      worst: 3,
    });
    expect(compareWeighted(pairs([7, 3]), pairs([7, 3]))).toEqual({ nmse: 0, maxAbs: 0, worst: -1 });
  });

  test('another id is infinitely far, however close the number', () => {
    expect(compareWeighted(pairs([7, 3], [1, 4]), pairs([7, 3], [2, 4]))).toEqual({
      nmse: Infinity,
      maxAbs: Infinity,
      worst: 2,
    });
  });
});
