/** The gpu room's door: WebGPU made safe. */
export { openGpu } from './openGpu.ts';
export { createStepArena, encodeSteps, type StepArena, type StepValues } from './steps.ts';
export { createReadbackRing, lossToldOrLate, type ReadbackRing, type ReadbackTicket } from './readback.ts';
export { createProfiler, type KernelTime, type Profiler } from './profiler.ts';
export { kernelLayouts } from './layouts.ts';
export type {
  AdapterFacts,
  BufferRange,
  DeviceLoss,
  Dispatch,
  Gpu,
  GpuMemory,
  PipelineCache,
  PipelineRequest,
} from './types.ts';
