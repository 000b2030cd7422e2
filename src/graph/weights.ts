/**
 * Weights on the GPU. Tensors are placed in a few large arenas; a tensor whose
 * quants plane is larger than one binding may be is cut into row chunks, and
 * whoever uses it launches once per chunk (embeddings, heads and a layer's experts
 * get there). Experts stay whole.
 */
import { AppError } from '../base/failure.ts';
import { quantBytes, scaleBytes, type WeightLayout } from '../formats/index.ts';
import type { BufferRange, Gpu } from '../gpu/index.ts';

export interface TensorShape {
  readonly name: string;
  readonly layout: WeightLayout;
  readonly rows: number;
  readonly cols: number;
  /** The rows are this many experts', one after the other; absent for others. */
  readonly experts?: number | undefined;
}

export interface WeightChunk {
  /** First row of the tensor that this chunk holds. */
  readonly row: number;
  readonly rows: number;
  readonly quants: BufferRange;
  /** null for f32, f16 and bf16. */
  readonly scales: BufferRange | null;
}

export interface GpuTensor extends TensorShape {
  readonly chunks: readonly WeightChunk[];
}

/**
 * Of a matrix that its kernel reads through one binding. ADAPTER_TOO_SMALL { tensor,
 * has, asked } where it had to be cut.
 */
export function onlyChunk({ name, chunks }: Pick<GpuTensor, 'name' | 'chunks'>): WeightChunk {
  const [chunk] = chunks;
  if (chunk !== undefined && chunks.length === 1) return chunk;
  throw new AppError('ADAPTER_TOO_SMALL', `${name} is larger than one binding`, {
    tensor: name,
    has: chunk?.quants.size ?? 0,
    asked: chunks.reduce((sum, { quants }) => sum + quants.size, 0),
  });
}

const BINDING_ALIGN = 256;
const ARENA_BYTES = 512 * 1024 * 1024;
/** Chunks begin at a multiple of this many rows, as the stored slabs do. */
const ROW_STEP = 64;

interface Place {
  readonly arena: number;
  readonly offset: number;
  readonly size: number;
}
interface ChunkPlan {
  readonly row: number;
  readonly rows: number;
  readonly quants: Place;
  readonly scales: Place | null;
}

export class GpuWeights {
  readonly #gpu: Gpu;
  readonly #arenas: GPUBuffer[];
  readonly #tensors: readonly GpuTensor[];
  readonly #byName: ReadonlyMap<string, GpuTensor>;

  /** `bindingBytes` lowers the device's own limit, for tests. */
  constructor(gpu: Gpu, shapes: readonly TensorShape[], bindingBytes = Infinity) {
    this.#gpu = gpu;
    const { maxBufferSize, maxStorageBufferBindingSize } = gpu.device.limits;
    const arenaBytes = Math.min(maxBufferSize, ARENA_BYTES);
    const most = Math.min(maxStorageBufferBindingSize, arenaBytes, bindingBytes);
    const { plans, arenas } = place(shapes, most, arenaBytes);
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
    this.#arenas = arenas.map((bytes, i) => gpu.memory.buffer(`weights ${i}`, bytes, usage));
    const range = (at: Place): BufferRange => ({
      buffer: this.#arenas[at.arena]!,
      offset: at.offset,
      size: at.size,
    });
    this.#tensors = shapes.map((shape, i) => ({
      ...shape,
      chunks: plans[i]!.map((c) => ({
        row: c.row,
        rows: c.rows,
        quants: range(c.quants),
        scales: c.scales && range(c.scales),
      })),
    }));
    this.#byName = new Map(this.#tensors.map((t) => [t.name, t]));
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  get(name: string): GpuTensor {
    const tensor = this.#byName.get(name);
    if (!tensor)
      throw new AppError('MISSING_TENSOR', `the stored model has no tensor ${name}`, { tensor: name });
    return tensor;
  }

  /** A vector's values: one row of f32. */
  vector(name: string): BufferRange {
    return this.get(name).chunks[0]!.quants;
  }

  /**
   * Uploads rows [row, row+rows) of tensor `index` (in the order the shapes were
   * given): `quants` and `scales` are those rows' planes, padded to 4 bytes or more.
   */
  write(
    index: number,
    row: number,
    rows: number,
    quants: Uint8Array<ArrayBuffer>,
    scales: Uint8Array<ArrayBuffer>,
  ): void {
    const tensor = this.#tensors[index]!;
    for (const chunk of tensor.chunks) {
      const first = Math.max(row, chunk.row);
      const last = Math.min(row + rows, chunk.row + chunk.rows);
      if (first >= last) continue;
      const plane = (to: BufferRange, from: Uint8Array<ArrayBuffer>, bytesOf: typeof quantBytes): void => {
        const skip = bytesOf(tensor.layout, first - row, tensor.cols);
        const at = to.offset + bytesOf(tensor.layout, first - chunk.row, tensor.cols);
        const size = Math.ceil(bytesOf(tensor.layout, last - first, tensor.cols) / 4) * 4;
        this.#gpu.device.queue.writeBuffer(to.buffer, at, from, skip, size);
      };
      plane(chunk.quants, quants, quantBytes);
      if (chunk.scales) plane(chunk.scales, scales, scaleBytes);
    }
  }

  dispose(): void {
    for (const arena of this.#arenas.splice(0)) this.#gpu.memory.free(arena);
  }
}

/** Bump allocation: each plane in the current arena or the next. */
function place(
  shapes: readonly TensorShape[],
  bindingBytes: number,
  arenaBytes: number,
): { plans: ChunkPlan[][]; arenas: number[] } {
  const arenas: number[] = [0];
  const take = (bytes: number): Place => {
    const size = Math.max(Math.ceil(bytes / 16) * 16, 16);
    let arena = arenas.length - 1;
    let offset = Math.ceil(arenas[arena]! / BINDING_ALIGN) * BINDING_ALIGN;
    if (offset + size > arenaBytes) {
      arena = arenas.push(0) - 1;
      offset = 0;
    }
    arenas[arena] = offset + size;
    return { arena, offset, size };
  };
  const plans = shapes.map((shape) => {
    const rowBytes = quantBytes(shape.layout, 1, shape.cols);
    const whole = shape.experts === undefined ? ROW_STEP : shape.rows / shape.experts;
    const step = Math.floor(bindingBytes / rowBytes / whole) * whole;
    if (step === 0 && shape.rows * rowBytes > bindingBytes) {
      throw new AppError('ADAPTER_TOO_SMALL', `a row block of ${shape.name} is larger than one binding`, {
        tensor: shape.name,
        has: bindingBytes,
        asked: rowBytes * whole,
      });
    }
    const chunks: ChunkPlan[] = [];
    for (let row = 0; row < shape.rows;) {
      const rows = shape.rows * rowBytes <= bindingBytes ? shape.rows : Math.min(step, shape.rows - row);
      const scales = scaleBytes(shape.layout, rows, shape.cols);
      chunks.push({
        row,
        rows,
        quants: take(quantBytes(shape.layout, rows, shape.cols)),
        scales: scales > 0 ? take(scales) : null,
      });
      row += rows;
    }
    return chunks;
  });
  return { plans, arenas };
}
