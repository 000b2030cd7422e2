/** The room on a real device: failures and their codes, memory, steps, readback, profiling. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createProfiler,
  createReadbackRing,
  createStepArena,
  encodeSteps,
  kernelLayouts,
  openGpu,
  type Dispatch,
  type Gpu,
} from './index.ts';
import { openTestGpu } from './testGpu.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openTestGpu();
});
afterAll(() => gpu.dispose());

const storage = () => GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

/** A buffer of 16 bytes with a usage WebGPU forbids. */
const invalidBuffer = () =>
  gpu.device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE });

describe('facts', () => {
  test('this machine’s adapter is software, and its limits are known', () => {
    expect(gpu.facts.software).toBe(true);
    expect(gpu.facts.limits['maxStorageBuffersPerShaderStage']).toBeGreaterThanOrEqual(8);
    expect(gpu.facts.features).toContain('timestamp-query');
  });
});

describe('failures', () => {
  test('scoped: a validation error becomes GPU_ERROR with the name of the work', async () => {
    const attempt = gpu.scoped('loading norms', async () => invalidBuffer());
    await expect(attempt).rejects.toMatchObject({ code: 'GPU_ERROR', detail: { what: 'loading norms' } });
    gpu.assertHealthy();
  });

  test('scoped: gives the result, and passes on what the work throws', async () => {
    expect(await gpu.scoped('fine', async () => 42)).toBe(42);
    const bug = new Error('a bug of the caller');
    await expect(gpu.scoped('buggy', () => Promise.reject(bug))).rejects.toBe(bug);
    await expect(
      gpu.scoped('buggy', () => {
        throw bug;
      }),
    ).rejects.toBe(bug);
    // The scopes were popped each time: an error now is nobody's, so uncaptured.
    invalidBuffer();
    await gpu.device.queue.onSubmittedWorkDone();
    await until(() => captured(() => gpu.assertHealthy()) !== undefined);
  });

  test('scoped: a GPU error outranks what it made the work throw, which is its cause', async () => {
    const bug = new Error('consequence');
    const attempt = gpu.scoped('both', async () => {
      invalidBuffer();
      throw bug;
    });
    await expect(attempt).rejects.toMatchObject({ code: 'GPU_ERROR', cause: bug });
  });

  test('scoped: running out of memory has a code of its own', async () => {
    // No driver here runs out before the machine does, so its answer is made up.
    const short = await openTestGpu();
    const pop = short.device.popErrorScope.bind(short.device);
    let pops = 0;
    short.device.popErrorScope = async () => {
      await pop();
      pops += 1;
      return pops === 2 ? new GPUOutOfMemoryError('no room') : null; // internal, out-of-memory, validation
    };
    await expect(short.scoped('weights', async () => 1)).rejects.toMatchObject({
      code: 'GPU_OUT_OF_MEMORY',
      detail: { what: 'weights' },
    });
    short.dispose();
  });

  test('an uncaptured error is reported once', async () => {
    invalidBuffer();
    await gpu.device.queue.onSubmittedWorkDone();
    let seen: unknown;
    await until(() => (seen = captured(() => gpu.assertHealthy())) !== undefined);
    expect(seen).toMatchObject({ code: 'GPU_ERROR' });
    gpu.assertHealthy();
  });

  test('device loss: lost resolves, and everything after says DEVICE_LOST', async () => {
    const doomed = await openTestGpu();
    const ring = createReadbackRing(doomed, 1, 16);
    const source = doomed.memory.buffer('source', 16, storage());
    const encoder = doomed.device.createCommandEncoder();
    const ticket = ring.copy(encoder, source, 0, 16);
    doomed.device.queue.submit([encoder.finish()]);
    doomed.device.destroy();
    expect(await doomed.lost).toMatchObject({ reason: 'destroyed' });
    expect(captured(() => doomed.assertHealthy())).toMatchObject({ code: 'DEVICE_LOST' });
    await expect(ticket.read()).rejects.toMatchObject({ code: 'DEVICE_LOST' });
    await expect(doomed.scoped('late', async () => 1)).rejects.toMatchObject({ code: 'DEVICE_LOST' });
    doomed.dispose();
  });

  test('dispose() is no loss', async () => {
    const brief = await openTestGpu();
    let lost = false;
    void brief.lost.then(() => (lost = true));
    brief.dispose();
    await brief.device.lost;
    await Promise.resolve();
    expect(lost).toBe(false);
    brief.assertHealthy();
  });

  test('a second device is as good as the first', async () => {
    const second = await openGpu(navigator.gpu, { powerPreference: 'low-power' });
    expect(second.facts).toEqual(gpu.facts);
    second.dispose();
  });
});

