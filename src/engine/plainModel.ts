/** A stored model on the CPU, dequantised to f32 from its records, ready to speak. */
import { dequantiseRows } from '../formats/index.ts';
import { type PlainWeights, plainWeightsOf } from '../graph/index.ts';
import type { ModelManifest, RecordReader } from '../storage/index.ts';
import { createTokenizer } from '../text/index.ts';
import { activeWeightBytes } from './decodeBudget.ts';
import type { LoadedModel, LoadOptions } from './loadModel.ts';
import { PlainRunner } from './plainRunner.ts';
import { Session } from './session.ts';
import { slabPlanes } from './slabPlanes.ts';

/** Above this a token would take seconds, and the weights too much memory. */
const MOST_WEIGHTS = 50e6;

export function fitsPlain({ tensors }: Pick<ModelManifest, 'tensors'>): boolean {
  return tensors.reduce((sum, { rows, cols }) => sum + rows * cols, 0) <= MOST_WEIGHTS;
}

export type PlainLoadOptions = Pick<LoadOptions, 'contextLength' | 'signal' | 'onProgress'>;

/** Failures are those of the records, and KERNEL_CHECK_FAILED where the weights give no numbers. */
export async function loadPlainModel(
  records: RecordReader,
  manifest: ModelManifest,
  { signal, onProgress, ...wanted }: PlainLoadOptions,
): Promise<LoadedModel> {
  const { spec } = manifest;
  const tokenizer = createTokenizer(manifest.text);
  const contextLength = Math.min(wanted.contextLength, spec.contextLength);
  const weights = await readWeights(records, manifest, signal, (done) =>
    onProgress('weights', done, manifest.bytes),
  );
  const asFloats = manifest.tensors.map((tensor) => ({ ...tensor, layout: 'f32' as const }));
  const weightBytesPerToken = activeWeightBytes({ spec, tensors: asFloats });
  const runner = new PlainRunner({ spec, weights, contextLength, weightBytesPerToken });
  onProgress('kernels', 0, 1);
  await runner.warmUp();
  onProgress('kernels', 1, 1);
  return {
    manifest,
    tokenizer,
    runner,
    gpuRunner: null,
    prefillReady: Promise.resolve(),
    runsOn: 'cpu',
    session: new Session(runner),
    contextLength,
    weightBytesPerToken,
    dispose: () => runner.dispose(),
  };
}

async function readWeights(
  records: RecordReader,
  manifest: ModelManifest,
  signal: AbortSignal,
  onProgress: (doneBytes: number) => void,
): Promise<PlainWeights> {
  const tensors = manifest.tensors.map(({ rows, cols }) => new Float32Array(rows * cols));
  let done = 0;
  for (const record of manifest.records.keys()) {
    const bytes = await records.read(manifest.id, record, signal);
    for (const { tensor, row, rows, quants, scales } of slabPlanes(manifest, record, bytes)) {
      const { layout, cols } = manifest.tensors[tensor]!;
      tensors[tensor]!.set(dequantiseRows(layout, quants, scales, rows, cols), row * cols);
    }
    onProgress((done += bytes.length));
  }
  return plainWeightsOf(new Map(manifest.tensors.map(({ name }, i) => [name, tensors[i]!])));
}
