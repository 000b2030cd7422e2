/**
 * The KV cache and the rope tables: everything whose size follows the context.
 * They grow by pages of 256 positions, at least by half of what is there, so a
 * chat never pays for the context it does not use. Growing makes new buffers and
 * copies; whoever holds bind groups on the old ones rebuilds them.
 */
import type { BufferRange, Gpu } from '../gpu/index.ts';
import type { KvType } from '../kernels/index.ts';
import type { ModelSpec, RopeSpec } from '../models/index.ts';

const PAGE = 256;

export interface LayerKv {
  readonly k: BufferRange; // [capacity, kvHeads, headDim]
  readonly v: BufferRange; // [capacity, kvHeads, headDim]
}

const KV_BYTES: Record<KvType, number> = { f32: 4, f16: 2 };

/** Bytes of one position over all layers. */
export function kvBytesPerToken(spec: ModelSpec, type: KvType): number {
  return spec.layers.reduce(
    (sum, l) => sum + 2 * l.attention.kvHeads * l.attention.headDim * KV_BYTES[type],
    0,
  );
}

/** f32 where the whole context costs little, else f16: half the bytes for about 5e-4 of a value. */
export function chooseKvType(spec: ModelSpec, contextLength: number): KvType {
  return kvBytesPerToken(spec, 'f32') * contextLength <= 256 * 1024 * 1024 ? 'f32' : 'f16';
}

export class KvCache {
  readonly type: KvType;
  readonly #gpu: Gpu;
  readonly #spec: ModelSpec;
  readonly #limit: number;
  #capacity = 0;
  #layers: { k: GPUBuffer; v: GPUBuffer }[] = [];
  #ropes: GPUBuffer[] = [];

  constructor(gpu: Gpu, spec: ModelSpec, type: KvType, contextLength: number) {
    this.#gpu = gpu;
    this.#spec = spec;
    this.type = type;
    this.#limit = Math.ceil(contextLength / PAGE) * PAGE;
  }

  get capacity(): number {
    return this.#capacity;
  }

  layer(index: number): LayerKv {
    const { k, v } = this.#layers[index]!;
    return { k: whole(k), v: whole(v) };
  }

  /** [capacity, dims/2] of (cos, sin). */
  rope(index: number): BufferRange {
    return whole(this.#ropes[index]!);
  }

  /** Makes room for `positions`, keeping the first `keep`; true where buffers changed. */
  reserve(positions: number, keep: number): boolean {
    if (positions <= this.#capacity) return false;
    const wanted = Math.max(positions, Math.floor(this.#capacity * 1.5));
    const capacity = Math.min(Math.ceil(wanted / PAGE) * PAGE, this.#limit);
    this.#spec.layers.forEach((layer, i) => {
      const { kvHeads, headDim } = layer.attention;
      const row = kvHeads * headDim * KV_BYTES[this.type];
      const old = this.#layers[i];
      this.#layers[i] = {
        k: this.#grow(`L${i} k`, old?.k, capacity * row, keep * row),
        v: this.#grow(`L${i} v`, old?.v, capacity * row, keep * row),
      };
    });
    for (const rope of this.#ropes) this.#gpu.memory.free(rope);
    this.#ropes = this.#spec.ropes.map((rope, i) => this.#ropeBuffer(i, rope, capacity));
    this.#capacity = capacity;
    return true;
  }

  #grow(label: string, old: GPUBuffer | undefined, bytes: number, keepBytes: number): GPUBuffer {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const next = this.#gpu.memory.buffer(label, bytes, usage);
    if (old) {
      if (keepBytes > 0) {
        const encoder = this.#gpu.device.createCommandEncoder({ label: 'grow kv' });
        encoder.copyBufferToBuffer(old, 0, next, 0, keepBytes);
        this.#gpu.device.queue.submit([encoder.finish()]);
      }
      this.#gpu.memory.free(old);
    }
    return next;
  }

  #ropeBuffer(index: number, rope: RopeSpec, capacity: number): GPUBuffer {
    const table = ropeTable(rope, capacity);
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
    const buffer = this.#gpu.memory.buffer(`rope ${index}`, table.byteLength, usage);
    this.#gpu.device.queue.writeBuffer(buffer, 0, table);
    return buffer;
  }

  dispose(): void {
    for (const { k, v } of this.#layers.splice(0)) {
      this.#gpu.memory.free(k);
      this.#gpu.memory.free(v);
    }
    for (const rope of this.#ropes.splice(0)) this.#gpu.memory.free(rope);
    this.#capacity = 0;
  }
}

/**
 * cos and sin of every position and pair, from f64: WGSL promises its own only
 * to 2^-11, and only near zero. [capacity, dims/2, 2]
 */
function ropeTable(rope: RopeSpec, capacity: number): Float32Array<ArrayBuffer> {
  const pairs = rope.dims / 2;
  const table = new Float32Array(capacity * pairs * 2);
  for (let position = 0; position < capacity; position++) {
    for (let i = 0; i < pairs; i++) {
      const angle = position * rope.inverseFrequencies[i]!;
      table[(position * pairs + i) * 2] = Math.cos(angle) * rope.amplitude;
      table[(position * pairs + i) * 2 + 1] = Math.sin(angle) * rope.amplitude;
    }
  }
  return table;
}

function whole(buffer: GPUBuffer): BufferRange {
  return { buffer, offset: 0, size: buffer.size };
}
