/** A grid that the GPU itself wrote, in the pass that is launched by it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createProfiler,
  createReadbackRing,
  createStepArena,
  encodeSteps,
  kernelLayouts,
  type Dispatch,
  type Gpu,
} from './index.ts';
import { openTestGpu } from './testGpu.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openTestGpu();
});
afterAll(() => gpu.dispose());

const HEAD = `
struct Step { position: u32, tokens: u32, seed: u32, pad: u32 }
@group(0) @binding(0) var<uniform> params: vec4u;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;
@group(1) @binding(0) var<uniform> step: Step;
`;

/** A grid of tokens - 2 workgroups, at byte 16. */
const WRITE_GRID = `${HEAD}
@compute @workgroup_size(1) fn main() {
  out[4] = step.tokens - 2u;
  out[5] = 1u;
  out[6] = 1u;
}`;

/** A digit per visit: a 1, or a 2 from a grid of four. */
const COUNT = `${HEAD}
override digit: u32 = 1;
@compute @workgroup_size(1) fn main(@builtin(workgroup_id) group: vec3u) {
  out[group.x] = out[group.x] * 10u + digit;
}`;

interface Kernel {
  readonly label: string;
  readonly wgsl: string;
  readonly constants: Readonly<Record<string, number>>;
  readonly grid: Dispatch['grid'];
}

async function recorded({ grid, ...kernel }: Kernel, params: GPUBuffer, out: GPUBuffer): Promise<Dispatch> {
  const layouts = kernelLayouts(gpu.device);
  const pipeline = await gpu.pipelines.get({ ...kernel, layout: layouts.pipeline(['read_write'], true) });
  const bindGroup = gpu.device.createBindGroup({
    layout: layouts.buffers(['read_write']),
    entries: [params, out].map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  return { label: kernel.label, pipeline, bindGroup, usesStep: true, grid };
}

const unasked = (): never => {
  throw new Error('the grid is in the buffer');
};

test('encodeSteps and the profiler launch what the pass has written, also nothing', async () => {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const out = gpu.memory.buffer('out', 16, usage);
  const args = gpu.memory.buffer('args', 32, usage | GPUBufferUsage.INDIRECT);
  const params = gpu.memory.buffer('params', 16, GPUBufferUsage.UNIFORM);
  const arena = createStepArena(gpu, 1);
  const ring = createReadbackRing(gpu, 1, 16);
  const profiler = createProfiler(gpu, 3);
  if (profiler === null) throw new Error('this machine’s adapters have timestamp-query');
  const count = { wgsl: COUNT, label: 'ones', constants: { digit: 1 }, grid: unasked };
  const dispatches: readonly Dispatch[] = [
    await recorded({ label: 'grid', wgsl: WRITE_GRID, constants: {}, grid: () => [1, 1, 1] }, params, args),
    { ...(await recorded(count, params, out)), indirect: { buffer: args, offset: 16, size: 12 } },
    await recorded({ ...count, label: 'twos', constants: { digit: 2 }, grid: () => [4, 1, 1] }, params, out),
  ];
  const run = async (tokens: number, encode: (encoder: GPUCommandEncoder) => void) => {
    arena.write(0, { position: 0, tokens, seed: 0 });
    const encoder = gpu.device.createCommandEncoder();
    encoder.clearBuffer(out);
    encode(encoder);
    const ticket = ring.copy(encoder, out, 0, 16);
    gpu.device.queue.submit([encoder.finish()]);
    return Array.from(new Uint32Array(await ticket.read()));
  };
  const inOnePass = (tokens: number) =>
    run(tokens, (encoder) => {
      const pass = encoder.beginComputePass();
      encodeSteps(pass, dispatches, tokens, arena, 0);
      pass.end();
    });

  expect(await inOnePass(5)).toEqual([12, 12, 12, 2]);
  expect(await inOnePass(2)).toEqual([2, 2, 2, 2]);
  expect(await inOnePass(3)).toEqual([12, 2, 2, 2]);
  const profiled = await run(4, (encoder) => profiler.encode(encoder, dispatches, 4, arena, 0));
  expect(profiled).toEqual([12, 12, 2, 2]);
  const labels = (await profiler.read()).map(({ label }) => label);
  expect(labels.toSorted()).toEqual(['grid', 'ones', 'twos']);
  for (const owner of [profiler, arena, ring]) owner.dispose();
  for (const buffer of [out, args, params]) gpu.memory.free(buffer);
  gpu.assertHealthy();
});
