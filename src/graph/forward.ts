/**
 * A model on the GPU as programs: lists of dispatches made once and encoded again
 * for every step. It owns the buffers between kernels, the KV cache and the
 * timeline of token ids, and no loop over tokens.
 */
import { padCols } from '../formats/index.ts';
import type { BufferRange, Dispatch, Gpu } from '../gpu/index.ts';
import {
  compileKernel,
  createKernelRecorder,
  embed,
  expertTile,
  type KernelRecorder,
  type KernelShape,
  type KvType,
  type SampleSettings,
} from '../kernels/index.ts';
import type { ModelSpec } from '../models/index.ts';
import {
  ActivationPool,
  mostIds,
  strides,
  type Activations,
  type SortedEntries,
  type Strides,
} from './activations.ts';
import { ProgramBuilder } from './builder.ts';
import { KvCache } from './kvCache.ts';
import { decodeLayer, partialFloats, prefillLayer } from './layer.ts';
import { routeLogBytes, routeRegions, tokenRoutes, type RouteRegion, type TokenRoutes } from './routeLog.ts';
import { Sampler } from './sampler.ts';
import type { GpuWeights } from './weights.ts';

export interface ForwardOptions {
  readonly gpu: Gpu;
  readonly spec: ModelSpec;
  readonly weights: GpuWeights;
  readonly shape: KernelShape;
  readonly kv: KvType;
  readonly contextLength: number;
  /** Tokens per prefill chunk, where the shape's own number is not wanted. */
  readonly chunk?: number | undefined;
}

/** For each layer that has experts, the ids each token chose, ascending. [layers][tokens][topK] */
export type ChosenExperts = readonly (readonly (readonly number[])[])[];

export interface Programs {
  /** Embedding to logits of one token. */
  readonly decode: readonly Dispatch[];
  /** The same without the head: one token into the KV cache. */
  readonly absorb: readonly Dispatch[];
  /** Logits to the next id, written to the timeline. */
  readonly sample: readonly Dispatch[];
  /** A chunk into the KV cache; no logits. Null until its kernels are compiled. */
  readonly prefill: readonly Dispatch[] | null;
}

/** Tokens per prefill chunk; fewer on an emulator, where a chunk must not take minutes. */
const CHUNK: Readonly<Record<KernelShape, number>> = { hardware: 256, software: 64 };

/** Kernels of prefill compiled at once: what is wanted sooner must not queue behind all of them. */
const COMPILED_AT_ONCE = 4;

const LOGIT_BYTES = 64 * 1024 * 1024;

export class Forward {
  readonly chunk: number;
  readonly strides: Strides;
  /** Ids by absolute position, and one more than the context holds. [contextLength + 1] u32 */
  readonly timeline: GPUBuffer;
  readonly logits: BufferRange; // [1, vocab]
  /** Tokens whose logits `allLogits` takes at a time, so that they fit any binding. */
  readonly logitRows: number;
  readonly #options: ForwardOptions;
  readonly #pool: ActivationPool;
  readonly #one: Activations;
  readonly #many: Activations;
  readonly #sorted: SortedEntries;
  /** Where expert i lies in its pool: all are on the GPU, so in order. */
  readonly #slots: BufferRange;
  /** Of a decoded token. */
  readonly #regions: readonly RouteRegion[];
  readonly #kv: KvCache;
  readonly #sampler: Sampler;
  #recorder: KernelRecorder;
  #programs: Programs = { decode: [], absorb: [], sample: [], prefill: null };
  #prefillCompiled = false;
  #building: Promise<void> = Promise.resolve();
  #disposed = false;
  #weightBytes = 0;
  #rows: BufferRange | null = null; // [logitRows, vocab]
  #allLogits: { rows: BufferRange; program: readonly Dispatch[] } | null = null;

