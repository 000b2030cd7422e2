import { describe, expect, test } from 'vitest';
import { mostThatFits } from './mostThatFits.ts';

/** Parts of one unit each, and room for `room`; tells what was made on the way. */
function fit(most: number, room: number, tryMostFirst = false) {
  const tried: number[] = [];
  const { made, fits } = mostThatFits({
    most,
    tryMostFirst,
    make: (parts) => {
      tried.push(parts);
      return parts;
    },
    fits: (parts) => parts <= room,
  });
  return { made, fits, tried };
}

describe('the most that fits', () => {
  test('is found for every number of parts and every room', () => {
    for (let most = 1; most <= 40; most++)
      for (let room = 1; room <= 45; room++)
        for (const first of [false, true])
          expect(fit(most, room, first), `${most} in ${room}`).toMatchObject({
            made: Math.min(most, room),
            fits: true,
          });
  });

  test('is nothing where one alone does not fit', () => {
    expect(fit(10, 0)).toMatchObject({ made: 1, fits: false });
    expect(fit(1, 0, true)).toMatchObject({ made: 1, fits: false, tried: [1] });
  });

  test('costs what fits, not what there is', () => {
    const { made, tried } = fit(100_000, 30);
    expect(made).toBe(30);
    expect(Math.max(...tried)).toBeLessThanOrEqual(60);
    expect(tried.length).toBeLessThanOrEqual(12);
  });

  test('is made once where all is likely to fit and does', () => {
    expect(fit(50, 60, true).tried).toEqual([50]);
  });
});
