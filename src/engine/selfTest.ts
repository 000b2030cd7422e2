/**
 * The kernels' own cases on the user's GPU, each held to its plain reference.
 *
 * The shape check of kernels/choose.ts runs before any model is loaded and costs two
 * kernels; the quick test is for when the first model is loaded and nobody is waiting,
 * since on a slow adapter it takes longer than loading the guide. The cases are not
 * part of the worker's first load: they come when a test begins.
 */
import { AppError } from '../base/failure.ts';
import type { Gpu } from '../gpu/index.ts';
import { runCase, type KernelCase, type KernelShape } from '../kernels/index.ts';
import { planFull, planQuick, suiteOf } from './selfTestPlan.ts';
import type { CaseVerdict, Verdicts } from './verdicts.ts';

export interface SelfTestOptions {
  readonly shape: KernelShape;
  readonly signal: AbortSignal;
  readonly onCase: (done: CaseVerdict, index: number, total: number) => void;
  /** For tests: these instead of all the suites'. */
  readonly among?: readonly KernelCase[];
}

export interface SelfTestOutcome {
  readonly cases: readonly CaseVerdict[];
  readonly ms: number;
}

/** Every case of every kernel; what is learned of each goes to `verdicts`. */
export async function fullTest(
  gpu: Gpu,
  verdicts: Verdicts,
  options: SelfTestOptions,
): Promise<SelfTestOutcome> {
  const started = performance.now();
  const plan = planFull(options.among ?? (await allCases()), options.shape);
  const cases: CaseVerdict[] = [];
  try {
    for (const kernelCase of plan) {
      cases.push(await judged(gpu, kernelCase, options.signal));
      options.onCase(cases.at(-1)!, cases.length - 1, plan.length);
    }
  } finally {
    // A kernel of which a test was stopped halfway may yet be wrong; what failed already is.
    await verdicts.learn(cases.length === plan.length ? cases : cases.filter(hasFailed));
  }
  return { cases, ms: performance.now() - started };
}

/** A case or two of each of `kernels` that has no verdict yet; what is learned is kept when stopped, too. */
export async function quickTest(
  gpu: Gpu,
  verdicts: Verdicts,
  kernels: Iterable<string>,
  { signal, onCase }: Omit<SelfTestOptions, 'shape'>,
): Promise<SelfTestOutcome> {
  const started = performance.now();
  const unknown = await verdicts.unknownOf(kernels);
  if (unknown.length === 0) return { cases: [], ms: performance.now() - started };
  const plan = planQuick(await casesAbout(unknown, signal), unknown);
  const total = new Set(plan.flatMap(({ cases }) => cases)).size;
  // Kernels without cases of their own share their nearest relative's.
  const done = new Map<KernelCase, CaseVerdict>();
  const learned: Pick<CaseVerdict, 'kernel' | 'verdict'>[] = [];
  try {
    for (const { kernel, cases } of plan) {
      const own: CaseVerdict[] = [];
      for (const kernelCase of cases) {
        const known = done.get(kernelCase);
        own.push(known ?? (await judged(gpu, kernelCase, signal)));
        if (known) continue;
        done.set(kernelCase, own.at(-1)!);
        onCase(own.at(-1)!, done.size - 1, total);
      }
      learned.push(...own.map(({ verdict }) => ({ kernel, verdict })));
    }
  } finally {
    await verdicts.learn(learned);
  }
  return { cases: [...done.values()], ms: performance.now() - started };
}

const hasFailed = ({ verdict }: CaseVerdict): boolean => verdict === 'failed';

async function allCases(): Promise<readonly KernelCase[]> {
  const { suites } = await import('../kernels/suites.ts');
  return suites.flatMap((suite) => suite.cases());
}

/**
 * Making a suite's cases, references and all, keeps the worker busy for up to half a
 * second: only those that are asked for, and with a turn between them.
 */
async function casesAbout(kernels: readonly string[], signal: AbortSignal): Promise<readonly KernelCase[]> {
  const { suites } = await import('../kernels/suites.ts');
  const asked = new Set(kernels.map(suiteOf));
  const cases: KernelCase[] = [];
  for (const suite of suites.filter(({ name }) => asked.has(name))) {
    await breath();
    signal.throwIfAborted();
    cases.push(...suite.cases());
  }
  return cases;
}

async function judged(gpu: Gpu, kernelCase: KernelCase, signal: AbortSignal): Promise<CaseVerdict> {
  await breath();
  signal.throwIfAborted();
  const started = performance.now();
  const { card, title } = kernelCase;
  const told = (verdict: CaseVerdict['verdict'], words: string): CaseVerdict => ({
    kernel: card.name,
    name: title,
    verdict,
    words,
    ms: performance.now() - started,
  });
  const tooLarge = whatIsTooLarge(gpu, kernelCase);
  if (tooLarge !== null) return told('skipped', tooLarge);
  const result = await runCase(gpu, kernelCase);
  try {
    gpu.assertHealthy();
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'DEVICE_LOST') throw error;
    return told('failed', error.message);
  }
  if (result.skipped !== undefined) return told('skipped', result.skipped);
  return result.passed ? told('passed', '') : told('failed', result.message);
}

/** A turn of the event loop: a cancel is a message, and a reference may keep the worker busy for a while. */
function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function whatIsTooLarge({ device }: Gpu, { card, buffers }: KernelCase): string | null {
  const { maxStorageBufferBindingSize: most, maxStorageBuffersPerShaderStage: slots } = device.limits;
  if (card.bindings.length > slots)
    return `it binds ${card.bindings.length} buffers; this GPU allows ${slots}`;
  const large = card.bindings.find(({ name }) => (buffers[name]?.byteLength ?? 0) > most);
  if (large === undefined) return null;
  return `${large.name} is ${buffers[large.name]!.byteLength} bytes; this GPU binds ${most}`;
}
