/**
 * What a model remembers of the tokens before: keys and values, or the latents they
 * are made of, and the rope tables, whose sizes follow the context; and the rings in
 * which short convolutions keep their last inputs. What follows the context grows by
 * pages of 256 positions, at least by half of what is there, so a chat never pays for
 * the context it does not use. Growing makes new buffers and copies; whoever holds
 * bind groups on the old ones rebuilds them.
 */
import type { BufferRange, Gpu } from '../gpu/index.ts';
import type { KvType } from '../kernels/index.ts';
import type { AttentionSpec, ModelSpec, RopeSpec } from '../models/index.ts';

const PAGE = 256;

/**
 * A layer's buffers: gqa `k` and `v` [capacity, kvHeads, headDim], mla `latent`
 * [capacity, kvRank + ropeDim], conv `ring` [RING, hidden] f32.
 */
export type LayerCache = Readonly<Record<string, BufferRange>>;

/** Positions a short convolution's ring holds: more than a prefill chunk and its taps. */
export const RING = 512;

const KV_BYTES: Record<KvType, number> = { f32: 4, f16: 2 };

/** Values of one position in each of a layer's buffers that follow the context. */
function rowsOf(attention: AttentionSpec): Readonly<Record<string, number>> {
  switch (attention.kind) {
    case 'gqa': {
      const row = attention.kvHeads * attention.headDim;
      return { k: row, v: row };
    }
    case 'mla':
      return { latent: attention.kvRank + attention.ropeDim };
    case 'conv':
      return {};
    default:
      return attention satisfies never;
  }
}

/** Bytes of one position over all layers. */
export function kvBytesPerToken(spec: ModelSpec, type: KvType): number {
  const values = spec.layers.flatMap(({ attention }) => Object.values(rowsOf(attention)));
  return values.reduce((sum, row) => sum + row * KV_BYTES[type], 0);
}

/** Bytes of one position in the widest buffer. */
export function widestKvRow(spec: ModelSpec, type: KvType): number {
  return (
    Math.max(0, ...spec.layers.flatMap(({ attention }) => Object.values(rowsOf(attention)))) * KV_BYTES[type]
  );
}

/**
 * How much of the first `wanted` positions can be gone on from, where `written` were
 * computed: all of it, unless a convolution's ring has forgotten what comes before.
 */
export function keepable(spec: ModelSpec, wanted: number, written: number): number {
  const widths = spec.layers.flatMap(({ attention }) => (attention.kind === 'conv' ? [attention.width] : []));
  const needed = wanted - Math.max(0, ...widths) + 1;
  return widths.length === 0 || written <= needed + RING ? wanted : 0;
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
  #layers: Record<string, GPUBuffer>[] = [];
  readonly #rings: readonly (GPUBuffer | null)[];
  #ropes: GPUBuffer[] = [];

  constructor(gpu: Gpu, spec: ModelSpec, type: KvType, contextLength: number) {
    this.#gpu = gpu;
    this.#spec = spec;
    this.type = type;
    this.#limit = Math.ceil(contextLength / PAGE) * PAGE;
    this.#rings = spec.layers.map(({ attention }, i) =>
      attention.kind === 'conv'
        ? gpu.memory.buffer(`L${i} ring`, RING * spec.hidden * 4, cacheUsage())
        : null,
    );
  }

  get capacity(): number {
    return this.#capacity;
  }

  layer(index: number): LayerCache {
    const ring = this.#rings[index];
    const buffers = { ...this.#layers[index]!, ...(ring ? { ring } : {}) };
    return Object.fromEntries(Object.entries(buffers).map(([name, buffer]) => [name, whole(buffer)]));
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
    this.#layers = this.#spec.layers.map(({ attention }, i) => {
      const grown = Object.entries(rowsOf(attention)).map(([name, values]) => {
        const row = values * KV_BYTES[this.type];
        return [name, this.#grow(`L${i} ${name}`, this.#layers[i]?.[name], capacity * row, keep * row)];
      });
      return Object.fromEntries(grown) as Record<string, GPUBuffer>;
    });
    for (const rope of this.#ropes) this.#gpu.memory.free(rope);
    this.#ropes = this.#spec.ropes.map((rope, i) => this.#ropeBuffer(i, rope, capacity));
    this.#capacity = capacity;
    return true;
  }

  #grow(label: string, old: GPUBuffer | undefined, bytes: number, keepBytes: number): GPUBuffer {
    const next = this.#gpu.memory.buffer(label, bytes, cacheUsage());
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
    for (const layer of this.#layers.splice(0)) {
      for (const buffer of Object.values(layer)) this.#gpu.memory.free(buffer);
    }
    for (const ring of this.#rings) if (ring) this.#gpu.memory.free(ring);
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

/** A function: the names exist only once a GPU does. */
function cacheUsage(): GPUBufferUsageFlags {
  return GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
}

function whole(buffer: GPUBuffer): BufferRange {
  return { buffer, offset: 0, size: buffer.size };
}