  constructor(options: ForwardOptions) {
    const { gpu, spec, shape, contextLength } = options;
    this.#options = options;
    this.chunk = Math.min(options.chunk ?? CHUNK[shape], contextLength);
    this.strides = strides(spec);
    this.logitRows = Math.max(1, Math.min(this.chunk, Math.floor(LOGIT_BYTES / 4 / this.strides.vocab)));
    this.#pool = new ActivationPool(gpu);
    this.#one = this.#pool.activations(spec, 1, true, partialFloats(spec, shape));
    this.#many = this.#pool.activations(spec, this.chunk, false, 0);
    this.#regions = routeRegions(spec, 1);
    this.#sorted = this.#pool.sortedEntries(spec, this.chunk, expertTile(shape));
    const slots = Uint32Array.from({ length: mostIds(spec) }, (_, id) => id);
    this.#slots = this.#pool.floats('slots', slots.length);
    gpu.device.queue.writeBuffer(this.#slots.buffer, 0, slots);
    this.logits = this.#pool.floats('logits', this.strides.vocab);
    this.timeline = this.#pool.floats('timeline', contextLength + 1).buffer;
    this.#kv = new KvCache(gpu, spec, options.kv, contextLength);
    this.#sampler = new Sampler(gpu, this.#pool, spec.vocab);
    this.#recorder = createKernelRecorder(gpu);
  }

  get programs(): Programs {
    return this.#programs;
  }

  /**
   * Makes room in the cache, keeping the first `keep` positions; programs are rebuilt
   * where buffers moved: those of decoding, and that of prefill once it is compiled.
   */
  async reserve(positions: number, keep: number): Promise<void> {
    if (positions <= this.#kv.capacity) return;
    await this.#exclusive(async () => {
      this.#kv.reserve(positions, keep);
      this.#recorder.dispose();
      this.#recorder = createKernelRecorder(this.#options.gpu);
      this.#allLogits = null;
      const [{ decode, absorb }, sample, prefill] = await Promise.all([
        this.#buildDecode(),
        this.#sampler.program(this.#recorder, this.#options.shape, this.logits, whole(this.timeline)),
        this.#prefillCompiled ? this.#buildPrefill() : null,
      ]);
      this.#programs = { decode, absorb, sample, prefill };
    });
  }

  /** Names of the kernels that the programs run, compiled or not. */
  get kernels(): ReadonlySet<string> {
    const { decode, sample } = this.#programs;
    const prefill = this.#planPrefill().cards.map(({ name }) => name);
    return new Set([...[...decode, ...sample].map(({ label }) => label), ...prefill]);
  }

  /**
   * Compiles the kernels of prefill and builds its program, while tokens may be decoded.
   * Ends early where this is disposed meanwhile.
   */
  async preparePrefill(): Promise<void> {
    const { gpu } = this.#options;
    const cards = this.#planPrefill().cards.values();
    const compileInTurn = async (): Promise<void> => {
      for (const card of cards) {
        if (this.#disposed) return;
        await compileKernel(gpu, card);
      }
    };
    await Promise.all(Array.from({ length: COMPILED_AT_ONCE }, compileInTurn));
    if (this.#disposed) return;
    this.#prefillCompiled = true;
    await this.#exclusive(() =>
      gpu.scoped('kernels', async () => {
        const prefill = await this.#buildPrefill();
        this.#programs = { ...this.#programs, prefill };
      }),
    );
  }

  /** One build at a time: each takes what the one before it left. */
  #exclusive(build: () => Promise<void>): Promise<void> {
    const built = this.#building.then(build);
    this.#building = built.catch(() => undefined); // told to whoever asked for it
    return built;
  }

  /** Bytes of weights one decoded token reads, counted from its dispatches. */
  get weightBytesPerToken(): number {
    return this.#weightBytes;
  }

  writeTimeline(position: number, ids: readonly number[]): void {
    this.#options.gpu.device.queue.writeBuffer(this.timeline, position * 4, Uint32Array.from(ids));
  }

  writeSampling(settings: SampleSettings, timeline: readonly number[]): void {
    this.#sampler.write(settings, timeline);
  }

