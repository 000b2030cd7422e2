/** The same engine on the `webgpu` package, or with no GPU at all, records in memory. */
import { openSync, closeSync, writeSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError } from '../../base/failure.ts';
import { complete, Engine, importModel, type LoadedModel } from '../../engine/index.ts';
import type { Gpu } from '../../gpu/index.ts';
import { createMemoryStore, type VersionedSource } from '../../storage/index.ts';
import { openNodeGpu } from '../nodeGpu.ts';
import type { InferOptions } from './args.ts';
import { report, type InferReport } from './report.ts';

export interface NodeModel {
  readonly model: LoadedModel;
  /** Of the GPU, where the model is on one. */
  readonly memory: Pick<Gpu['memory'], 'bytes' | 'peakBytes'>;
  /** As people would name it. */
  readonly adapter: string;
  readonly importMs: number;
  readonly loadMs: number;
}

export type NodeModelOptions = Pick<InferOptions, 'files' | 'title' | 'weights' | 'contextLength'> &
  Partial<Pick<InferOptions, 'runtime'>>;

/** Imports and loads the model for as long as `work` takes. */
export async function withNodeModel<T>(
  options: NodeModelOptions,
  work: (loaded: NodeModel) => Promise<T>,
): Promise<T> {
  const store = createMemoryStore();
  const engine = new Engine({
    api: options.runtime === 'cpu' ? undefined : await openNodeGpu('auto'),
    store,
    onFailure: (failure) => console.error(failure.message),
  });
  const signal = new AbortController().signal;
  try {
    const started = performance.now();
    const { id } = await importModel({
      store,
      open: () => Promise.resolve(options.files.map(nodeSource)),
      title: options.title,
      origin: `file:${options.title}`,
      weights: options.weights,
      signal,
      onProgress: () => undefined,
    });
    const imported = performance.now();
    const { contextLength } = options;
    const model = await engine.load(id, { contextLength, signal, onProgress: () => undefined });
    const loadMs = performance.now() - imported;
    const place = model.runsOn === 'gpu' ? placeOn(await engine.gpu()) : CPU;
    return await work({ model, ...place, importMs: imported - started, loadMs });
  } finally {
    await engine.release();
  }
}

type Place = Pick<NodeModel, 'memory' | 'adapter'>;

const CPU: Place = { memory: { bytes: 0, peakBytes: 0 }, adapter: 'cpu' };

function placeOn({ memory, facts: { vendor, architecture, description } }: Gpu): Place {
  return { memory, adapter: [vendor, architecture, description].filter(Boolean).join(' ') };
}

export function inferInNode(options: InferOptions): Promise<InferReport> {
  return withNodeModel(options, async ({ model, memory, ...measured }) => {
    const { logits, ...request } = options.request;
    const file = options.logitsFile === null ? null : openSync(options.logitsFile, 'w');
    const made = await complete(model, {
      ...request,
      signal: new AbortController().signal,
      ...(logits && file !== null ? { onLogits: async (rows) => void writeSync(file, rows) } : {}),
    });
    if (file !== null) closeSync(file);
    return report({
      ...measured,
      result: {
        ...made,
        dispatchesPerToken: model.runner.dispatchesPerToken,
        weightBytesPerToken: model.weightBytesPerToken,
        gpuBytes: memory.bytes,
        gpuPeakBytes: memory.peakBytes,
      },
    });
  });
}

/** Read by ranges, so that a file of many gigabytes never lies in memory. */
export function nodeSource(path: string): VersionedSource {
  const { size } = statSync(path);
  const name = basename(path);
  return {
    name,
    size,
    validator: '',
    async read(offset, length) {
      const bytes = new Uint8Array(length);
      const file = await open(path);
      try {
        const { bytesRead } = await file.read(bytes, 0, length, offset);
        if (bytesRead < length) {
          throw new AppError('FILE_TRUNCATED', `${name} ends at ${size} bytes`, {
            file: name,
            need: offset + length,
            have: size,
          });
        }
      } finally {
        await file.close();
      }
      return bytes;
    },
  };
}
