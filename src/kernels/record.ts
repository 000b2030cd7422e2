/**
 * From a card to a Dispatch: the bind group layout the card describes, its
 * parameters in a uniform arena, the compiled pipeline and the bind group, all
 * made before the token loop and checked against the device's limits here,
 * where the card and the binding can still be named.
 */
import { AppError } from '../base/failure.ts';
import { kernelLayouts, type BufferRange, type Dispatch, type Gpu } from '../gpu/index.ts';
import type { BindingField, KernelCard, Params } from './card.ts';

export interface KernelRecorder {
  /**
   * `buffers` has a range for each binding of the card; `indirect`, where the grid is
   * what another kernel wrote. GPU_ERROR where the device can't run the card (features,
   * limits, compilation).
   */
  dispatch(
    card: KernelCard,
    params: Params,
    buffers: Readonly<Record<string, BufferRange>>,
    launch?: Launch,
  ): Promise<Dispatch>;
  /** Frees the parameters; the dispatches made here die with them. */
  dispose(): void;
}

export interface Launch {
  readonly indirect?: BufferRange;
}

const SLOT_BYTES = 256; // minUniformBufferOffsetAlignment at its default
const SLOTS_PER_BUFFER = 256;
const GRID_BYTES = 12; // three u32

export function createKernelRecorder(gpu: Gpu): KernelRecorder {
  const arena = createParamsArena(gpu);
  const layouts = kernelLayouts(gpu.device);

  return {
    async dispatch(card, params, buffers, { indirect } = {}) {
      const ranges = card.bindings.map((binding) => rangeOf(gpu, card, binding, buffers));
      assertNoAliasing(card, ranges);
      if (indirect !== undefined) assertGrid(card, ranges, indirect);
      const pipeline = await compileKernel(gpu, card);
      const uniform = arena.add(packParams(card, params));
      const bindGroup = gpu.device.createBindGroup({
        label: card.name,
        layout: layouts.buffers(accessesOf(card)),
        entries: [uniform, ...ranges].map(({ buffer, offset, size }, binding) => ({
          binding,
          resource: { buffer, offset, size },
        })),
      });
      return {
        label: card.name,
        pipeline,
        bindGroup,
        usesStep: card.usesStep,
        grid: (tokens) => card.grid(params, tokens),
        indirect,
      };
    },
    dispose: () => arena.dispose(),
  };
}

/** What a dispatch of the card will need, compiled once. GPU_ERROR where the device can't run it. */
export async function compileKernel(gpu: Gpu, card: KernelCard): Promise<GPUComputePipeline> {
  assertFits(gpu, card);
  return gpu.pipelines.get({
    label: card.name,
    wgsl: card.wgsl,
    constants: card.constants,
    layout: kernelLayouts(gpu.device).pipeline(accessesOf(card), card.usesStep),
  });
}

const accessesOf = ({ bindings }: KernelCard) => bindings.map(({ access }) => access);

/** The Params struct: 4 bytes per field in the card's order, padded to 16. */
export function packParams(card: KernelCard, params: Params): ArrayBuffer {
  const bytes = new ArrayBuffer(Math.max(16, Math.ceil(card.params.length / 4) * 16));
  const view = new DataView(bytes);
  card.params.forEach(({ name, type }, index) => {
    const value = params[name];
    if (value === undefined) throw new Error(`${card.name}: parameter ${name} is missing`);
    if (type === 'f32') view.setFloat32(index * 4, value, true);
    else if (!Number.isInteger(value))
      throw new Error(`${card.name}: parameter ${name} is ${value}, not an integer`);
    else if (type === 'u32') view.setUint32(index * 4, value, true);
    else view.setInt32(index * 4, value, true);
  });
  const known = new Set(card.params.map((field) => field.name));
  const stray = Object.keys(params).find((name) => !known.has(name));
  if (stray !== undefined) throw new Error(`${card.name} has no parameter ${stray}`);
  return bytes;
}

function assertFits(gpu: Gpu, card: KernelCard): void {
  const missing = card.needs.find((feature) => !gpu.facts.features.includes(feature));
  if (missing !== undefined) {
    throw new AppError('GPU_ERROR', `kernel ${card.name} needs ${missing}, which this GPU lacks`, {
      what: card.name,
      missing,
    });
  }
  const allowed = gpu.device.limits.maxStorageBuffersPerShaderStage;
  if (card.bindings.length > allowed) {
    throw new AppError(
      'GPU_ERROR',
      `kernel ${card.name} binds ${card.bindings.length} buffers; this GPU allows ${allowed}`,
      {
        what: card.name,
        asked: card.bindings.length,
        has: allowed,
      },
    );
  }
}

