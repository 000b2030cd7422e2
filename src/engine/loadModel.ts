/** A stored model on the GPU, ready to speak. */
import { AppError, asAppError } from '../base/failure.ts';
import type { Gpu } from '../gpu/index.ts';
import { chooseKvType, GpuWeights, widestKvRow } from '../graph/index.ts';
import type { KernelShape, KvType } from '../kernels/index.ts';
import type { ModelManifest, RecordReader } from '../storage/index.ts';
import { createTokenizer, type Tokenizer } from '../text/index.ts';
import { loadWeights } from './loadWeights.ts';
import { Runner, type RunnerOptions } from './runner.ts';
import { Session } from './session.ts';
import type { TokenRunner } from './tokenRunner.ts';

export interface LoadOptions {
  /** Positions to allow at most; the model's own length where smaller. */
  readonly contextLength: number;
  readonly shape: KernelShape;
  /** Taken where `shape` has a kernel that is known to be wrong. */
  readonly otherShape?: KernelShape;
  /** Kernels known to compute wrongly on this adapter, by name. */
  readonly wrong?: ReadonlySet<string> | undefined;
  /** For tests: what the context and the shape would choose otherwise. */
  readonly kv?: KvType;
  readonly chunk?: number;
  readonly bindingBytes?: number;
  readonly signal: AbortSignal;
  readonly onProgress: (phase: 'weights' | 'kernels', done: number, total: number) => void;
}

export interface LoadedModel {
  readonly manifest: ModelManifest;
  readonly tokenizer: Tokenizer;
  readonly runsOn: 'gpu' | 'cpu';
  readonly runner: TokenRunner;
  /** The same, where it is on the GPU. */
  readonly gpuRunner: Runner | null;
  readonly session: Session;
  /** See Runner.prefillReady; at once where it does not run on the GPU. */
  readonly prefillReady: Promise<void>;
  readonly contextLength: number;
  /** Bytes of the weights one decoded token reads. */
  readonly weightBytesPerToken: number;
  dispose(): void;
}

export async function loadModel(
  gpu: Gpu,
  records: RecordReader,
  manifest: ModelManifest,
  options: LoadOptions,
): Promise<LoadedModel> {
  const { spec } = manifest;
  const tokenizer = createTokenizer(manifest.text);
  const kv = options.kv ?? chooseKvType(spec, options.contextLength);
  const contextLength = fitContext(gpu, manifest, kv, options.contextLength);
  const weights = await madeIn(gpu, 'weights', () =>
    Promise.resolve(new GpuWeights(gpu, manifest.tensors, options.bindingBytes)),
  );
  let runner: Runner | null = null;
  try {
    await gpu.scoped('loading weights', () =>
      loadWeights(
        gpu,
        weights,
        records,
        manifest,
        (done, total) => options.onProgress('weights', done, total),
        options.signal,
      ),
    );
    options.onProgress('kernels', 0, 1);
    options.signal.throwIfAborted();
    runner = await trustedRunner({ gpu, spec, weights, kv, contextLength }, options);
    options.onProgress('kernels', 1, 1);
    const ready = runner;
    return {
      manifest,
      tokenizer,
      runsOn: 'gpu',
      runner: ready,
      gpuRunner: ready,
      session: new Session(ready),
      prefillReady: ready.prefillReady,
      contextLength,
      weightBytesPerToken: ready.weightBytesPerToken,
      dispose() {
        ready.dispose();
        weights.dispose();
      },
    };
  } catch (error) {
    runner?.dispose();
    weights.dispose();
    throw error;
  }
}

/** One of whose kernels none is known to be wrong: in the shape that was chosen, or else in the other. */
async function trustedRunner(
  parts: Pick<RunnerOptions, 'gpu' | 'spec' | 'weights' | 'kv' | 'contextLength'>,
  { shape, otherShape, wrong, chunk }: LoadOptions,
): Promise<Runner> {
  const make = (as: KernelShape): Promise<Runner> =>
    madeIn(parts.gpu, 'kernels', () => Runner.create({ ...parts, shape: as, chunk, wrong }));
  try {
    return await make(shape);
  } catch (error) {
    const { code, detail } = asAppError(error);
    if (code !== 'KERNEL_CHECK_FAILED' || !('kernel' in detail) || otherShape === undefined) throw error;
    return make(otherShape);
  }
}

/** As `gpu.scoped`; what was made is disposed where the scope fails, and with it the part that had room. */
async function madeIn<T extends { dispose(): void }>(
  gpu: Gpu,
  what: string,
  make: () => Promise<T>,
): Promise<T> {
  let made: T | null = null;
  try {
    return await gpu.scoped(what, async () => (made = await make()));
  } catch (error) {
    (made as T | null)?.dispose();
    throw error;
  }
}

/** The longest context of which every buffer of the cache still fits one binding. */
function fitContext(gpu: Gpu, manifest: ModelManifest, kv: KvType, wanted: number): number {
  const { spec } = manifest;
  const row = Math.max(widestKvRow(spec, kv), 4);
  const fits = Math.floor(gpu.device.limits.maxStorageBufferBindingSize / row);
  const length = Math.min(wanted, spec.contextLength, Math.floor(fits / 256) * 256);
  if (length < 1)
    throw new AppError('ADAPTER_TOO_SMALL', 'not even one page of context fits a binding', { has: fits });
  return length;
}
