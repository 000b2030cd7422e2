/** How far a kernel's output is from its reference. */
import type { HostArray } from './card.ts';

type Words = Uint32Array<ArrayBuffer>;

export interface Difference {
  /** sum((a-b)²) / sum(b²); for integers the share of words that differ. */
  readonly nmse: number;
  readonly maxAbs: number;
  /** Index of the worst element, -1 where all are equal. */
  readonly worst: number;
}

/**
 * A NaN or an infinity is equal only to the same in the reference; any other
 * pairing makes both figures infinite, whatever the tolerance.
 */
export function compare(actual: HostArray, expected: HostArray): Difference {
  let squares = 0;
  let scale = 0;
  let maxAbs = 0;
  let worst = -1;
  expected.forEach((b, index) => {
    const a = actual[index] ?? NaN;
    if (Object.is(a, b) || a === b) {
      if (Number.isFinite(b)) scale += b * b;
      return;
    }
    const distance = Number.isFinite(a) && Number.isFinite(b) ? Math.abs(a - b) : Infinity;
    squares += distance * distance;
    if (Number.isFinite(b)) scale += b * b;
    if (distance > maxAbs) {
      maxAbs = distance;
      worst = index;
    }
  });
  if (expected instanceof Uint32Array) return { nmse: maxAbs === 0 ? 0 : Infinity, maxAbs, worst };
  return { nmse: normalised(squares, scale), maxAbs, worst };
}

/** Pairs of an integer and the bits of a f32: where an integer differs all is infinitely far. */
export function compareWeighted(actual: Words, expected: Words): Difference {
  const integers = (words: Words) => words.filter((_, i) => i % 2 === 0);
  const weights = (words: Words) => new Float32Array(words.filter((_, i) => i % 2 === 1).buffer);
  const named = compare(integers(actual), integers(expected));
  if (named.worst >= 0) return { nmse: Infinity, maxAbs: Infinity, worst: named.worst * 2 };
  const weighed = compare(weights(actual), weights(expected));
  return { ...weighed, worst: weighed.worst < 0 ? -1 : weighed.worst * 2 + 1 };
}

function normalised(squares: number, scale: number): number {
  if (squares === 0) return 0;
  return scale === 0 ? Infinity : squares / scale;
}
