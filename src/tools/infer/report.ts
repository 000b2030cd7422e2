/** What `infer` prints, the same for both runtimes. */
import type { CompletionResult } from '../../protocol/api.ts';

export interface InferReport extends Omit<CompletionResult, 'timings'> {
  readonly adapter: string;
  readonly timings: CompletionResult['timings'] & { readonly importMs: number; readonly loadMs: number };
}

export interface Measured {
  readonly adapter: string;
  readonly importMs: number;
  readonly loadMs: number;
  readonly result: CompletionResult;
}

export function report({ adapter, importMs, loadMs, result }: Measured): InferReport {
  const { timings, ...rest } = result;
  return { ...rest, adapter, timings: { importMs, loadMs, ...timings } };
}
