/** What `infer` prints, the same for both runtimes. */
import type { CompletionResult } from '../../protocol/api.ts';

export interface InferReport {
  readonly promptTokens: number;
  readonly tokens: readonly number[];
  readonly text: string;
  readonly finishReason: string;
  readonly adapter: string;
  readonly timings: CompletionResult['timings'] & { readonly importMs: number; readonly loadMs: number };
  readonly dispatchesPerToken: number;
  readonly weightBytesPerToken: number;
  readonly gpuBytes: number;
  /** Dense models have no experts; the field stands so that readers need not ask. */
  readonly experts: { readonly hits: number; readonly misses: number; readonly bytesRead: number };
}

export interface Measured {
  readonly adapter: string;
  readonly importMs: number;
  readonly loadMs: number;
  readonly result: CompletionResult;
}

export function report({ adapter, importMs, loadMs, result }: Measured): InferReport {
  const { timings, ...rest } = result;
  return {
    ...rest,
    adapter,
    timings: { importMs, loadMs, ...timings },
    experts: { hits: 0, misses: 0, bytesRead: 0 },
  };
}
