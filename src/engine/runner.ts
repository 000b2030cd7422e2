/**
 * Submits steps. One encoder and one compute pass per step; nothing is created
 * here once a page of the cache is reserved: bind groups, uniform slots and
 * staging buffers are all made before.
 */
import { AppError } from '../base/failure.ts';
import {
  createProfiler,
  createReadbackRing,
  createStepArena,
  encodeSteps,
  lossToldOrLate,
  type Dispatch,
  type Gpu,
  type KernelTime,
  type ReadbackRing,
  type StepArena,
} from '../gpu/index.ts';
import { Forward, keepable, type ChosenExperts, type GpuWeights } from '../graph/index.ts';
import { NO_TOKEN, type KernelShape, type KvType } from '../kernels/index.ts';
import type { ModelSpec } from '../models/index.ts';
import { GREEDY, type SamplingSettings } from './sampling.ts';
import type { Decoded, TokenRunner } from './tokenRunner.ts';

export interface RunnerOptions {
  readonly gpu: Gpu;
  readonly spec: ModelSpec;
  readonly weights: GpuWeights;
  readonly shape: KernelShape;
  readonly kv: KvType;
  readonly contextLength: number;
  readonly chunk: number | undefined;
  /** Kernels known to compute wrongly here: none of them is run. */
  readonly wrong?: ReadonlySet<string> | undefined;
}

const ID_BYTES = 4;
const MIN_DEPTH = 2;
const MAX_DEPTH = 16;
/** Tokens of a prompt taken one by one between two looks at whether prefill is ready. */
const STEPS_AT_ONCE = 8;

export class Runner implements TokenRunner {
  readonly contextLength: number;
  /** Tokens whose logits are read back at a time. */
  readonly logitRows: number;
  readonly #gpu: Gpu;
  readonly #forward: Forward;
  readonly #steps: StepArena;
  /** The id a step chose, and behind it, where asked for, the log of its experts. */
  readonly #answers: ReadbackRing;
  readonly #spec: ModelSpec;
  /** One past the highest position computed since the first. */
  #written = 0;
  #seed = 0;
  /** Smoothed milliseconds between two answers, and from an idle submit to its answer. */
  #stepMs = 0;
  #latencyMs = 0;
  #lastAnswer = 0;
  /** See `prefillReady`. */
  #preparing: Promise<void> | null = null;
  #failure: unknown = null;
  /** Whether a session has begun to use it. */
  #used = false;
  #disposed = false;

  private constructor(options: RunnerOptions, forward: Forward, steps: StepArena) {
    this.#gpu = options.gpu;
    this.#forward = forward;
    this.#steps = steps;
    this.#spec = options.spec;
    this.contextLength = options.contextLength;
    this.logitRows = forward.logitRows;
    const slotBytes = ID_BYTES + (forward.routeLog?.size ?? 0);
    this.#answers = createReadbackRing(options.gpu, MAX_DEPTH + 1, slotBytes);
  }

  /**
   * Builds the programs of decoding for the first page, compiles their kernels and runs
   * each once: then it can speak. The kernels of prefill are compiled after that; what
   * is asked before they are there goes through the decoding ones, token by token.
   * KERNEL_CHECK_FAILED { kernel } where one of either is known to compute wrongly.
   */
  static async create(options: RunnerOptions): Promise<Runner> {
    const steps = createStepArena(options.gpu, 1);
    const forward = new Forward(options);
    const runner = new Runner(options, forward, steps);
    try {
      await forward.reserve(1, 0);
      const kernel = [...runner.kernels].find((name) => options.wrong?.has(name));
      if (kernel !== undefined)
        throw new AppError('KERNEL_CHECK_FAILED', `${kernel} computes wrongly on this GPU`, { kernel });
      await runner.#warmUp();
      await runner.#measureLatency();
    } catch (error) {
      runner.dispose();
      throw error;
    }
    runner.prefillReady.catch(() => undefined); // told to whoever waits for it, and by each step from then on
    return runner;
  }

  /**
   * Settles when the kernels of prefill are compiled, or where this is disposed before.
   * Rejects as the load would have where one of them can't be; every step does from then on.
   */
  get prefillReady(): Promise<void> {
    this.#preparing ??= this.#prepare();
    return this.#preparing;
  }

  /** Tokens per prefill submission: small on software adapters, where a chunk takes seconds. */
  get chunk(): number {
    return this.#forward.programs.prefill ? this.#forward.chunk : STEPS_AT_ONCE;
  }

