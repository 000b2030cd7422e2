import { expect, test } from 'vitest';
import { AppError } from '../base/failure.ts';
import { configFacts } from './configFacts.ts';
import fixture from './fixtures/rope.json' with { type: 'json' };
import { ropeSpec } from './rope.ts';
import type { RopeFacts } from './rope.ts';

/** transformers computes in f32; a power of a large base loses a few units in the last place. */
const RELATIVE = 3e-6;

function compare(facts: RopeFacts | null, expected: (typeof fixture)[number]['global'] | null): void {
  expect(facts === null).toBe(expected === null);
  if (facts === null || expected === null) return;
  const { inverseFrequencies, amplitude, dims } = ropeSpec(facts, 'half');
  expect(dims).toBe(2 * expected.inverseFrequencies.length);
  expect(inverseFrequencies).toHaveLength(expected.inverseFrequencies.length);
  inverseFrequencies.forEach((frequency, i) => {
    const recorded = expected.inverseFrequencies[i]!;
    expect(Math.abs(frequency - recorded)).toBeLessThanOrEqual(RELATIVE * recorded);
  });
  expect(amplitude).toBeCloseTo(expected.amplitude, 12);
}

test.each(fixture.map((one) => [one.title, one] as const))(
  "%s: frequencies are transformers'",
  (_title, one) => {
    const facts = configFacts(one.config);
    compare(facts.rope, one.global);
    compare(facts.localRope, one.local);
  },
);

test('divisors divide, one for each pair', () => {
  const plain = ropeSpec({ theta: 100, dims: 4, scaling: { kind: 'none' } }, 'interleaved');
  expect(plain.inverseFrequencies).toEqual([1, 0.1]);
  const divided = ropeSpec(
    { theta: 100, dims: 4, scaling: { kind: 'divisors', divisors: [1, 8] } },
    'interleaved',
  );
  expect(divided.inverseFrequencies).toEqual([1, 0.1 / 8]);
});

test.each([
  { theta: 10_000, dims: 7, scaling: { kind: 'none' } },
  { theta: 0, dims: 8, scaling: { kind: 'none' } },
  { theta: Infinity, dims: 8, scaling: { kind: 'none' } },
  { theta: 10_000, dims: 8, scaling: { kind: 'divisors', divisors: [1, 1, 1] } },
  { theta: 10_000, dims: 8, scaling: { kind: 'divisors', divisors: [1, 1, 0, 1] } },
] satisfies RopeFacts[])('%j makes no table', (facts) => {
  expect(() => ropeSpec(facts, 'half')).toThrow(AppError);
});
