/** The harness itself: that it passes what is right and fails each way of being wrong. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createStepArena, encodeSteps, type Gpu } from '../gpu/index.ts';
import { openTestGpu } from '../gpu/testGpu.ts';
import type { KernelCard, KernelCase } from './card.ts';
import { createKernelRecorder } from './record.ts';
import { runCase } from './runCase.ts';

const SCALE_WGSL = `
override bias: u32 = 0;
struct Params { count: u32, factor: f32 }
struct Step { position: u32, tokens: u32, seed: u32, pad: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source: array<f32>;
@group(0) @binding(2) var<storage, read_write> scaled: array<f32>;
@group(0) @binding(3) var<storage, read_write> ids: array<u32>;
@group(1) @binding(0) var<uniform> step: Step;
@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.count) { return; }
  scaled[id.x] = source[id.x] * params.factor;
  ids[id.x] = id.x + step.position + bias;
}
`;

const card: KernelCard = {
  name: 'scale',
  params: [
    { name: 'count', type: 'u32' },
    { name: 'factor', type: 'f32' },
  ],
  bindings: [
    { name: 'source', access: 'read', shape: '[count] f32' },
    { name: 'scaled', access: 'read_write', shape: '[count] f32' },
    { name: 'ids', access: 'read_write', shape: '[count] u32' },
  ],
  usesStep: true,
  wgsl: SCALE_WGSL,
  constants: { bias: 7 },
  needs: [],
  grid: ({ count }) => [Math.ceil((count ?? 0) / 32), 1, 1],
};

const COUNT = 37;

function scaleCase(change: Partial<KernelCase> = {}): KernelCase {
  const source = Float32Array.from({ length: COUNT }, (_, index) => index - 3.5);
  return {
    title: 'odd length',
    card,
    params: { count: COUNT, factor: 1.5 },
    step: { position: 100, tokens: 1, seed: 0 },
    tokens: 1,
    buffers: { source, scaled: new Float32Array(COUNT), ids: new Uint32Array(COUNT) },
    reference: () => ({
      scaled: source.map((value) => value * 1.5),
      ids: Uint32Array.from({ length: COUNT }, (_, index) => index + 107),
    }),
    tolerance: { nmse: 1e-12, maxAbs: 1e-5 },
    ...change,
  };
}

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openTestGpu();
});
afterAll(() => gpu.dispose());

describe('runCase', () => {
  test('passes a right kernel and leaves no memory behind', async () => {
    const before = gpu.memory.bytes;
    const result = await runCase(gpu, scaleCase());
    expect(result).toMatchObject({
      title: 'scale: odd length',
      passed: true,
      nmse: 0,
      maxAbs: 0,
      message: '',
    });
    expect(gpu.memory.bytes).toBe(before);
  });

  test('fails a float beyond the tolerance, naming binding and place', async () => {
    const right = scaleCase();
    const result = await runCase(
      gpu,
      scaleCase({
        reference: () => {
          const { scaled, ...rest } = right.reference();
          const wrong = Float32Array.from(scaled ?? []);
          wrong[36] = 0;
          return { scaled: wrong, ...rest };
        },
      }),
    );
    expect(result.passed).toBe(false);
    expect(result.maxAbs).toBe(48.75); // (36 - 3.5) * 1.5
    expect(result.message).toMatch(/^scaled: .*worst at 36: 48.75 for 0$/);
  });

  test('fails one wrong integer whatever the tolerance', async () => {
    const ids = Uint32Array.from({ length: COUNT }, (_, index) => index + (index === 5 ? 108 : 107));
    const result = await runCase(
      gpu,
      scaleCase({ reference: () => ({ ids }), tolerance: { nmse: 1, maxAbs: 10 } }),
    );
    expect(result.passed).toBe(false);
    expect(result.message).toContain('worst at 5: 112 for 113');
  });

  test('a NaN fails unless the reference has it', async () => {
    const source = new Float32Array(COUNT).fill(1);
    source[2] = NaN;
    const buffers = { ...scaleCase().buffers, source };
    const finite = await runCase(
      gpu,
      scaleCase({
        buffers,
        reference: () => ({ scaled: new Float32Array(COUNT).fill(1.5) }),
        tolerance: { nmse: 1e9, maxAbs: 1e9 },
      }),
    );
    expect(finite.passed).toBe(false);
    const same = await runCase(
      gpu,
      scaleCase({ buffers, reference: () => ({ scaled: source.map((value) => value * 1.5) }) }),
    );
    expect(same.passed).toBe(true);
  });

  test('launches an indirect case by its own grid', async () => {
    const wide: KernelCase = scaleCase({
      card: {
        ...card,
        grid: () => {
          throw new Error('the grid is in the buffer');
        },
      },
      indirect: [2, 1, 1],
    });
    expect(await runCase(gpu, wide)).toMatchObject({ passed: true, message: '' });
    const narrow = await runCase(gpu, { ...wide, indirect: [1, 1, 1] }); // 32 of the 37
    expect(narrow.passed).toBe(false);
    expect(narrow.message).toContain('ids: ');
    const none = await runCase(gpu, {
      ...wide,
      indirect: [2, 0, 1],
      reference: () => ({ ids: new Uint32Array(COUNT) }),
    });
    expect(none.passed).toBe(true);
    gpu.assertHealthy();
  });

  test('skips what the device lacks and says so', async () => {
    const result = await runCase(gpu, scaleCase({ card: { ...card, needs: ['a-feature-of-2040'] } }));
    expect(result).toMatchObject({ passed: false, skipped: 'the GPU lacks a-feature-of-2040' });
  });

  test('a kernel that does not compile fails with the compiler’s words', async () => {
    const broken = { ...card, name: 'broken', wgsl: SCALE_WGSL.replace('params.factor', 'params.fcator') };
    const result = await runCase(gpu, scaleCase({ card: broken }));
    expect(result.passed).toBe(false);
    expect(result.message).toMatch(/kernel broken does not compile:.*fcator/s);
    gpu.assertHealthy();
  });
});

describe('the recorder', () => {
  const usage = () => GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

  test('names the card and binding it refuses', async () => {
    const recorder = createKernelRecorder(gpu);
    const buffer = gpu.memory.buffer('shared', 1024, usage());
    const ids = gpu.memory.buffer('ids', 1024, usage());
    const uniform = gpu.memory.buffer('no storage', 1024, GPUBufferUsage.UNIFORM);
    const part = (of: GPUBuffer, offset = 0, size = 256) => ({ buffer: of, offset, size });
    const params = { count: 8, factor: 2 };
    const attempt = (source: ReturnType<typeof part>) =>
      recorder.dispatch(card, params, { source, scaled: part(buffer), ids: part(ids) });

    await expect(attempt(part(ids, 0))).rejects.toThrow(
      'kernel scale: ids and source share a buffer and one is written',
    );
    await expect(attempt(part(uniform, 100))).rejects.toThrow(
      'kernel scale, binding source [count] f32: offset 100',
    );
    await expect(attempt(part(uniform, 256, 1024))).rejects.toThrow('bytes 256..1280 of a buffer of 1024');
    await expect(attempt(part(uniform))).rejects.toMatchObject({
      code: 'GPU_ERROR',
      detail: { what: 'scale.source' },
    });
    const huge = gpu.device.limits.maxStorageBufferBindingSize + 4;
    await expect(attempt(part(uniform, 0, huge))).rejects.toThrow(`${huge} bytes; this GPU allows`);
    await expect(recorder.dispatch(card, { count: 8 }, {})).rejects.toThrow('no buffer for binding source');
    for (const owned of [buffer, ids, uniform]) gpu.memory.free(owned);
    recorder.dispose();
  });

  test('refuses a grid that WebGPU would', async () => {
    const recorder = createKernelRecorder(gpu);
    const buffers = ['source', 'scaled', 'ids'].map((name) =>
      gpu.memory.buffer(name, 256, usage() | GPUBufferUsage.INDIRECT),
    );
    const plain = gpu.memory.buffer('plain', 256, usage());
    const [source, scaled, ids] = buffers.map((buffer) => ({ buffer, offset: 0, size: 256 }));
    if (source === undefined || scaled === undefined || ids === undefined) throw new Error('three buffers');
    const attempt = (buffer: GPUBuffer, offset: number, size = 12) =>
      recorder.dispatch(
        card,
        { count: 8, factor: 2 },
        { source, scaled, ids },
        {
          indirect: { buffer, offset, size },
        },
      );

    expect(await attempt(source.buffer, 244)).toMatchObject({ indirect: { offset: 244 } });
    await expect(attempt(source.buffer, 6)).rejects.toThrow(
      'kernel scale, indirect grid: offset 6 is not a multiple of 4',
    );
    await expect(attempt(source.buffer, 248)).rejects.toThrow('12 bytes at 248 of a buffer of 256');
    await expect(attempt(source.buffer, 0, 8)).rejects.toThrow('8 bytes at 0 of a buffer of 256');
    await expect(attempt(plain, 0)).rejects.toThrow("buffer 'plain' was not made with INDIRECT");
    await expect(attempt(scaled.buffer, 0)).rejects.toMatchObject({
      code: 'GPU_ERROR',
      message: 'kernel scale, indirect grid: the kernel writes its buffer as scaled',
    });
    for (const owned of [...buffers, plain]) gpu.memory.free(owned);
    recorder.dispose();
    gpu.assertHealthy();
  });

  test('keeps many parameter blocks apart, in one pass', async () => {
    const recorder = createKernelRecorder(gpu);
    const stepArena = createStepArena(gpu, 2);
    const count = 300; // more than one buffer of 256 slots
    const source = gpu.memory.buffer('source', 16, usage());
    const scaled = gpu.memory.buffer('scaled', count * 256, usage());
    const ids = gpu.memory.buffer('ids', 16, usage());
    gpu.device.queue.writeBuffer(source, 0, new Float32Array([1]));
    const dispatches = [];
    for (let index = 0; index < count; index++) {
      const buffers = {
        source: { buffer: source, offset: 0, size: 16 },
        scaled: { buffer: scaled, offset: index * 256, size: 256 },
        ids: { buffer: ids, offset: 0, size: 16 },
      };
      dispatches.push(await recorder.dispatch(card, { count: 1, factor: index }, buffers));
    }
    stepArena.write(1, { position: 40, tokens: 1, seed: 0 });
    const staging = gpu.memory.buffer(
      'read',
      count * 256 + 16,
      GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    );
    const encoder = gpu.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    encodeSteps(pass, dispatches, 1, stepArena, 1);
    pass.end();
    encoder.copyBufferToBuffer(scaled, 0, staging, 0, count * 256);
    encoder.copyBufferToBuffer(ids, 0, staging, count * 256, 16);
    gpu.device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const bytes = staging.getMappedRange().slice(0);
    const floats = new Float32Array(bytes);
    expect(Array.from({ length: count }, (_, index) => floats[index * 64])).toEqual(
      Array.from({ length: count }, (_, index) => index),
    );
    expect(new Uint32Array(bytes)[count * 64]).toBe(47); // position 40 + bias 7
    for (const owned of [source, scaled, ids, staging]) gpu.memory.free(owned);
    stepArena.dispose();
    recorder.dispose();
    gpu.assertHealthy();
  });
});
