/** Numbers of tests out of the JSON reports of vitest and Playwright. */
import * as v from 'valibot';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const VitestReport = v.object({
  numPassedTests: v.number(),
  numFailedTests: v.number(),
  numPendingTests: v.number(),
  numTodoTests: v.number(),
});

const PlaywrightReport = v.object({
  stats: v.object({ expected: v.number(), unexpected: v.number(), flaky: v.number(), skipped: v.number() }),
});

export type Reporter = 'vitest' | 'playwright';

/** Throws where the report is not of that shape. A flaky test counts as failed. */
export function readCounts(reporter: Reporter, json: string): Counts {
  const report: unknown = JSON.parse(json);
  switch (reporter) {
    case 'vitest': {
      const of = v.parse(VitestReport, report);
      return {
        passed: of.numPassedTests,
        failed: of.numFailedTests,
        skipped: of.numPendingTests + of.numTodoTests,
      };
    }
    case 'playwright': {
      const { stats } = v.parse(PlaywrightReport, report);
      return { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped };
    }
    default:
      return reporter satisfies never;
  }
}
