import { expect, it } from 'vitest';
import type { DeviceReport, SelfTestCase, SelfTestReport } from '../../protocol/api.ts';
import { reportText, tallyByKernel, tallyOf } from './reportText.ts';

const CASES: readonly SelfTestCase[] = [
  { kernel: 'embed.q4s', name: 'embed.q4s [7, 96]', verdict: 'passed', words: '', ms: 1 },
  { kernel: 'glu.silu', name: 'glu.silu, three tokens', verdict: 'failed', words: 'y[3] is 2, not 1', ms: 1 },
  { kernel: 'embed.f32', name: 'embed.f32 [7, 50]', verdict: 'passed', words: '', ms: 1 },
  {
    kernel: 'embed.f16',
    name: 'embed.f16 wide',
    verdict: 'skipped',
    words: 'the GPU lacks shader-f16',
    ms: 0,
  },
];
const REPORT: SelfTestReport = {
  key: 'nvidia ada RTX 4070 (subgroups, maxBufferSize 4096)\nMozilla/5.0 (X11) Firefox/150\nmain-abc.js',
  mode: 'full',
  cases: CASES,
  ms: 41_230,
};
const DEVICE: DeviceReport = {
  vendor: 'nvidia',
  architecture: 'ada',
  description: 'RTX 4070',
  software: false,
  features: [],
  maxBufferBytes: 1,
  maxBindingBytes: 1,
  limits: {},
  kernelShape: 'software',
  kernelShapes: [
    { shape: 'hardware', passed: false, words: 'y[1] is 0, not 9', ms: 0 },
    { shape: 'software', passed: true, words: '', ms: 0.09 },
  ],
};

it('counts verdicts, in all and by kernel', () => {
  expect(tallyOf(CASES)).toEqual({ passed: 2, failed: 1, skipped: 1 });
  expect(tallyByKernel(CASES)).toEqual([
    ['embed', { passed: 2, failed: 0, skipped: 1 }],
    ['glu', { passed: 0, failed: 1, skipped: 0 }],
  ]);
});

it('tells all that someone far away needs, what failed before what was skipped', () => {
  expect(reportText(REPORT, DEVICE, new Date('2026-11-24T12:00:00Z')).split('\n')).toEqual([
    'Shoal self-test (full), 2026-11-24T12:00:00.000Z',
    'adapter: nvidia ada RTX 4070 (subgroups, maxBufferSize 4096)',
    'browser: Mozilla/5.0 (X11) Firefox/150',
    'page: main-abc.js',
    'hardware kernels: y[1] is 0, not 9',
    'software kernels: 0.0900 ms, in use',
    '2 passed, 1 failed, 1 skipped, 41.2 s',
    'failed: glu.silu, three tokens: y[3] is 2, not 1',
    'skipped: embed.f16 wide: the GPU lacks shader-f16',
    'embed: 2 passed, 0 failed, 1 skipped',
    'glu: 0 passed, 1 failed, 0 skipped',
    '',
  ]);
});

it('is told of a device whose kernels are all wrong, too', () => {
  expect(reportText(REPORT, null, new Date(0))).not.toContain('kernels:');
});
