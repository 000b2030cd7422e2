/** A model for which there is no room leaves none of itself behind: the next must find what was free. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Gpu } from '../gpu/index.ts';
import { openTestGpu } from '../gpu/testGpu.ts';
import { readGolden } from '../graph/golden.ts';
import { loadTestModel } from './testModel.ts';

let gpu: Gpu;
beforeEach(async () => {
  gpu = await openTestGpu();
});
afterEach(() => gpu.dispose());

/** From here on the driver has no room for a buffer of this name, and says so as drivers do: where a scope ends. */
function leaveNoRoomFor(name: string): void {
  const { device } = gpu;
  const create = device.createBuffer.bind(device);
  const push = device.pushErrorScope.bind(device);
  const pop = device.popErrorScope.bind(device);
  const scopes: { filter: GPUErrorFilter; full: boolean }[] = [];
  Object.assign(device, {
    createBuffer: (descriptor: GPUBufferDescriptor) => {
      const scope = scopes.findLast(({ filter }) => filter === 'out-of-memory');
      if (scope && descriptor.label === name) scope.full = true;
      return create(descriptor);
    },
    pushErrorScope: (filter: GPUErrorFilter) => {
      scopes.push({ filter, full: false });
      push(filter);
    },
    popErrorScope: async () => {
      const full = scopes.pop()?.full === true;
      return (await pop()) ?? (full ? new GPUOutOfMemoryError('no room') : null);
    },
  });
}

it.each(['weights 0', 'L0 k'])('frees all else where %s has no room', async (name) => {
  const { folder } = await readGolden('qwen3_moe');
  const before = gpu.memory.bytes;
  leaveNoRoomFor(name);
  await expect(loadTestModel(gpu, folder!, {})).rejects.toMatchObject({ code: 'GPU_OUT_OF_MEMORY' });
  expect(gpu.memory.peakBytes).toBeGreaterThan(before);
  expect(gpu.memory.bytes).toBe(before);
});
