/**
 * The buffers between kernels. Decode's hold one token, prefill's a chunk. Rows
 * are padded to 32 floats; the padding stays zero because no kernel writes it.
 */
import { padCols } from '../formats/index.ts';
import type { BufferRange, Gpu } from '../gpu/index.ts';
import type { ModelSpec } from '../models/index.ts';

export interface Activations {
  /** Rows each buffer holds. */
  readonly tokens: number;
  readonly stream: BufferRange; // [tokens, hidden] the residual stream
  readonly streamNext: BufferRange; // [tokens, hidden] its twin, where a norm rewrites it
  readonly normed: BufferRange; // [tokens, hidden]
  readonly branch: BufferRange; // [tokens, hidden] a sublayer's output before its post norm
  readonly qkv: BufferRange; // [tokens, (heads+2*kvHeads)*headDim]
  readonly attended: BufferRange; // [tokens, heads*headDim]
  readonly inner: BufferRange; // [tokens, ffn inner]
  readonly gateUp: BufferRange; // [tokens, 2*inner] where gate and up are separate tensors
  readonly partials: BufferRange; // split attention's partial sums, one token
}

export interface Strides {
  readonly hidden: number;
  readonly qkv: number;
  readonly attended: number;
  readonly inner: number;
  readonly vocab: number;
}

/** Row strides in floats, wide enough for the widest layer. */
export function strides(spec: ModelSpec): Strides {
  const widest = (of: (l: ModelSpec['layers'][number]) => number): number =>
    padCols(Math.max(...spec.layers.map(of)));
  return {
    hidden: padCols(spec.hidden),
    qkv: widest((l) => (l.attention.heads + 2 * l.attention.kvHeads) * l.attention.headDim),
    attended: widest((l) => l.attention.heads * l.attention.headDim),
    inner: widest((l) => l.ffn.inner),
    vocab: padCols(spec.vocab),
  };
}

export class ActivationPool {
  readonly #gpu: Gpu;
  readonly #buffers: GPUBuffer[] = [];

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
  }

  floats(label: string, count: number): BufferRange {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = this.#gpu.memory.buffer(label, count * 4, usage);
    this.#buffers.push(buffer);
    return { buffer, offset: 0, size: buffer.size };
  }

  activations(spec: ModelSpec, tokens: number, partialFloats: number): Activations {
    const s = strides(spec);
    const rows = (label: string, stride: number): BufferRange =>
      this.floats(`${label} x${tokens}`, tokens * stride);
    return {
      tokens,
      stream: rows('stream', s.hidden),
      streamNext: rows('stream next', s.hidden),
      normed: rows('normed', s.hidden),
      branch: rows('branch', s.hidden),
      qkv: rows('qkv', s.qkv),
      attended: rows('attended', s.attended),
      inner: rows('inner', s.inner),
      gateUp: rows('gate up', 2 * s.inner),
      partials: this.floats('partials', partialFloats),
    };
  }

  dispose(): void {
    for (const buffer of this.#buffers.splice(0)) this.#gpu.memory.free(buffer);
  }
}
