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
  type Launch,
  type Params,
} from '../kernels/index.ts';
import type { Activation, ModelSpec } from '../models/index.ts';
import type { Activations, SortedEntries, Strides } from './activations.ts';
import type { KvCache } from './kvCache.ts';
import type { GpuTensor, GpuWeights, WeightChunk } from './weights.ts';

export type Gate = 'none' | Activation;

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
  /** Multiplies the result before the cap; 1 where not given. */
  readonly outScale?: number;
  readonly softCap?: number;
}

/** A norm over the head of a row: its weights, the channels it takes, its epsilon. */
export interface Norm {
  readonly weights: string;
  readonly width: number;
  readonly eps: number;
}

/** A dispatch before anything of it is made. */
interface Planned {
  readonly card: KernelCard;
  readonly params: Params;
  readonly buffers: Readonly<Record<string, BufferRange>>;
  readonly launch: Launch | undefined;
}

export class ProgramBuilder {
  readonly spec: ModelSpec;
  readonly weights: GpuWeights;
  readonly kv: KvCache;
  readonly shape: KernelShape;
  readonly acts: Activations;
  readonly strides: Strides;
  readonly slots: BufferRange;
  readonly sorted: SortedEntries;
  readonly #planned: Planned[] = [];
  /** The residual stream now; a post norm moves it to its twin. */
  #stream: BufferRange;
  #pending: Pending | null = null;
  #weightBytes = 0;

  constructor(parts: {
    spec: ModelSpec;
    weights: GpuWeights;
    kv: KvCache;
    shape: KernelShape;
    acts: Activations;
    strides: Strides;
    slots: BufferRange;
    sorted: SortedEntries;
  }) {
    this.spec = parts.spec;
    this.weights = parts.weights;
    this.kv = parts.kv;
    this.shape = parts.shape;
    this.acts = parts.acts;
    this.strides = parts.strides;
    this.slots = parts.slots;
    this.sorted = parts.sorted;
    this.#stream = parts.acts.stream;
  }

  add(
    card: KernelCard,
    params: Params,
    buffers: Readonly<Record<string, BufferRange>>,
    launch?: Launch,
  ): void {
    this.#planned.push({ card, params, buffers, launch });
  }

  /** Of every dispatch so far, in order. */
  get cards(): readonly KernelCard[] {
    return this.#planned.map(({ card }) => card);
  }

  /** The dispatches so far. Compiles what was not compiled before. */
  program(recorder: KernelRecorder): Promise<readonly Dispatch[]> {
    return Promise.all(
      this.#planned.map(({ card, params, buffers, launch }) =>
        recorder.dispatch(card, params, buffers, launch),
      ),
    );
  }

  /** The residual stream, for whoever reads or adds to it by itself: nothing may wait for a post norm then. */
  get stream(): BufferRange {
    if (this.#pending) throw new Error('a post norm waits for the next matrix');
    return this.#stream;
  }

  /** Bytes of weights that one run of the program reads, as its dispatches count them. */
  get weightBytes(): number {
    return this.#weightBytes;
  }

  /** A vector of weights for a dispatch, counted; `share` of it is read. */
  vector(name: string, share = 1): BufferRange {
    const range = this.weights.vector(name);
    this.#weightBytes += this.weights.get(name).cols * 4 * share;
    return range;
  }

  /** A chunk's planes as matrix kernels bind them; `share` of it is read. */
  planes(chunk: WeightChunk, share = 1): Record<string, BufferRange> {
    this.#weightBytes += (chunk.quants.size + (chunk.scales?.size ?? 0)) * share;
    return { quants: chunk.quants, ...(chunk.scales ? { scales: chunk.scales } : {}) };
  }

  /**
   * One token: y = W · norm(stream), several matrices sharing the input. The norm
   * is folded into each sweep; so is the post norm a sublayer before has left.
   */
  decodeNormed(norm: string, linears: readonly Linear[]): void {
    const pending = this.#pending;
    const next = this.#stream === this.acts.stream ? this.acts.streamNext : this.acts.stream;
    for (const linear of linears) {
      this.#matvec(
        linear,
        { width: this.spec.hidden, eps: this.spec.normEps },
        pending ? 'postNorm' : 'norm',
        {
          x: this.#stream,
          normWeight: this.vector(norm),
          ...(pending ? { o: this.acts.branch, postWeight: this.vector(pending.postNorm), hOut: next } : {}),
        },
      );
    }
    if (pending) this.#stream = next;
    this.#pending = null;
  }

  /** One token: y = W · norm(the head of x). */
  decodeNormedRow(norm: Norm, x: BufferRange, linear: Linear): void {
    this.#matvec(linear, norm, 'norm', { x, normWeight: this.vector(norm.weights) });
  }

  /** One token: a sublayer's last matrix, added to the stream now or, with a post norm, by whoever reads it next. */
  decodeIntoStream(tensor: string, x: BufferRange, postNorm: string | null, bias?: string): void {
    const width = this.weights.get(tensor).cols;
    const linear = postNorm ? this.#intoBranch(tensor, bias) : this.#ontoStream(tensor, bias);
    this.#matvec(linear, { width, eps: this.spec.normEps }, 'none', { x });
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
      this.matmul(this.#ontoStream(tensor, bias), x, xStride);
      return;
    }
    this.matmul(this.#intoBranch(tensor, bias), x, xStride);
    this.norm(postNorm, this.acts.branch, this.#stream, true);
  }

  /** The norm of a sublayer's input, or of what it puts out. */
  norm(weights: string, x: BufferRange, out: BufferRange, add = false): void {
    const { hidden: width, normEps: eps } = this.spec;
    this.normRows({ weights, width, eps }, x, this.strides.hidden, out, this.strides.hidden, add);
  }

  normRows(
    { weights, width, eps }: Norm,
    x: BufferRange,
    xStride: number,
    out: BufferRange,
    stride: number,
    add = false,
  ): void {
    this.add(rmsnorm({ add }), { width, xStride, stride, eps }, { x, weight: this.vector(weights), out });
  }

  #intoBranch(tensor: string, bias: string | undefined): Linear {
    return { tensor, y: this.acts.branch, yStride: this.strides.hidden, bias };
  }

  #ontoStream(tensor: string, bias: string | undefined): Linear {
    const { residualScale } = this.spec;
    return {
      tensor,
      y: this.#stream,
      yStride: this.strides.hidden,
      bias,
      add: true,
      outScale: residualScale,
    };
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
    { width, eps }: Omit<Norm, 'weights'>,
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
      this.add(card, { ...part.params, width, eps }, { ...input, ...part.buffers });
    });
  }

  /** A vector from one of its elements on. */
  #tail(name: string, from: number): BufferRange {
    const { buffer, offset, size } = this.vector(name);
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
          outScale: linear.outScale ?? 1,
          softCap: linear.softCap ?? 0,
        },
        buffers: {
          ...this.planes(chunk),
          ...(linear.bias === undefined
            ? {}
            : { bias: this.#tail(linear.bias, (linear.biasOffset ?? 0) + chunk.row) }),
          y: linear.y,
        },
      });
    }
  }
}
