import { expect, test } from 'vitest';
import { timesByLabel } from './profiler.ts';

test('adds the spans of a label, longest label first, and takes a negative span for none', () => {
  const ticks = BigUint64Array.from(
    [
      [1_000_000n, 3_000_000n], // norm: 2 ms
      [3_000_000n, 8_000_000n], // matvec: 5 ms
      [9_000_000n, 2_000_000n], // norm, the counter was reset
      [2_000_000n, 2_500_000n], // matvec: 0.5 ms
    ].flat(),
  );
  expect(timesByLabel(['norm', 'matvec', 'norm', 'matvec'], ticks)).toEqual([
    { label: 'matvec', count: 2, milliseconds: 5.5 },
    { label: 'norm', count: 2, milliseconds: 2 },
  ]);
});
