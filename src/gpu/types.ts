/**
 * What the rest of the engine may know of WebGPU. The room hides adapters,
 * limits, error scopes, memory accounting and pipeline caching.
 */
export interface AdapterFacts {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  /** SwiftShader, lavapipe, WARP: correctness only, never speed. */
  readonly software: boolean;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
}

export interface DeviceLoss {
  readonly reason: string;
  readonly message: string;
}

export interface Gpu {
  readonly device: GPUDevice;
  readonly facts: AdapterFacts;
  readonly memory: GpuMemory;
  readonly pipelines: PipelineCache;
  /** Resolves when the device is gone, except by dispose(). */
  readonly lost: Promise<DeviceLoss>;
  /** Throws DEVICE_LOST or GPU_ERROR if the device reported one since the last call. */
  assertHealthy(): void;
  /** Runs `work` inside validation, out-of-memory and internal error scopes. */
  scoped<T>(what: string, work: () => Promise<T>): Promise<T>;
  dispose(): void;
}

/** GPU buffers with byte accounting. Sizes are rounded up to 16 bytes. */
export interface GpuMemory {
  readonly bytes: number;
  readonly peakBytes: number;
  buffer(label: string, bytes: number, usage: GPUBufferUsageFlags): GPUBuffer;
  free(buffer: GPUBuffer): void;
}

/** A range of a buffer, as a binding takes it. Offset a multiple of 256. */
export interface BufferRange {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly size: number;
}

export interface PipelineRequest {
  readonly label: string;
  readonly wgsl: string;
  readonly constants: Readonly<Record<string, number>>;
  readonly layout: GPUPipelineLayout;
}

export interface PipelineCache {
  /** Compiles once per (wgsl, constants, layout). */
  get(request: PipelineRequest): Promise<GPUComputePipeline>;
  readonly size: number;
}

/**
 * One recorded dispatch: everything is built before the token loop. `grid` is
 * given the number of tokens in the step.
 */
export interface Dispatch {
  readonly label: string;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  /** Bind group 1 carries the Step uniform at a dynamic offset. */
  readonly usesStep: boolean;
  readonly grid: (tokens: number) => readonly [number, number, number];
  /**
   * Where the GPU itself wrote the grid, three u32 at a multiple of 4; `grid` is then
   * not asked. The buffer has INDIRECT usage, and this dispatch does not write it.
   */
  readonly indirect?: BufferRange | undefined;
}