  /** Steps to have on the way: enough to hide the readback, no more, since a stop wastes them. */
  get depth(): number {
    if (this.#stepMs === 0) return MIN_DEPTH;
    return Math.min(Math.max(1 + Math.ceil(this.#latencyMs / this.#stepMs), MIN_DEPTH), MAX_DEPTH);
  }

  get dispatchesPerToken(): number {
    return this.#forward.programs.decode.length + this.#forward.programs.sample.length;
  }

  /** Names of the kernels that its programs run. */
  get kernels(): ReadonlySet<string> {
    return this.#forward.kernels;
  }

  /** Bytes of weights one decoded token reads, counted from its dispatches. */
  get weightBytesPerToken(): number {
    return this.#forward.weightBytesPerToken;
  }

  /** How much of a prefix that was computed before can be gone on from: all, or nothing. */
  keepable(prefix: number): number {
    return keepable(this.#spec, prefix, this.#written);
  }

  /** See Forward.readRoutes. */
  readRoutes(tokens: number, decoded: boolean): Promise<ChosenExperts> {
    return this.#forward.readRoutes(tokens, decoded);
  }

  async reserve(positions: number, keep: number): Promise<void> {
    this.#used = true;
    await this.#forward.reserve(positions, keep);
  }

  writeTokens(position: number, ids: readonly number[]): void {
    this.#forward.writeTimeline(position, ids);
  }

  beginSampling(settings: SamplingSettings, timeline: readonly number[]): void {
    this.#seed = settings.seed >>> 0;
    this.#lastAnswer = 0;
    this.#forward.writeSampling(settings, timeline);
  }

  async prefill(position: number, tokens: number): Promise<void> {
    this.#assertSound();
    const { prefill } = this.#forward.programs;
    if (prefill) this.#submit('prefill', [prefill], position, tokens);
    else
      for (let i = 0; i < tokens; i++)
        this.#submit('absorb', [this.#forward.programs.absorb], position + i, 1);
    await this.#gpu.device.queue.onSubmittedWorkDone();
    this.#gpu.assertHealthy();
  }

  /** Logits of every token of a chunk. [tokens, vocab] */
  async prefillLogits(position: number, tokens: number): Promise<Float32Array<ArrayBuffer>> {
    await this.prefillReady;
    const head = await this.#forward.allLogits();
    this.#submit('prefill logits', [this.#forward.programs.prefill!, head.program], position, tokens);
    return this.#forward.readRows(head.rows, tokens);
  }

  /**
   * One token at `position`; resolves to the id the GPU chose for position + 1 and, where
   * asked for, the experts on the way to it: the same dispatches, one copy more.
   */
  async decode(position: number, routes = false): Promise<Decoded> {
    this.#assertSound();
    const { programs, timeline, routeLog } = this.#forward;
    const encoder = this.#gpu.device.createCommandEncoder({ label: 'decode' });
    this.#encode(encoder, [programs.decode, programs.sample], position, 1);
    const log = routes ? routeLog : null;
    const ticket = this.#answers.copy(encoder, timeline, (position + 1) * 4, ID_BYTES, log);
    this.#gpu.device.queue.submit([encoder.finish()]);
    const answer = await ticket.read();
    this.#gpu.assertHealthy();
    this.#noteAnswer();
    const id = new DataView(answer).getUint32(0, true);
    if (id === NO_TOKEN)
      throw new AppError('KERNEL_CHECK_FAILED', 'the model produced numbers that are not numbers', {
        what: 'logits',
      });
    return { id, routes: log && this.#forward.tokenRoutes(answer, ID_BYTES) };
  }

  /** The logits the last decode left. [1, vocab] */
  readLogits(): Promise<Float32Array<ArrayBuffer>> {
    return this.#forward.readRows(this.#forward.logits, 1);
  }

  /** GPU time by kernel of one decoded token at `position`; null where the device has no timestamps. */
  async profile(position: number): Promise<readonly KernelTime[] | null> {
    const { programs } = this.#forward;
    const dispatches = [...programs.decode, ...programs.sample];
    const profiler = createProfiler(this.#gpu, dispatches.length);
    if (!profiler) return null;
    this.#steps.write(0, { position, tokens: 1, seed: this.#seed });
    const encoder = this.#gpu.device.createCommandEncoder({ label: 'profile' });
    profiler.encode(encoder, dispatches, 1, this.#steps, 0);
    this.#gpu.device.queue.submit([encoder.finish()]);
    try {
      return await profiler.read();
    } finally {
      profiler.dispose();
    }
  }

  #submit(label: string, programs: readonly (readonly Dispatch[])[], position: number, tokens: number): void {
    const encoder = this.#gpu.device.createCommandEncoder({ label });
    this.#encode(encoder, programs, position, tokens);
    this.#gpu.device.queue.submit([encoder.finish()]);
  }

  #encode(
    encoder: GPUCommandEncoder,
    programs: readonly (readonly Dispatch[])[],
    position: number,
    tokens: number,
  ): void {
    this.#written = position === 0 ? tokens : Math.max(this.#written, position + tokens);
    this.#steps.write(0, { position, tokens, seed: this.#seed }); // ordered with the submits around it
    const pass = encoder.beginComputePass();
    for (const program of programs) encodeSteps(pass, program, tokens, this.#steps, 0);
    pass.end();
  }

  #noteAnswer(): void {
    const now = performance.now();
    if (this.#lastAnswer > 0) {
      const took = now - this.#lastAnswer;
      this.#stepMs = this.#stepMs === 0 ? took : 0.8 * this.#stepMs + 0.2 * took;
    }
    this.#lastAnswer = now;
  }

  /** Some drivers compile at the first dispatch; better now than in the first answer. Also finds weights that are no numbers. */
  async #warmUp(): Promise<void> {
    this.writeTokens(0, [0]);
    this.beginSampling(GREEDY, []);
    await this.decode(0);
  }

  async #prepare(): Promise<void> {
    try {
      await this.#forward.preparePrefill();
      // The same for prefill. Where a session has begun already its first chunk will do.
      if (!this.#used && !this.#disposed) await this.prefill(0, 1);
    } catch (error) {
      if (this.#disposed) return;
      await lossToldOrLate(this.#gpu);
      this.#failure = error;
      this.#gpu.assertHealthy(); // a loss is told as what it is
      throw error;
    }
  }

  #assertSound(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  async #measureLatency(): Promise<void> {
    for (let i = 0; i < 3; i++) {
      const encoder = this.#gpu.device.createCommandEncoder({ label: 'latency' });
      const ticket = this.#answers.copy(encoder, this.#forward.timeline, 0, 4);
      const start = performance.now();
      this.#gpu.device.queue.submit([encoder.finish()]);
      await ticket.read();
      const took = performance.now() - start;
      this.#latencyMs = i === 0 ? took : Math.min(this.#latencyMs, took);
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.#answers.dispose();
    this.#forward.dispose();
    this.#steps.dispose();
  }
}
