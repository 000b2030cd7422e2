/**
 * GPU time per kernel. Timestamps exist only at pass boundaries, so a profiled
 * step gives each dispatch a pass of its own: the parts are true, their sum is
 * larger than the step.
 */
import { encodeSteps, type StepArena } from './steps.ts';
import type { Dispatch, Gpu } from './types.ts';

export interface KernelTime {
  readonly label: string;
  readonly count: number;
  readonly milliseconds: number;
}

export interface Profiler {
  /** Like encodeSteps, timed. One step per read(). */
  encode(
    encoder: GPUCommandEncoder,
    dispatches: readonly Dispatch[],
    tokens: number,
    stepArena: StepArena,
    slot: number,
  ): void;
  /** After submit: time by dispatch label, longest first. */
  read(): Promise<readonly KernelTime[]>;
  dispose(): void;
}

/** Null where the device has no timestamp-query. */
export function createProfiler(gpu: Gpu, maxDispatches: number): Profiler | null {
  if (!gpu.facts.features.includes('timestamp-query')) return null;
  const { device, memory } = gpu;
  const queries = device.createQuerySet({ type: 'timestamp', count: maxDispatches * 2 });
  const bytes = maxDispatches * 16;
  const resolved = memory.buffer('timestamps', bytes, GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC);
  const staging = memory.buffer('timestamps read', bytes, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
  let labels: string[] = [];

  return {
    encode(encoder, dispatches, tokens, stepArena, slot) {
      if (dispatches.length > maxDispatches)
        throw new Error(`${dispatches.length} dispatches, profiler made for ${maxDispatches}`);
      labels = dispatches.map((dispatch) => dispatch.label);
      dispatches.forEach((dispatch, index) => {
        const pass = encoder.beginComputePass({
          label: dispatch.label,
          timestampWrites: {
            querySet: queries,
            beginningOfPassWriteIndex: index * 2,
            endOfPassWriteIndex: index * 2 + 1,
          },
        });
        encodeSteps(pass, [dispatch], tokens, stepArena, slot);
        pass.end();
      });
      encoder.resolveQuerySet(queries, 0, labels.length * 2, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, staging, 0, labels.length * 16);
    },
    async read() {
      await staging.mapAsync(GPUMapMode.READ);
      const ticks = new BigUint64Array(staging.getMappedRange().slice(0));
      staging.unmap();
      return timesByLabel(labels, ticks);
    },
    dispose() {
      queries.destroy();
      memory.free(resolved);
      memory.free(staging);
    },
  };
}

/** `ticks`: begin and end in nanoseconds, a pair per label. */
export function timesByLabel(labels: readonly string[], ticks: BigUint64Array): readonly KernelTime[] {
  const totals = new Map<string, { count: number; milliseconds: number }>();
  labels.forEach((label, index) => {
    const begin = ticks[index * 2] ?? 0n;
    const end = ticks[index * 2 + 1] ?? 0n;
    const total = totals.get(label) ?? { count: 0, milliseconds: 0 };
    total.count += 1;
    // Some drivers reset the counter between passes: a negative span is no time.
    total.milliseconds += end > begin ? Number(end - begin) / 1e6 : 0;
    totals.set(label, total);
  });
  return [...totals]
    .map(([label, { count, milliseconds }]) => ({ label, count, milliseconds }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}
