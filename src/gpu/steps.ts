/**
 * One step of the model = one compute pass. What changes from step to step
 * (position, token count, seed) sits in a uniform arena, a slot per step in
 * flight, so that encoding a step creates no GPU object.
 */
import { kernelLayouts } from './layouts.ts';
import type { BufferRange, Dispatch, Gpu } from './types.ts';

export interface StepValues {
  /** Tokens already in the KV cache. */
  readonly position: number;
  /** Tokens this step adds. */
  readonly tokens: number;
  readonly seed: number;
}

export interface StepArena {
  readonly layout: GPUBindGroupLayout;
  readonly bindGroup: GPUBindGroup;
  /** Byte offset of a slot, the dynamic offset of group 1. */
  offset(slot: number): number;
  /** Seen by the steps submitted after it; those before keep the old values. */
  write(slot: number, values: StepValues): void;
  dispose(): void;
}

const SLOT_BYTES = 256; // minUniformBufferOffsetAlignment at its default
const STEP_BYTES = 16; // position, tokens, seed, pad: u32

export function createStepArena(gpu: Gpu, slots: number): StepArena {
  const layout = kernelLayouts(gpu.device).step;
  const buffer = gpu.memory.buffer(
    'steps',
    slots * SLOT_BYTES,
    GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  );
  const bindGroup = gpu.device.createBindGroup({
    label: 'steps',
    layout,
    entries: [{ binding: 0, resource: { buffer, offset: 0, size: STEP_BYTES } }],
  });
  const words = new Uint32Array(4);

  function offset(slot: number): number {
    if (!Number.isInteger(slot) || slot < 0 || slot >= slots)
      throw new Error(`step slot ${slot} of ${slots}`);
    return slot * SLOT_BYTES;
  }

  return {
    layout,
    bindGroup,
    offset,
    write(slot, { position, tokens, seed }) {
      words[0] = position;
      words[1] = tokens;
      words[2] = seed;
      gpu.device.queue.writeBuffer(buffer, offset(slot), words);
    },
    dispose: () => gpu.memory.free(buffer),
  };
}

/**
 * Encodes the dispatches in order, for a step of `tokens` tokens whose uniform
 * is in `slot`. A grid with a zero is skipped; one that is indirect is what the
 * dispatches before it have written, in this pass or an earlier one.
 */
export function encodeSteps(
  pass: GPUComputePassEncoder,
  dispatches: readonly Dispatch[],
  tokens: number,
  stepArena: StepArena,
  slot: number,
): void {
  // A group stays bound across pipelines, also those whose layout has no group 1.
  pass.setBindGroup(1, stepArena.bindGroup, [stepArena.offset(slot)]);
  let bound: GPUComputePipeline | undefined;
  for (const dispatch of dispatches) {
    const grid = dispatch.indirect ?? dispatch.grid(tokens);
    if (isEmpty(grid)) continue;
    if (dispatch.pipeline !== bound) {
      bound = dispatch.pipeline;
      pass.setPipeline(bound);
    }
    pass.setBindGroup(0, dispatch.bindGroup);
    if ('buffer' in grid) pass.dispatchWorkgroupsIndirect(grid.buffer, grid.offset);
    else pass.dispatchWorkgroups(...grid);
  }
}

function isEmpty(grid: BufferRange | readonly number[]): boolean {
  return !('buffer' in grid) && grid.includes(0);
}