describe('memory', () => {
  test('counts bytes, rounded up to 16, and the peak', async () => {
    const own = await openTestGpu();
    const a = own.memory.buffer('a', 17, storage());
    const b = own.memory.buffer('b', 0, storage());
    expect([a.size, b.size, own.memory.bytes]).toEqual([32, 16, 48]);
    own.memory.free(a);
    expect([own.memory.bytes, own.memory.peakBytes]).toEqual([16, 48]);
    expect(() => own.memory.free(a)).toThrow("buffer 'a' is not ours or was freed before");
    own.dispose();
    expect(own.memory.bytes).toBe(0);
  });

  test('a buffer beyond maxBufferSize is out of memory, with the figures', () => {
    const has = gpu.device.limits.maxBufferSize;
    const before = gpu.memory.bytes;
    const error = captured(() => gpu.memory.buffer('huge', has + 1, storage()));
    expect(error).toMatchObject({ code: 'GPU_OUT_OF_MEMORY', detail: { what: 'huge', has } });
    expect(gpu.memory.bytes).toBe(before);
  });
});

const COUNT_WGSL = `
override add: u32 = 1;
struct Step { position: u32, tokens: u32, seed: u32, pad: u32 }
@group(0) @binding(0) var<uniform> params: vec4u;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;
@group(1) @binding(0) var<uniform> step: Step;
@compute @workgroup_size(1) fn main(@builtin(workgroup_id) group: vec3u) {
  out[group.x] = out[group.x] * 10 + step.position + step.seed + add;
}`;

describe('pipelines', () => {
  const request = (add: number, wgsl = COUNT_WGSL) => ({
    label: 'count',
    wgsl,
    constants: { add },
    layout: kernelLayouts(gpu.device).pipeline(['read_write'], true),
  });

  test('compiles once for the same request, also when asked twice at once', async () => {
    const before = gpu.pipelines.size;
    const [first, second, other] = await Promise.all([
      gpu.pipelines.get(request(1)),
      gpu.pipelines.get(request(1)),
      gpu.pipelines.get(request(2)),
    ]);
    expect(first).toBe(second);
    expect(first).not.toBe(other);
    expect(gpu.pipelines.size).toBe(before + 2);
  });

  test('a shader that does not compile says line and reason, every time', async () => {
    const bad = request(1, COUNT_WGSL.replace('step.seed', 'step.sede'));
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(gpu.pipelines.get(bad)).rejects.toMatchObject({
        code: 'GPU_ERROR',
        message: expect.stringMatching(/kernel count does not compile: 8:.*sede/s) as string,
      });
    }
    gpu.assertHealthy();
  });

  test('an unknown constant is refused with the kernel’s name', async () => {
    const wrong = { ...request(1), constants: { addd: 1 } };
    await expect(gpu.pipelines.get(wrong)).rejects.toThrow(/kernel count does not compile: .*addd/s);
    gpu.assertHealthy();
  });
});

/** `out[0..groups]` becomes out * 10 + position + seed + add. */
async function counting(out: GPUBuffer, params: GPUBuffer, add: number, groups: (tokens: number) => number) {
  const layouts = kernelLayouts(gpu.device);
  const layout = layouts.pipeline(['read_write'], true);
  const pipeline = await gpu.pipelines.get({
    label: `add ${add}`,
    wgsl: COUNT_WGSL,
    constants: { add },
    layout,
  });
  const bindGroup = gpu.device.createBindGroup({
    layout: layouts.buffers(['read_write']),
    entries: [
      { binding: 0, resource: { buffer: params } },
      { binding: 1, resource: { buffer: out } },
    ],
  });
  const dispatch: Dispatch = {
    label: `add ${add}`,
    pipeline,
    bindGroup,
    usesStep: true,
    grid: (tokens) => [groups(tokens), 1, 1],
  };
  return dispatch;
}

describe('steps', () => {
  test('run in order, each with its own slot’s values; a zero grid is skipped', async () => {
    const out = gpu.memory.buffer('out', 16, storage());
    const params = gpu.memory.buffer('params', 16, GPUBufferUsage.UNIFORM);
    const arena = createStepArena(gpu, 3);
    const ring = createReadbackRing(gpu, 2, 16);
    const one = await counting(out, params, 1, (tokens) => tokens);
    const never = await counting(out, params, 9, () => 0);
    const two = await counting(out, params, 2, (tokens) => tokens);

    const tickets = [0, 1].map((index) => {
      const slot = index + 1;
      arena.write(slot, { position: index * 3, tokens: 2, seed: index });
      const encoder = gpu.device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      encodeSteps(pass, [one, one, never, two], 2, arena, slot);
      pass.end();
      const ticket = ring.copy(encoder, out, 0, 16);
      gpu.device.queue.submit([encoder.finish()]);
      return ticket;
    });
    const results = await Promise.all(
      tickets.map(async (ticket) => Array.from(new Uint32Array(await ticket.read()))),
    );
    // step 0 adds 0: 1, 11, 112; step 1 adds 3 + 1 = 4: 1125, 11255, 112556
    expect(results).toEqual([
      [112, 112, 0, 0],
      [112556, 112556, 0, 0],
    ]);
    expect(() => arena.offset(3)).toThrow('step slot 3 of 3');
    for (const buffer of [out, params]) gpu.memory.free(buffer);
    arena.dispose();
    ring.dispose();
    gpu.assertHealthy();
  });
});

