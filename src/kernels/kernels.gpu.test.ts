/** Every case of every card against its plain reference, on whatever GPU this is. */
/* oxlint-disable no-console -- which adapter ran what, and what it skipped, is this test's report */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Gpu } from '../gpu/index.ts';
import { openTestGpu } from '../gpu/testGpu.ts';
import { runCase } from './runCase.ts';
import { suites } from './suites.ts';

const EXPECTED = [
  'embed',
  'rmsnorm',
  'matvec',
  'matmul',
  'glu',
  'rowNorm',
  'ropeWrite',
  'attendDecode',
  'attendMerge',
  'attendPrefill',
  'route',
  'expertGateUp',
  'expertDown',
  'expertSort',
  'expertMatmul',
  'expertCombine',
  'mlaAbsorb',
  'mlaAttendDecode',
  'mlaValue',
  'mlaAttendPrefill',
  'mlaValueMany',
  'shortConv',
  'sample',
];

let gpu: Gpu;
let ran = 0;
const skipped: string[] = [];

beforeAll(async () => {
  gpu = await openTestGpu();
});

afterAll(() => {
  const { vendor, architecture, description } = gpu.facts;
  const counts = `${ran} cases ran, ${skipped.length} skipped`;
  console.info(
    [`kernels on ${vendor} ${architecture} ${description}: ${counts}`, ...skipped].join('\n  skipped '),
  );
  gpu.dispose();
});

const listed = suites.map((suite) => ({ name: suite.name, cases: suite.cases() }));

for (const suite of listed) {
  describe(suite.name, () => {
    for (const kernelCase of suite.cases) {
      test(`${kernelCase.card.name}: ${kernelCase.title}`, async (context) => {
        const result = await runCase(gpu, kernelCase);
        gpu.assertHealthy();
        if (result.skipped !== undefined) {
          skipped.push(`${result.title}: ${result.skipped}`);
          context.skip(result.skipped);
        }
        ran += 1;
        expect(result.message).toBe('');
        expect(result.passed).toBe(true);
      });
    }
  });
}

test('the harness saw every suite and met every case', () => {
  expect(listed.map((suite) => suite.name)).toEqual(EXPECTED);
  for (const suite of listed) expect(suite.cases.length, suite.name).toBeGreaterThan(0);
  expect(ran + skipped.length).toBe(listed.reduce((sum, suite) => sum + suite.cases.length, 0));
  expect(ran).toBeGreaterThan(0);
});
