import { describe, expect, it } from 'vitest';
import { balanceOf, count, createUsage, mostUsed, shareOf } from './expertUsage.ts';

/** Two layers of four experts, two chosen. */
const SHAPE = { layers: 2, experts: 4, topK: 2 };

function usageOf(...tokens: readonly (readonly number[])[]) {
  const usage = createUsage(SHAPE);
  for (const ids of tokens)
    count(usage, { ids: Uint16Array.from(ids), weights: Float32Array.of(0.75, 0.25, 0.5, 0.5) });
  return usage;
}

describe('the use of experts', () => {
  it('counts each layer’s own', () => {
    const usage = usageOf([0, 1, 2, 3], [0, 2, 2, 3], [0, 3, 0, 3]);
    expect(usage.tokens).toBe(3);
    expect([...usage.counts]).toEqual([3, 1, 1, 1, 1, 0, 2, 3]);
    expect([...usage.weights]).toEqual([2.25, 0.25, 0.25, 0.25, 0.5, 0, 1, 1.5]);
    expect(shareOf(usage, 0, 0)).toBe(1);
    expect(shareOf(usage, 1, 2)).toBeCloseTo(2 / 3);
  });

  it('takes a layer that chooses fewer as it is', () => {
    const usage = usageOf([1, 0xffff, 2, 3]);
    expect([...usage.counts]).toEqual([0, 1, 0, 0, 0, 0, 1, 1]);
  });

  it('says how even a layer is', () => {
    const usage = usageOf([0, 1, 2, 3], [2, 3, 2, 3]);
    expect(balanceOf(usage, 0)).toEqual({ evenness: 1, busiest: 1, unused: 0 });
    const uneven = balanceOf(usage, 1);
    expect(uneven?.evenness).toBeCloseTo(0.5); // one bit of two
    expect(uneven).toMatchObject({ busiest: 2, unused: 2 });
  });

  it('says nothing before the first token', () => {
    expect(balanceOf(createUsage(SHAPE), 0)).toBeNull();
    expect(shareOf(createUsage(SHAPE), 0, 0)).toBe(0);
    expect(mostUsed(createUsage(SHAPE), 0, 3)).toEqual([]);
  });

  it('names the busiest, the lower one first where two are alike', () => {
    const usage = usageOf([1, 3, 2, 3], [0, 3, 2, 3]);
    expect(mostUsed(usage, 0, 2)).toEqual([
      { expert: 3, count: 2 },
      { expert: 0, count: 1 },
    ]);
  });
});
