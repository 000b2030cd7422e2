/** A self-test as text to paste where someone may help. In English whatever the page speaks: they may not. */
import type { DeviceReport, SelfTestCase, SelfTestReport } from '../../protocol/api.ts';

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export function tallyOf(cases: readonly SelfTestCase[]): Tally {
  const count = (verdict: SelfTestCase['verdict']): number =>
    cases.filter((one) => one.verdict === verdict).length;
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
}

/** By the kernel's first word, in the order they were run. */
export function tallyByKernel(cases: readonly SelfTestCase[]): readonly (readonly [string, Tally])[] {
  const groups = new Map<string, SelfTestCase[]>();
  for (const one of cases) {
    const [family = ''] = one.kernel.split('.');
    const group = groups.get(family) ?? [];
    group.push(one);
    groups.set(family, group);
  }
  return [...groups].map(([family, group]) => [family, tallyOf(group)]);
}

/** `device` is null where its kernels are all wrong: then nothing chose among them. */
export function reportText(report: SelfTestReport, device: DeviceReport | null, at: Date): string {
  const { passed, failed, skipped } = tallyOf(report.cases);
  const [adapter = '', browser = '', page = ''] = report.key.split('\n');
  const told = (verdict: SelfTestCase['verdict']): string[] =>
    report.cases
      .filter((one) => one.verdict === verdict)
      .map(({ name, words }) => `${verdict}: ${name}${words === '' ? '' : `: ${words}`}`);
  return [
    `Shoal self-test (${report.mode}), ${at.toISOString()}`,
    `adapter: ${adapter}`,
    `browser: ${browser}`,
    `page: ${page}`,
    ...(device?.kernelShapes ?? []).map(
      ({ shape, passed: right, words, ms }) =>
        `${shape} kernels: ${right ? `${ms.toFixed(4)} ms` : words}${shape === device?.kernelShape ? ', in use' : ''}`,
    ),
    `${passed} passed, ${failed} failed, ${skipped} skipped, ${(report.ms / 1000).toFixed(1)} s`,
    ...told('failed'),
    ...told('skipped'),
    ...tallyByKernel(report.cases).map(
      ([family, tally]) =>
        `${family}: ${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`,
    ),
    '',
  ].join('\n');
}
