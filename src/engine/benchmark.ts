/**
 * How fast this GPU is at what a model asks of it: reading memory, matrix times
 * vector, and the cost of asking. A few seconds in all; each figure is the least of
 * several runs. On a software adapter the sizes are small, and the figures say only
 * how fast the emulator is.
 */
import { AppError } from '../base/failure.ts';
import { quantBytes, scaleBytes, type WeightLayout } from '../formats/index.ts';
import {
  createReadbackRing,
  createStepArena,
  encodeSteps,
  type BufferRange,
  type Dispatch,
  type Gpu,
} from '../gpu/index.ts';
import { createKernelRecorder, leastTime, matvec, type KernelShape } from '../kernels/index.ts';
import { complete } from './complete.ts';
import type { LoadedModel } from './loadModel.ts';
import { GREEDY } from './sampling.ts';

export interface BenchmarkRow {
  /** The page has words for each. */
  readonly name: 'copy' | 'matvec4' | 'matvec8' | 'matvec16' | 'dispatch' | 'latency' | 'tokens';
  readonly value: number;
  readonly unit: 'GB/s' | 'µs' | 'ms' | 'tokens/s';
}

interface Sizes {
  readonly rows: number;
  readonly cols: number;
  /** Weights swept before any is read again, so that a cache does not pass for memory. */
  readonly sweptBytes: number;
}

/** The feed-forward matrix of an 8B model; on an emulator one of a small model. */
const SIZES: Readonly<Record<'gpu' | 'software', Sizes>> = {
  gpu: { rows: 4096, cols: 14336, sweptBytes: 128e6 },
  software: { rows: 1024, cols: 1024, sweptBytes: 0 },
};
const MATRICES = [
  ['matvec4', 'q4s'],
  ['matvec8', 'q8s'],
  ['matvec16', 'f16'],
] as const;
const LATENCY_TRIES = 20;
const SPEAK_MS = 1500;
const SPEAK_TOKENS = 64;

/** `model` where one is loaded: its conversation's cache is computed anew afterwards. */
export async function benchmark(
  gpu: Gpu,
  shape: KernelShape,
  model: LoadedModel | null,
  signal: AbortSignal,
): Promise<readonly BenchmarkRow[]> {
  const sizes = SIZES[gpu.facts.software ? 'software' : 'gpu'];
  const rows: BenchmarkRow[] = [];
  const measure = async (
    name: BenchmarkRow['name'],
    unit: BenchmarkRow['unit'],
    work: () => Promise<number>,
  ) => {
    signal.throwIfAborted();
    const value = await skippedWhereFull(() => gpu.scoped(name, work));
    gpu.assertHealthy();
    if (value !== null && value > 0) rows.push({ name, value, unit });
  };
  await model?.prefillReady; // compiling beside it would be measured, too
  await measure('copy', 'GB/s', () => copySpeed(gpu, sizes));
  for (const [name, layout] of MATRICES) {
    await measure(name, 'GB/s', () => matrixSpeed(gpu, layout, shape, sizes));
  }
  await measure('dispatch', 'µs', () => dispatchCost(gpu, shape));
  await measure('latency', 'ms', () => readbackLatency(gpu));
  if (model) {
    const value = await speakingSpeed(model, signal);
    if (value > 0) rows.push({ name: 'tokens', value, unit: 'tokens/s' });
  }
  signal.throwIfAborted();
  return rows;
}

/** A model that fills the graphics memory leaves no room to measure some of it: then there is no figure. */
async function skippedWhereFull(work: () => Promise<number>): Promise<number | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError && error.code === 'GPU_OUT_OF_MEMORY') return null;
    throw error;
  }
}

/** GB/s, bytes read and bytes written both counted. */
async function copySpeed(gpu: Gpu, { rows, cols }: Sizes): Promise<number> {
  const bytes = quantBytes('f16', rows, cols);
  const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  return withBuffers(gpu, async (make) => {
    const from = make('copied from', bytes, usage);
    const to = make('copied to', bytes, usage);
    const ms = await timed(gpu, (encoder, repeats) => {
      for (let i = 0; i < repeats; i++) encoder.copyBufferToBuffer(from, 0, to, 0, bytes);
    });
    return gigabytesPerSecond(2 * bytes, ms);
  });
}

/** GB/s of weights read by matrix–vector products, the plain form of the kernel. */
async function matrixSpeed(
  gpu: Gpu,
  layout: WeightLayout,
  shape: KernelShape,
  sizes: Sizes,
): Promise<number> {
  const { rows, cols, sweptBytes } = sizes;
  const bytes = quantBytes(layout, rows, cols) + scaleBytes(layout, rows, cols);
  const copies = Math.max(1, Math.ceil(sweptBytes / bytes));
  const ms = await timedProducts(gpu, { layout, shape, rows, cols, copies });
  return gigabytesPerSecond(bytes, ms);
}