function rangeOf(
  gpu: Gpu,
  card: KernelCard,
  { name, shape }: BindingField,
  buffers: Readonly<Record<string, BufferRange>>,
): BufferRange {
  const range = buffers[name];
  if (range === undefined) throw new Error(`${card.name}: no buffer for binding ${name} ${shape}`);
  const { buffer, offset, size } = range;
  const fail = (words: string): AppError =>
    new AppError('GPU_ERROR', `kernel ${card.name}, binding ${name} ${shape}: ${words}`, {
      what: `${card.name}.${name}`,
    });
  const { maxStorageBufferBindingSize: allowed, minStorageBufferOffsetAlignment: alignment } =
    gpu.device.limits;
  if (size > allowed) throw fail(`${size} bytes; this GPU allows ${allowed}`);
  if (offset % alignment !== 0) throw fail(`offset ${offset} is not a multiple of ${alignment}`);
  if (size <= 0 || size % 4 !== 0) throw fail(`a binding of ${size} bytes`);
  if (offset + size > buffer.size)
    throw fail(`bytes ${offset}..${offset + size} of a buffer of ${buffer.size}`);
  if ((buffer.usage & GPUBufferUsage.STORAGE) === 0)
    throw fail(`buffer '${buffer.label}' was not made with STORAGE`);
  return range;
}

/** WebGPU refuses a buffer that one dispatch both reads and writes through two bindings, even at disjoint ranges. */
function assertNoAliasing(card: KernelCard, ranges: readonly BufferRange[]): void {
  card.bindings.forEach((binding, index) => {
    if (binding.access !== 'read_write') return;
    const other = ranges.findIndex(
      (range, at) => at !== index && clashes(ranges[index], range, card.bindings[at]),
    );
    if (other >= 0) {
      const names = `${binding.name} and ${card.bindings[other]?.name}`;
      throw new AppError('GPU_ERROR', `kernel ${card.name}: ${names} share a buffer and one is written`, {
        what: card.name,
      });
    }
  });
}

function clashes(
  written: BufferRange | undefined,
  range: BufferRange,
  binding: BindingField | undefined,
): boolean {
  if (written === undefined || binding === undefined || written.buffer !== range.buffer) return false;
  if (binding.access === 'read') return true;
  return written.offset < range.offset + range.size && range.offset < written.offset + written.size;
}

/** What WebGPU asks of an indirect grid: it would complain only when the step is encoded. */
function assertGrid(card: KernelCard, ranges: readonly BufferRange[], grid: BufferRange): void {
  const { buffer, offset, size } = grid;
  const fail = (words: string): AppError =>
    new AppError('GPU_ERROR', `kernel ${card.name}, indirect grid: ${words}`, { what: card.name });
  if (offset % 4 !== 0) throw fail(`offset ${offset} is not a multiple of 4`);
  if (size < GRID_BYTES || offset + GRID_BYTES > buffer.size)
    throw fail(`${size} bytes at ${offset} of a buffer of ${buffer.size}`);
  if ((buffer.usage & GPUBufferUsage.INDIRECT) === 0)
    throw fail(`buffer '${buffer.label}' was not made with INDIRECT`);
  const written = card.bindings.find(
    ({ access }, at) => access === 'read_write' && ranges[at]?.buffer === buffer,
  );
  if (written !== undefined) throw fail(`the kernel writes its buffer as ${written.name}`);
}

interface ParamsArena {
  add(bytes: ArrayBuffer): BufferRange;
  dispose(): void;
}

/** Uniform slots of 256 bytes, handed out once; grows by whole buffers. */
function createParamsArena(gpu: Gpu): ParamsArena {
  const buffers: GPUBuffer[] = [];
  let used = 0;
  let disposed = false;
  return {
    add(bytes) {
      if (disposed) throw new Error('the params arena is disposed');
      if (bytes.byteLength > SLOT_BYTES)
        throw new Error(`parameters of ${bytes.byteLength} bytes in a slot of ${SLOT_BYTES}`);
      const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
      const slot = used % SLOTS_PER_BUFFER;
      if (slot === 0) buffers.push(gpu.memory.buffer('params', SLOTS_PER_BUFFER * SLOT_BYTES, usage));
      used += 1;
      const buffer = buffers.at(-1)!;
      gpu.device.queue.writeBuffer(buffer, slot * SLOT_BYTES, bytes);
      return { buffer, offset: slot * SLOT_BYTES, size: bytes.byteLength };
    },
    dispose() {
      for (const buffer of buffers) gpu.memory.free(buffer);
      buffers.length = 0;
      disposed = true;
    },
  };
}
