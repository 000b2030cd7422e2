/**
 * Which of the two shapes of kernel this adapter gets. No list of GPUs could say:
 * each shape must first compute the right numbers here, then be the faster one. An
 * emulator alone is known beforehand: there the sums of the other shape take ten times
 * as long, and compiling them a second, so it is tried only where its own is wrong.
 */
import { AppError } from '../base/failure.ts';
import { createStepArena, encodeSteps, type BufferRange, type Dispatch, type Gpu } from '../gpu/index.ts';
import type { KernelCase, KernelShape } from './card.ts';
import { matvec } from './matvec.ts';
import { matvecSuite } from './matvecCases.ts';
import { createKernelRecorder } from './record.ts';
import { runCase } from './runCase.ts';

export interface ShapeCheck {
  readonly passed: boolean;
  /** What was wrong, empty if nothing. */
  readonly message: string;
  /** Of one matrix–vector product of TIMED size; null where the check failed, and where nothing is to be compared. */
  readonly milliseconds: number | null;
}

export interface ShapeChoice {
  readonly shape: KernelShape;
  /** Those that were tried. */
  readonly checked: Readonly<Checks>;
}

type Checks = Partial<Record<KernelShape, ShapeCheck>>;

const SHAPES: readonly KernelShape[] = ['hardware', 'software'];
const TIMED = { rows: 2048, cols: 2048 };
/** Enough to outweigh a browser's latency on a fast GPU; few where one dispatch takes milliseconds. */
const MAX_REPEATS = 256;
const BUDGET_MS = 200;
/** Below this advantage the difference is noise, and the shape made for the adapter's kind wins. */
const CLEAR_ADVANTAGE = 1.2;

/** KERNEL_CHECK_FAILED where neither shape computes right. About a second on a software adapter. */
export async function chooseShape(gpu: Gpu): Promise<ShapeChoice> {
  const { software } = gpu.facts;
  const checked: Checks = {};
  if (software) {
    checked.software = await check(gpu, 'software');
    if (checked.software.passed) return { shape: 'software', checked };
  }
  for (const shape of SHAPES) checked[shape] ??= await check(gpu, shape);
  const right = SHAPES.filter((shape) => checked[shape]?.passed);
  if (right.length === 0) {
    const words = SHAPES.map((shape) => checked[shape]?.message).join('; ');
    throw new AppError('KERNEL_CHECK_FAILED', `no kernel computes right on this GPU: ${words}`);
  }
  for (const shape of right) {
    checked[shape] = { passed: true, message: '', milliseconds: await time(gpu, shape) };
  }
  return { shape: fastest(checked, software ? 'software' : 'hardware'), checked };
}

export function fastest(checked: Readonly<Checks>, expected: KernelShape): KernelShape {
  const other: KernelShape = expected === 'software' ? 'hardware' : 'software';
  const expectedTime = checked[expected]?.milliseconds ?? Infinity;
  const otherTime = checked[other]?.milliseconds ?? Infinity;
  return otherTime * CLEAR_ADVANTAGE < expectedTime ? other : expected;
}

async function check(gpu: Gpu, shape: KernelShape): Promise<ShapeCheck> {
  for (const kernelCase of casesOf(shape)) {
    const result = await runCase(gpu, kernelCase);
    if (!result.passed)
      return { passed: false, message: `${result.title}: ${result.message}`, milliseconds: null };
  }
  return { passed: true, message: '', milliseconds: null };
}

/**
 * Two kernels, since each costs up to half a second to compile on a software
 * adapter: a plain one, and one with everything folded in (norm, gate, scales
 * with a minimum).
 */
function casesOf(shape: KernelShape): readonly KernelCase[] {
  const names = [`matvec.q4s.${shape}`, `matvec.q4m.${shape}.norm.silu`];
  const cases = matvecSuite.cases().filter((kernelCase) => names.includes(kernelCase.card.name));
  for (const name of names) {
    if (!cases.some((kernelCase) => kernelCase.card.name === name))
      throw new Error(`matvec has no case of ${name}`);
  }
  return cases;
}

/** Milliseconds of one product, the least of several runs, without the cost of submitting. */
function time(gpu: Gpu, shape: KernelShape): Promise<number> {
  return gpu.scoped(`timing ${shape}`, async () => {
    const stepArena = createStepArena(gpu, 1);
    const recorder = createKernelRecorder(gpu);
    const buffers = timedBuffers(gpu);
    try {
      const card = matvec({ layout: 'q4s', shape, prologue: 'none', bias: false, add: false, gate: 'none' });
      const params = {
        rows: TIMED.rows,
        groups: TIMED.cols / 32,
        width: TIMED.cols,
        yOffset: 0,
        eps: 0,
        outScale: 1,
        softCap: 0,
      };
      const dispatch = await recorder.dispatch(card, params, buffers);
      const run = async (repeats: number): Promise<number> => {
        const encoder = gpu.device.createCommandEncoder({ label: `timing ${shape}` });
        const pass = encoder.beginComputePass();
        encodeSteps(
          pass,
          Array.from<unknown, Dispatch>({ length: repeats }, () => dispatch),
          1,
          stepArena,
          0,
        );
        pass.end();
        const start = performance.now();
        gpu.device.queue.submit([encoder.finish()]);
        await gpu.device.queue.onSubmittedWorkDone();
        return performance.now() - start;
      };
      return await leastTime(run, () => performance.now());
    } finally {
      for (const { buffer } of Object.values(buffers)) gpu.memory.free(buffer);
      recorder.dispose();
      stepArena.dispose();
    }
  });
}

/**
 * `run(n)` gives the milliseconds n dispatches took. n grows until they stand out
 * from an empty submission, or the time is spent.
 */
export async function leastTime(
  run: (repeats: number) => Promise<number>,
  now: () => number,
): Promise<number> {
  const begin = now();
  const spent = (): boolean => now() - begin > BUDGET_MS;
  await run(1); // first use of a pipeline
  let empty = await run(0);
  let repeats = 1;
  let least = await run(repeats);
  while (least < 4 * empty + 2 && repeats < MAX_REPEATS && !spent()) {
    repeats *= 4;
    least = await run(repeats);
  }
  for (let again = 0; again < 3 && !spent(); again++) {
    empty = Math.min(empty, await run(0));
    least = Math.min(least, await run(repeats));
  }
  return Math.max(least - empty, 0) / repeats;
}

/** Zeros: what is timed is the reading. */
function timedBuffers(gpu: Gpu): Record<string, BufferRange> {
  const groups = (TIMED.rows * TIMED.cols) / 32;
  const bytes = { quants: groups * 16, scales: groups * 2, x: TIMED.cols * 4, y: TIMED.rows * 4 };
  return Object.fromEntries(
    Object.entries(bytes).map(([name, size]) => {
      const buffer = gpu.memory.buffer(`timing ${name}`, size, GPUBufferUsage.STORAGE);
      return [name, { buffer, offset: 0, size }];
    }),
  );
}
