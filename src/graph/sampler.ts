/** Sampling state on the GPU: the settings of this generation, and how often each id was seen. */
import type { BufferRange, Dispatch, Gpu } from '../gpu/index.ts';
import {
  packSettings,
  sample,
  scratchWords,
  type KernelRecorder,
  type KernelShape,
  type SampleSettings,
} from '../kernels/index.ts';
import type { ActivationPool } from './activations.ts';

export class Sampler {
  readonly #gpu: Gpu;
  readonly #vocab: number;
  readonly #settings: BufferRange; // [8] f32
  readonly #counts: BufferRange; // [vocab] u32
  readonly #scratch: BufferRange;

  /** Its buffers live and die with the pool. */
  constructor(gpu: Gpu, pool: ActivationPool, vocab: number) {
    this.#gpu = gpu;
    this.#vocab = vocab;
    this.#settings = pool.floats('sampling settings', 8);
    this.#counts = pool.floats('token counts', vocab);
    this.#scratch = pool.floats('sampling scratch', scratchWords(vocab));
  }

  async program(
    recorder: KernelRecorder,
    shape: KernelShape,
    logits: BufferRange,
    timeline: BufferRange,
  ): Promise<readonly Dispatch[]> {
    const buffers = {
      logits,
      counts: this.#counts,
      settings: this.#settings,
      timeline,
      scratch: this.#scratch,
    };
    return [await recorder.dispatch(sample({ shape }), { vocab: this.#vocab }, buffers)];
  }

  /** Counts are taken from `timeline`, since steps submitted ahead and dropped have counted too. */
  write(settings: SampleSettings, timeline: readonly number[]): void {
    const counts = new Uint32Array(this.#vocab);
    for (const id of timeline) counts[id]! += 1;
    const { queue } = this.#gpu.device;
    queue.writeBuffer(this.#counts.buffer, 0, counts);
    queue.writeBuffer(this.#settings.buffer, 0, packSettings(settings));
  }
}
