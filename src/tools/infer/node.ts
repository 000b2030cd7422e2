/** The same engine on the `webgpu` package, records in memory. */
import { openSync, closeSync, writeSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError } from '../../base/failure.ts';
import { complete, Engine, importModel } from '../../engine/index.ts';
import { createMemoryStore, type VersionedSource } from '../../storage/index.ts';
import { openNodeGpu } from '../nodeGpu.ts';
import type { InferOptions } from './args.ts';
import { report, type InferReport } from './report.ts';

export async function inferInNode(options: InferOptions): Promise<InferReport> {
  const store = createMemoryStore();
  const engine = new Engine(await openNodeGpu('auto'), store, (failure) => console.error(failure.message));
  const signal = new AbortController().signal;
  try {
    let mark = performance.now();
    const lap = (): number => -mark + (mark = performance.now());
    const manifest = await importModel({
      store,
      open: () => Promise.resolve(options.files.map(nodeSource)),
      title: options.title,
      origin: `file:${options.title}`,
      weights: options.weights,
      signal,
      onProgress: () => undefined,
    });
    const importMs = lap();
    const model = await engine.load(manifest.id, {
      contextLength: options.contextLength,
      signal,
      onProgress: () => undefined,
    });
    const loadMs = lap();
    const gpu = await engine.gpu();
    const { logits, ...request } = options.request;
    const file = options.logitsFile === null ? null : openSync(options.logitsFile, 'w');
    const made = await complete(model, {
      ...request,
      signal,
      ...(logits && file !== null ? { onLogits: async (rows) => void writeSync(file, rows) } : {}),
    });
    if (file !== null) closeSync(file);
    return report({
      adapter: [gpu.facts.vendor, gpu.facts.architecture, gpu.facts.description].filter(Boolean).join(' '),
      importMs,
      loadMs,
      result: {
        ...made,
        dispatchesPerToken: model.runner.dispatchesPerToken,
        weightBytesPerToken: model.weightBytesPerToken,
        gpuBytes: gpu.memory.bytes,
      },
    });
  } finally {
    await engine.dispose();
  }
}

function nodeSource(path: string): VersionedSource {
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
