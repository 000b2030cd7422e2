/**
 * What a mechanism needs to add its dispatches to a program: weights by name, the
 * buffers between kernels, and two ways to multiply by a weight matrix, one for a
 * single token and one for a chunk.
 */
import { AppError } from '../base/failure.ts';
import { padCols, type WeightLayout } from '../formats/index.ts';
import type { BufferRange, Dispatch } from '../gpu/index.ts';
import {
  matmul,
  matvec,
  rmsnorm,
  type KernelCard,
  type KernelRecorder,
  type KernelShape,
  type Params,
} from '../kernels/index.ts';
import type { LayerSpec, ModelSpec } from '../models/index.ts';
import type { Activations, Strides } from './activations.ts';
import type { KvCache } from './kvCache.ts';
import type { GpuTensor, GpuWeights } from './weights.ts';

export type Gate = 'none' | LayerSpec['ffn']['activation'];

/** A sublayer's output that still waits for its post norm and the residual add. */
interface Pending {
  readonly postNorm: string;
}

/** Where a matrix's input comes from and where its output goes. */
export interface Linear {
  readonly tensor: string;
  readonly y: BufferRange;
  readonly yStride: number;
  /** First output channel, for parts of a fused row. */
  readonly yOffset?: number;
  readonly bias?: string | undefined;
  /** First element of the bias that belongs to this tensor. */
  readonly biasOffset?: number;
  readonly add?: boolean;
  readonly gate?: Gate;
  readonly softCap?: number;
}

export class ProgramBuilder {
  readonly spec: ModelSpec;
  readonly weights: GpuWeights;
  readonly kv: KvCache;
  readonly shape: KernelShape;
  readonly acts: Activations;
  readonly strides: Strides;
  readonly #recorder: KernelRecorder;
  readonly #dispatches: Promise<Dispatch>[] = [];
  /** The residual stream now; a post norm moves it to its twin. */
  #stream: BufferRange;
  #pending: Pending | null = null;

  constructor(parts: {
    spec: ModelSpec;
    weights: GpuWeights;
    kv: KvCache;
    shape: KernelShape;
    acts: Activations;
    strides: Strides;
    recorder: KernelRecorder;
  }) {
    this.spec = parts.spec;
    this.weights = parts.weights;
    this.kv = parts.kv;
    this.shape = parts.shape;
    this.acts = parts.acts;
    this.strides = parts.strides;
    this.#recorder = parts.recorder;
    this.#stream = parts.acts.stream;
  }

  add(card: KernelCard, params: Params, buffers: Record<string, BufferRange>): void {
    this.#dispatches.push(this.#recorder.dispatch(card, params, buffers));
  }

  program(): Promise<readonly Dispatch[]> {
    return Promise.all(this.#dispatches);
  }

  get stream(): BufferRange {
    return this.#stream;
  }

  /**
   * One token: y = W · norm(stream), several matrices sharing the input. The norm
   * is folded into each sweep; so is the post norm a sublayer before has left.
   */
  decodeNormed(norm: string, linears: readonly Linear[]): void {
    const pending = this.#pending;
    const next = this.#stream === this.acts.stream ? this.acts.streamNext : this.acts.stream;
    for (const linear of linears) {
      this.#matvec(linear, this.spec.hidden, pending ? 'postNorm' : 'norm', {
        x: this.#stream,
        normWeight: this.weights.vector(norm),
        ...(pending
          ? { o: this.acts.branch, postWeight: this.weights.vector(pending.postNorm), hOut: next }
          : {}),
      });
    }
    if (pending) this.#stream = next;
    this.#pending = null;
  }

  /** One token: a sublayer's last matrix, added to the stream now or, with a post norm, by whoever reads it next. */
  decodeIntoStream(tensor: string, x: BufferRange, postNorm: string | null, bias?: string): void {
    const width = this.weights.get(tensor).cols;
    const linear: Linear = postNorm
      ? { tensor, y: this.acts.branch, yStride: this.strides.hidden, bias }
      : { tensor, y: this.#stream, yStride: this.strides.hidden, bias, add: true };
    this.#matvec(linear, width, 'none', { x });
    this.#pending = postNorm ? { postNorm } : null;
  }

  /** A chunk: the same, with the norm as a dispatch of its own. */
  prefillNormed(norm: string, linears: readonly Linear[]): void {
    this.norm(norm, this.#stream, this.acts.normed);
    for (const linear of linears) this.matmul(linear, this.acts.normed, this.strides.hidden);
  }

  prefillIntoStream(
    tensor: string,
    x: BufferRange,
    xStride: number,
    postNorm: string | null,
    bias?: string,
  ): void {
    if (!postNorm) {
      this.matmul({ tensor, y: this.#stream, yStride: this.strides.hidden, bias, add: true }, x, xStride);
      return;
    }
    this.matmul({ tensor, y: this.acts.branch, yStride: this.strides.hidden, bias }, x, xStride);
    this.norm(postNorm, this.acts.branch, this.#stream, true);
  }

  norm(weight: string, x: BufferRange, out: BufferRange, add = false): void {
    this.add(
      rmsnorm({ add }),
      { width: this.spec.hidden, stride: this.strides.hidden, eps: this.spec.normEps },
      { x, weight: this.weights.vector(weight), out },
    );
  }

  matmul(linear: Linear, x: BufferRange, xStride: number): void {
    this.#overChunks(linear, (tensor, part) => {
      const card = matmul({
        layout: tensor.layout,
        shape: this.shape,
        bias: linear.bias !== undefined,
        add: linear.add ?? false,
        gate: linear.gate ?? 'none',
      });
      this.add(card, { ...part.params, xStride, yStride: linear.yStride }, { x, ...part.buffers });
    });
  }

  #matvec(
    linear: Linear,
    width: number,
    prologue: 'none' | 'norm' | 'postNorm',
    input: Record<string, BufferRange>,
  ): void {
    this.#overChunks(linear, (tensor, part) => {
      const card = matvec({
        layout: tensor.layout,
        shape: this.shape,
        prologue,
        bias: linear.bias !== undefined,
        add: linear.add ?? false,
        gate: linear.gate ?? 'none',
      });
      this.add(card, { ...part.params, width, eps: this.spec.normEps }, { ...input, ...part.buffers });
    });
  }

  /** A vector from one of its elements on. */
  #tail(name: string, from: number): BufferRange {
    const { buffer, offset, size } = this.weights.vector(name);
    if ((from * 4) % 256 !== 0) {
      throw new AppError('UNSUPPORTED_TYPE', `${name} is split at ${from}, which no binding can begin at`, {
        tensor: name,
      });
    }
    return { buffer, offset: offset + from * 4, size: size - from * 4 };
  }

  #overChunks(
    linear: Linear,
    each: (
      tensor: GpuTensor & { layout: WeightLayout },
      part: { params: Params; buffers: Record<string, BufferRange> },
    ) => void,
  ): void {
    const tensor = this.weights.get(linear.tensor);
    for (const chunk of tensor.chunks) {
      const rows = linear.gate && linear.gate !== 'none' ? chunk.rows / 2 : chunk.rows;
      each(tensor, {
        params: {
          rows,
          groups: padCols(tensor.cols) / 32,
          yOffset: (linear.yOffset ?? 0) + chunk.row,
          softCap: linear.softCap ?? 0,
        },
        buffers: {
          quants: chunk.quants,
          ...(chunk.scales ? { scales: chunk.scales } : {}),
          ...(linear.bias === undefined
            ? {}
            : { bias: this.#tail(linear.bias, (linear.biasOffset ?? 0) + chunk.row) }),
          y: linear.y,
        },
      });
    }
  }
}
