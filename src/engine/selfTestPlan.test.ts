import { expect, it } from 'vitest';
import type { KernelCase } from '../kernels/index.ts';
import { suites } from '../kernels/suites.ts';
import { planFull, planQuick, suiteOf } from './selfTestPlan.ts';

const all = suites.flatMap((suite) => suite.cases());
const names = (cases: readonly KernelCase[]): readonly string[] => cases.map(({ card }) => card.name);
const only = (kernel: string): readonly string[] => {
  const [plan] = planQuick(all, [kernel]);
  return [...new Set(names(plan!.cases))];
};

it('runs every case in full, those of the other shape last', () => {
  for (const [shape, other] of [
    ['hardware', 'software'],
    ['software', 'hardware'],
  ] as const) {
    const plan = planFull(all, shape);
    expect(new Set(plan)).toEqual(new Set(all));
    expect(plan).toHaveLength(all.length);
    const firstOther = plan.findIndex(({ card }) => card.name.split('.').includes(other));
    expect(names(plan.slice(firstOther)).every((name) => name.split('.').includes(other))).toBe(true);
    expect(firstOther).toBeGreaterThan(0);
  }
});

it('takes the very kernel where the suites have it, at most twice', () => {
  for (const kernel of ['rmsnorm', 'matvec.q4m.software.norm.silu', 'sample.hardware', 'expertSort']) {
    const [plan] = planQuick(all, [kernel]);
    expect(only(kernel)).toEqual([kernel]);
    expect(plan!.cases.length).toBeLessThanOrEqual(2);
  }
});

it('takes the nearest relative of one they have not: its kernel, its shape, its layout', () => {
  expect(only('matvec.q8k.hardware.bias')).toEqual(['matvec.q8k.hardware.norm.geluTanh']);
  expect(only('matvec.q8k.software.bias')).toEqual(['matvec.q8k.software.norm.geluTanh']);
  expect(only('matmul.f8b.hardware.silu')[0]).toMatch(/^matmul\.f8b\.hardware/);
});

it('has something for every kernel and layout a program may name', () => {
  const layouts = [...new Set(names(all).filter((name) => name.startsWith('matvec.')))].map(
    (name) => name.split('.')[1]!,
  );
  const asked = layouts.flatMap((layout) =>
    ['matvec', 'matmul', 'embed', 'expertGateUp', 'expertDown', 'expertMatmul'].map(
      (kernel) => `${kernel}.${layout}${kernel === 'embed' ? '' : '.hardware'}.unheard`,
    ),
  );
  for (const { kernel, cases } of planQuick(all, asked)) {
    expect(cases.length, kernel).toBeGreaterThan(0);
    for (const { card } of cases) expect(card.name.split('.')[0]).toBe(kernel.split('.')[0]);
  }
  expect(asked.length).toBeGreaterThan(100);
});

it('finds all there is of a kernel in one suite', () => {
  for (const suite of suites) {
    expect(new Set(suite.cases().map(({ card }) => suiteOf(card.name)))).toEqual(new Set([suite.name]));
  }
});

it('has nothing for what is no kernel', () => {
  expect(planQuick(all, ['abacus.q4s'])).toEqual([{ kernel: 'abacus.q4s', cases: [] }]);
});
