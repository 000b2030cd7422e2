/** A prompt in one chunk or in several, or token by token: the cache and the attention are the same. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createStepArena, encodeSteps, type BufferRange, type Dispatch, type Gpu } from '../gpu/index.ts';
import { openTestGpu } from '../gpu/testGpu.ts';
import { NO_TEMPERATURE, noise, plainRopeTable } from './attend/plain.ts';
import { attendDecode, partialsBytes } from './attendDecode.ts';
import { attendMerge } from './attendMerge.ts';
import { attendPrefill } from './attendPrefill.ts';
import type { KernelShape } from './card.ts';
import { createKernelRecorder } from './record.ts';
import { ropeWrite } from './ropeWrite.ts';

const HEADS = 3;
const HEAD_DIM = 36;
const TOKENS = 50;
const STRIDE = 192; // (3 + 2) * 36, padded to 32
const OUT_STRIDE = 128;
const WINDOW = 21;
const ROW = noise(1, TOKENS * STRIDE, 2);

let gpu: Gpu;

beforeAll(async () => {
  gpu = await openTestGpu();
});

afterAll(() => gpu.dispose());

interface Machine {
  readonly arena: ReturnType<typeof createStepArena>;
  buffer(words: number): BufferRange;
  dispatch: ReturnType<typeof createKernelRecorder>['dispatch'];
  read(range: BufferRange): Promise<Float32Array>;
}

async function withMachine<T>(work: (machine: Machine) => Promise<T>): Promise<T> {
  const recorder = createKernelRecorder(gpu);
  const arena = createStepArena(gpu, 1);
  const owned: GPUBuffer[] = [];
  const make = (words: number, usage: GPUBufferUsageFlags): GPUBuffer => {
    const buffer = gpu.memory.buffer('attend test', words * 4, usage | GPUBufferUsage.COPY_DST);
    owned.push(buffer);
    return buffer;
  };
  try {
    return await work({
      arena,
      dispatch: (...of) => recorder.dispatch(...of),
      buffer: (words) => {
        const buffer = make(words, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC);
        return { buffer, offset: 0, size: buffer.size };
      },
      read: async ({ buffer, size }) => {
        const staging = make(size / 4, GPUBufferUsage.MAP_READ);
        const encoder = gpu.device.createCommandEncoder();
        encoder.copyBufferToBuffer(buffer, 0, staging, 0, size);
        gpu.device.queue.submit([encoder.finish()]);
        await staging.mapAsync(GPUMapMode.READ);
        return new Float32Array(staging.getMappedRange().slice(0));
      },
    });
  } finally {
    recorder.dispose();
    arena.dispose();
    for (const buffer of owned) gpu.memory.free(buffer);
  }
}

function step(machine: Machine, dispatches: readonly Dispatch[], position: number, tokens: number): void {
  machine.arena.write(0, { position, tokens, seed: 0 });
  const encoder = gpu.device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  encodeSteps(pass, dispatches, tokens, machine.arena, 0);
  pass.end();
  gpu.device.queue.submit([encoder.finish()]);
}

/** Attention of every token, the prompt cut as told; a cut of 1 goes the way of decode if `decode`. */
function attendAll(shape: KernelShape, chunks: readonly number[], decode: boolean): Promise<Float32Array> {
  return withMachine(async (machine) => {
    const qkv = machine.buffer(TOKENS * STRIDE);
    const out = machine.buffer(TOKENS * OUT_STRIDE);
    const rope = machine.buffer(TOKENS * HEAD_DIM);
    const caches = { kCache: machine.buffer(TOKENS * HEAD_DIM), vCache: machine.buffer(TOKENS * HEAD_DIM) };
    const partials = machine.buffer(partialsBytes(HEADS, 2, HEAD_DIM) / 4);
    gpu.device.queue.writeBuffer(rope.buffer, 0, plainRopeTable(TOKENS, HEAD_DIM));
    const options = {
      kv: 'f32',
      shape,
      headDim: HEAD_DIM,
      qkNorm: 'none',
      pairing: 'half',
      sinks: false,
    } as const;
    const heads = { heads: HEADS, kvHeads: 1 };
    const masking = { window: WINDOW, chunk: 0, scale: HEAD_DIM ** -0.5, softCap: 0 };
    const shared = { ...caches, qkv, rope, partials, out };
    const prefill = [
      await machine.dispatch(
        ropeWrite(options),
        { ...heads, ropeDims: HEAD_DIM, qkvStride: STRIDE, eps: 0, ...NO_TEMPERATURE },
        shared,
      ),
      await machine.dispatch(
        attendPrefill(options),
        { ...heads, ...masking, qkvStride: STRIDE, outStride: OUT_STRIDE },
        shared,
      ),
    ];
    const single = [
      await machine.dispatch(
        attendDecode({ ...options, group: HEADS }),
        { ...heads, ...masking, ropeDims: HEAD_DIM, splits: 2, eps: 0, ...NO_TEMPERATURE },
        shared,
      ),
      await machine.dispatch(attendMerge(options), { heads: HEADS, splits: 2, quads: HEAD_DIM / 4 }, shared),
    ];
    const all = new Float32Array(TOKENS * OUT_STRIDE);
    let position = 0;
    for (const tokens of chunks) {
      gpu.device.queue.writeBuffer(
        qkv.buffer,
        0,
        ROW.subarray(position * STRIDE, (position + tokens) * STRIDE),
      );
      step(machine, decode && tokens === 1 ? single : prefill, position, tokens);
      all.set((await machine.read(out)).subarray(0, tokens * OUT_STRIDE), position * OUT_STRIDE);
      position += tokens;
    }
    return all;
  });
}

describe.each(['software', 'hardware'] as const)('%s', (shape) => {
  test('chunks of any size give the same bits', async () => {
    const whole = await attendAll(shape, [TOKENS], false);
    expect(await attendAll(shape, [33, 1, 16], false)).toEqual(whole);
    expect(await attendAll(shape, [7, 32, 11], false)).toEqual(whole);
  });

  test('decode continues what prefill began', async () => {
    const whole = await attendAll(shape, [TOKENS], false);
    const continued = await attendAll(shape, [30, ...Array.from({ length: 20 }, () => 1)], true);
    const worst = whole.reduce((most, value, i) => Math.max(most, Math.abs(value - continued[i]!)), 0);
    expect(worst).toBeLessThan(1e-6);
    expect(Math.max(...whole)).toBeGreaterThan(0.1);
  });
});