/** Microseconds of one more dispatch in a pass, of a product too small to count. */
async function dispatchCost(gpu: Gpu, shape: KernelShape): Promise<number> {
  return (await timedProducts(gpu, { layout: 'q4s', shape, rows: 4, cols: 32, copies: 1 })) * 1000;
}

interface Products {
  readonly layout: WeightLayout;
  readonly shape: KernelShape;
  readonly rows: number;
  readonly cols: number;
  /** Matrices taken in turn. */
  readonly copies: number;
}

/** Milliseconds of one product with matrices of zeros: what is timed is the reading. */
async function timedProducts(gpu: Gpu, { layout, shape, rows, cols, copies }: Products): Promise<number> {
  const stepArena = createStepArena(gpu, 1);
  const recorder = createKernelRecorder(gpu);
  const card = matvec({ layout, shape, prologue: 'none', bias: false, add: false, gate: 'none' });
  const params = { rows, groups: cols / 32, width: cols, yOffset: 0, eps: 0, outScale: 1, softCap: 0 };
  const sizes: Record<string, number> = {
    quants: quantBytes(layout, rows, cols),
    scales: scaleBytes(layout, rows, cols),
    x: cols * 4,
    y: rows * 4,
  };
  try {
    return await withBuffers(gpu, async (make) => {
      const range = (name: string): BufferRange => {
        const buffer = make(`measured ${name}`, sizes[name]!, GPUBufferUsage.STORAGE);
        return { buffer, offset: 0, size: buffer.size };
      };
      const dispatches: Dispatch[] = [];
      for (let i = 0; i < copies; i++) {
        const buffers = Object.fromEntries(card.bindings.map(({ name }) => [name, range(name)]));
        dispatches.push(await recorder.dispatch(card, params, buffers));
      }
      return await timed(gpu, (encoder, repeats) => {
        const pass = encoder.beginComputePass();
        const inTurn = Array.from({ length: repeats }, (_, i) => dispatches[i % copies]!);
        encodeSteps(pass, inTurn, 1, stepArena, 0);
        pass.end();
      });
    });
  } finally {
    recorder.dispose();
    stepArena.dispose();
  }
}

/** The median of several submissions of one small copy, from submitting to holding its bytes. */
async function readbackLatency(gpu: Gpu): Promise<number> {
  const ring = createReadbackRing(gpu, 1, 16);
  try {
    return await withBuffers(gpu, async (make) => {
      const source = make('asked for', 16, GPUBufferUsage.COPY_SRC);
      const times: number[] = [];
      for (let i = 0; i < LATENCY_TRIES; i++) {
        const encoder = gpu.device.createCommandEncoder({ label: 'latency' });
        const ticket = ring.copy(encoder, source, 0, 4);
        const start = performance.now();
        gpu.device.queue.submit([encoder.finish()]);
        await ticket.read();
        times.push(performance.now() - start);
      }
      return times.toSorted((a, b) => a - b)[LATENCY_TRIES / 2]!;
    });
  } finally {
    ring.dispose();
  }
}

async function speakingSpeed(model: LoadedModel, signal: AbortSignal): Promise<number> {
  const { timings } = await complete(model, {
    prompt: { text: 'One, two, three, four,', chat: false },
    sampling: GREEDY,
    maxTokens: SPEAK_TOKENS,
    signal: AbortSignal.any([signal, AbortSignal.timeout(SPEAK_MS)]),
  });
  return timings.decodeTokensPerSecond;
}

function timed(gpu: Gpu, encode: (encoder: GPUCommandEncoder, repeats: number) => void): Promise<number> {
  const run = async (repeats: number): Promise<number> => {
    const encoder = gpu.device.createCommandEncoder({ label: 'measured' });
    encode(encoder, repeats);
    const start = performance.now();
    gpu.device.queue.submit([encoder.finish()]);
    await gpu.device.queue.onSubmittedWorkDone();
    return performance.now() - start;
  };
  return leastTime(run, () => performance.now());
}

async function withBuffers<T>(
  gpu: Gpu,
  work: (make: (label: string, bytes: number, usage: GPUBufferUsageFlags) => GPUBuffer) => Promise<T>,
): Promise<T> {
  const owned: GPUBuffer[] = [];
  try {
    return await work((label, bytes, usage) => {
      const buffer = gpu.memory.buffer(label, bytes, usage);
      owned.push(buffer);
      return buffer;
    });
  } finally {
    for (const buffer of owned) gpu.memory.free(buffer);
  }
}

/** Too quick to be told from nothing: 0, which is no figure, rather than an infinite one. */
function gigabytesPerSecond(bytes: number, ms: number): number {
  return ms > 0 ? bytes / 1e6 / ms : 0;
}
