import { expect, test } from 'vitest';
import { fastest, leastTime, type ShapeCheck } from './choose.ts';

const took = (milliseconds: number): ShapeCheck => ({ passed: true, message: '', milliseconds });
const wrong: ShapeCheck = { passed: false, message: 'wrong', milliseconds: null };

test('the clearly faster shape wins', () => {
  expect(fastest({ hardware: took(1), software: took(10) }, 'software')).toBe('hardware');
  expect(fastest({ hardware: took(10), software: took(1) }, 'hardware')).toBe('software');
});

test('a small difference goes to the shape made for this kind of adapter', () => {
  expect(fastest({ hardware: took(1), software: took(1.1) }, 'software')).toBe('software');
  expect(fastest({ hardware: took(1.1), software: took(1) }, 'hardware')).toBe('hardware');
  expect(fastest({ hardware: took(0), software: took(0) }, 'hardware')).toBe('hardware');
});

test('a shape that computes wrong is out, however fast', () => {
  expect(fastest({ hardware: wrong, software: took(1000) }, 'hardware')).toBe('software');
  expect(fastest({ hardware: took(1000), software: wrong }, 'software')).toBe('hardware');
});

/** A made-up adapter: `latency` per submission, `each` per dispatch. */
function madeUp(latency: number, each: number) {
  let clock = 0;
  const asked: number[] = [];
  const run = async (repeats: number): Promise<number> => {
    const took = latency + repeats * each;
    asked.push(repeats);
    clock += took;
    return took;
  };
  return { run, now: () => clock, asked };
}

test('a fast GPU behind a slow await is timed by many dispatches', async () => {
  const { run, now, asked } = madeUp(3, 0.02);
  expect(await leastTime(run, now)).toBeCloseTo(0.02, 10);
  expect(Math.max(...asked)).toBe(256);
});

test('a slow adapter is timed by one, within the budget', async () => {
  const { run, now, asked } = madeUp(0.1, 150);
  expect(await leastTime(run, now)).toBeCloseTo(150, 10);
  expect(Math.max(...asked)).toBe(1);
  expect(asked.length).toBe(3); // a warm-up, an empty one, and the one that spent the budget
});
