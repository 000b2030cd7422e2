/** Every case of every card against its plain reference, on whatever GPU this is. */
/* oxlint-disable no-console -- which adapter ran what, and what it skipped, is this test's report */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Gpu } from '../gpu/index.ts';
import { openTestGpu } from '../gpu/testGpu.ts';
import { runCase } from './runCase.ts';
import { suites } from './suites.ts';

let gpu: Gpu;
const ran: string[] = [];
const skipped: string[] = [];

beforeAll(async () => {
  gpu = await openTestGpu();
});

afterAll(() => {
  const { vendor, architecture, description } = gpu.facts;
  console.info(
    `kernels on ${vendor} ${architecture} ${description}: ${ran.length} cases ran, ${skipped.length} skipped`,
  );
  for (const line of skipped) console.info(`  skipped ${line}`);
  gpu.dispose();
});

const cases = suites.map((suite) => ({ name: suite.name, cases: suite.cases() }));

describe.each(cases)('$name', (suite) => {
  test.each(suite.cases)('$card.name: $title', async (kernelCase) => {
    const result = await runCase(gpu, kernelCase);
    gpu.assertHealthy();
    if (result.skipped !== undefined) {
      skipped.push(`${result.title}: ${result.skipped}`);
      return;
    }
    ran.push(result.title);
    expect(result.message).toBe('');
    expect(result.passed).toBe(true);
  });
});

test('the harness saw every suite', () => {
  expect(cases.map((suite) => suite.name)).toEqual([]);
  for (const suite of cases) expect(suite.cases.length, suite.name).toBeGreaterThan(0);
  expect(ran.length + skipped.length).toBe(cases.reduce((sum, suite) => sum + suite.cases.length, 0));
});