  /** The head over every token of a chunk, to be encoded after the prefill. */
  async allLogits(): Promise<{ rows: BufferRange; program: readonly Dispatch[] }> {
    if (this.#allLogits) return this.#allLogits;
    const b = this.#builder(this.#many);
    this.#rows ??= this.#pool.floats('logits of a chunk', this.logitRows * this.strides.vocab);
    const out = this.#rows;
    b.prefillNormed('norm', [
      { tensor: this.#head, y: out, yStride: this.strides.vocab, ...this.#logitForm },
    ]);
    this.#allLogits = { rows: out, program: await b.program(this.#recorder) };
    return this.#allLogits;
  }

  /** Rows of logits without their padding. [rows, vocab] */
  async readRows(from: BufferRange, rows: number): Promise<Float32Array<ArrayBuffer>> {
    const { vocab } = this.#options.spec;
    const padded = new Float32Array((await this.#read(from, rows * this.strides.vocab * 4)).buffer);
    const out = new Float32Array(rows * vocab);
    for (let r = 0; r < rows; r++) {
      out.set(padded.subarray(r * this.strides.vocab, r * this.strides.vocab + vocab), r * vocab);
    }
    return out;
  }

  async #read(from: BufferRange, bytes: number): Promise<Uint32Array<ArrayBuffer>> {
    const { gpu } = this.#options;
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const staging = gpu.memory.buffer('readback', bytes, usage);
    try {
      const encoder = gpu.device.createCommandEncoder({ label: 'readback' });
      encoder.copyBufferToBuffer(from.buffer, from.offset, staging, 0, bytes);
      gpu.device.queue.submit([encoder.finish()]);
      await staging.mapAsync(GPUMapMode.READ);
      return new Uint32Array(staging.getMappedRange(0, bytes).slice(0));
    } finally {
      gpu.memory.free(staging);
    }
  }

  /** Where a decoded token's choices lie until the next one; null for dense models. See `tokenRoutes`. */
  get routeLog(): BufferRange | null {
    const { routeLog } = this.#one;
    const size = routeLogBytes(this.#regions);
    return size === 0 ? null : { buffer: routeLog.buffer, offset: routeLog.offset, size };
  }

  /** A copy of the log, from byte `start` of what was read back. */
  tokenRoutes(bytes: ArrayBuffer, start: number): TokenRoutes {
    return tokenRoutes(this.#regions, this.#options.spec.residualScale, bytes, start);
  }

  /**
   * The experts the last program chose, for each layer that has any: ids by token,
   * ascending, without the shared ones. After a chunk of `tokens`, or (1) after a decoded token.
   */
  async readRoutes(tokens: number, decoded: boolean): Promise<ChosenExperts> {
    const { spec } = this.#options;
    const { routeLog, tokens: rows } = decoded ? this.#one : this.#many;
    const regions = routeRegions(spec, rows);
    if (regions.length === 0) return [];
    const words = await this.#read(routeLog, routeLogBytes(regions));
    return regions.map(({ offset, entries, topK }) => {
      const id = (token: number, k: number): number => words[offset / 4 + 2 * (token * entries + k)]!;
      return Array.from({ length: tokens }, (_, token) =>
        Array.from({ length: topK }, (_, k) => id(token, k)),
      );
    });
  }

  get #logitForm() {
    const { logitScale, logitSoftCap } = this.#options.spec;
    return { outScale: logitScale, softCap: logitSoftCap };
  }

  get #head(): string {
    return this.#options.spec.tiedHead ? 'embed' : 'head';
  }

  #builder(acts: Activations): ProgramBuilder {
    const { spec, weights, shape } = this.#options;
    return new ProgramBuilder({
      spec,
      weights,
      shape,
      kv: this.#kv,
      acts,
      strides: this.strides,
      slots: this.#slots,
      sorted: this.#sorted,
    });
  }

  async #buildDecode(): Promise<Pick<Programs, 'decode' | 'absorb'>> {
    const b = this.#builder(this.#one);
    this.#embed(b);
    this.#options.spec.layers.forEach((layer, i) => decodeLayer(b, layer, i));
    const beforeHead = b.cards.length;
    b.decodeNormed('norm', [
      {
        tensor: this.#head,
        y: this.logits,
        yStride: this.strides.vocab,
        ...this.#logitForm,
      },
    ]);
    this.#weightBytes = b.weightBytes;
    const decode = await b.program(this.#recorder);
    return { decode, absorb: decode.slice(0, beforeHead) };
  }

  #planPrefill(): ProgramBuilder {
    const b = this.#builder(this.#many);
    this.#embed(b);
    this.#options.spec.layers.forEach((layer, i) => prefillLayer(b, layer, i));
    return b;
  }

  #buildPrefill(): Promise<readonly Dispatch[]> {
    return this.#planPrefill().program(this.#recorder);
  }

  #embed(b: ProgramBuilder): void {
    const { spec, weights } = this.#options;
    const table = weights.get('embed');
    for (const chunk of table.chunks) {
      b.add(
        embed({ layout: table.layout }),
        {
          width: spec.hidden,
          groups: padCols(spec.hidden) / 32,
          rowStart: chunk.row,
          rowCount: chunk.rows,
          scale: spec.embedScale,
          outStride: this.strides.hidden,
        },
        {
          ...b.planes(chunk, 1 / table.rows),
          timeline: whole(this.timeline),
          out: b.stream,
        },
      );
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.#recorder.dispose();
    this.#kv.dispose();
    this.#pool.dispose();
  }
}

function whole(buffer: GPUBuffer): BufferRange {
  return { buffer, offset: 0, size: buffer.size };
}