describe('readback', () => {
  test('reads what each copy saw, reuses its slots and makes nothing', async () => {
    const ring = createReadbackRing(gpu, 3, 64);
    const source = gpu.memory.buffer('source', 512, storage());
    const made = countCreations(gpu.device);
    const seen: number[] = [];
    for (let round = 0; round < 4; round++) {
      const tickets = [0, 1, 2].map((index) => {
        gpu.device.queue.writeBuffer(source, 256, new Uint32Array([round * 10 + index]));
        const encoder = gpu.device.createCommandEncoder();
        const ticket = ring.copy(encoder, source, 256, 4);
        gpu.device.queue.submit([encoder.finish()]);
        return ticket;
      });
      expect(ring.free).toBe(0);
      for (const ticket of tickets.toReversed()) seen.push(new Uint32Array(await ticket.read())[0] ?? -1);
      expect(ring.free).toBe(3);
    }
    expect(seen).toEqual([2, 1, 0, 12, 11, 10, 22, 21, 20, 32, 31, 30]);
    expect(made()).toBe(0);
    ring.dispose();
    gpu.memory.free(source);
  });

  test('a full ring, an oversized read and a spent ticket are bugs', async () => {
    const ring = createReadbackRing(gpu, 1, 16);
    const source = gpu.memory.buffer('source', 32, storage());
    const encoder = gpu.device.createCommandEncoder();
    expect(() => ring.copy(encoder, source, 0, 20)).toThrow('readback of 20 bytes in a slot of 16');
    const ticket = ring.copy(encoder, source, 0, 16);
    expect(() => ring.copy(encoder, source, 0, 16)).toThrow('all 1 readback slots are in flight');
    ticket.discard();
    await expect(ticket.read()).rejects.toThrow('used twice');
    expect(ring.free).toBe(1);
    ring.dispose();
    gpu.memory.free(source);
  });
});

describe('profiler', () => {
  test('times each label and computes the same', async () => {
    const out = gpu.memory.buffer('out', 16, storage());
    const params = gpu.memory.buffer('params', 16, GPUBufferUsage.UNIFORM);
    const arena = createStepArena(gpu, 1);
    const ring = createReadbackRing(gpu, 1, 16);
    const profiler = createProfiler(gpu, 3);
    if (profiler === null) throw new Error('this machine’s adapters have timestamp-query');
    const one = await counting(out, params, 1, (tokens) => tokens);
    const two = await counting(out, params, 2, (tokens) => tokens);
    arena.write(0, { position: 0, tokens: 1, seed: 0 });
    const encoder = gpu.device.createCommandEncoder();
    profiler.encode(encoder, [one, two, one], 1, arena, 0);
    const ticket = ring.copy(encoder, out, 0, 4);
    gpu.device.queue.submit([encoder.finish()]);
    expect(new Uint32Array(await ticket.read())[0]).toBe(121);
    const times = await profiler.read();
    expect(times.map(({ label, count }) => `${label} x${count}`).toSorted()).toEqual([
      'add 1 x2',
      'add 2 x1',
    ]);
    for (const { milliseconds } of times) expect(milliseconds).toBeGreaterThanOrEqual(0);
    expect(() => profiler.encode(encoder, [one, one, one, one], 1, arena, 0)).toThrow('4 dispatches');
    for (const owner of [profiler, arena, ring]) owner.dispose();
    for (const buffer of [out, params]) gpu.memory.free(buffer);
    gpu.assertHealthy();
  });
});

function captured(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Error events come from another process in a browser: soon, not at once. */
async function until(done: () => boolean): Promise<void> {
  const deadline = performance.now() + 5000;
  while (!done()) {
    if (performance.now() > deadline) throw new Error('nothing happened in five seconds');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** How many buffers and bind groups the device has made since. */
function countCreations(device: GPUDevice): () => number {
  let made = 0;
  const createBuffer = device.createBuffer.bind(device);
  const createBindGroup = device.createBindGroup.bind(device);
  device.createBuffer = (descriptor) => ((made += 1), createBuffer(descriptor));
  device.createBindGroup = (descriptor) => ((made += 1), createBindGroup(descriptor));
  return () => made;
}
