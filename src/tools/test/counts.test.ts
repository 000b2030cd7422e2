import { describe, expect, it } from 'vitest';
import { readCounts } from './counts.ts';

describe('readCounts', () => {
  it('reads vitest', () => {
    const report = {
      numPassedTests: 5,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 1,
      success: false,
    };
    expect(readCounts('vitest', JSON.stringify(report))).toEqual({ passed: 5, failed: 1, skipped: 3 });
  });

  it('reads Playwright, where flaky is failed', () => {
    const report = { stats: { expected: 7, unexpected: 1, flaky: 2, skipped: 3, duration: 1 }, errors: [] };
    expect(readCounts('playwright', JSON.stringify(report))).toEqual({ passed: 7, failed: 3, skipped: 3 });
  });

  it('refuses what is no report', () => {
    expect(() => readCounts('vitest', '{}')).toThrow();
    expect(() => readCounts('playwright', '')).toThrow();
  });
});
