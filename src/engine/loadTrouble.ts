/** What the page needs to say why a model did not fit: how large what was tried is. */
import { AppError } from '../base/failure.ts';
import { chooseKvType, kvBytesPerToken } from '../graph/index.ts';
import type { ModelManifest } from '../storage/index.ts';

const OF_SIZE: readonly string[] = ['GPU_OUT_OF_MEMORY', 'ADAPTER_TOO_SMALL'];

/** The same failure with modelId, weightBytes, cacheBytes and contextLength in its detail, where it is one of size. */
export function withSizesTried(error: unknown, { id, bytes, spec }: ModelManifest, asked: number): unknown {
  if (!(error instanceof AppError) || !OF_SIZE.includes(error.code)) return error;
  const contextLength = Math.min(asked, spec.contextLength);
  const cacheBytes = kvBytesPerToken(spec, chooseKvType(spec, asked)) * contextLength;
  const detail = { ...error.detail, modelId: id, weightBytes: bytes, cacheBytes, contextLength };
  return new AppError(error.code, error.message, detail, error);
}
