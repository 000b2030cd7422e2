/**
 * The words between page and worker. Plain data only; the worker validates what
 * comes in, the page trusts what comes back. Progress travels by callback
 * (Comlink proxies), cancelling by job id.
 */
import type { FailureCode, FailureDetail } from '../base/failure.ts';

export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  readonly detail: FailureDetail;
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure };

export interface DeviceReport {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  readonly software: boolean;
  readonly features: readonly string[];
  readonly maxBufferBytes: number;
  readonly maxBindingBytes: number;
  /** 'hardware' or 'software': the matrix–vector shape the check chose. */
  readonly kernelShape: string;
}

export interface ModelCard {
  readonly id: string;
  readonly title: string;
  readonly family: string;
  readonly origin: string;
  readonly license: string;
  readonly quantisation: string;
  readonly bytes: number;
  readonly contextLength: number;
  /**
   * 'partial' is a download that can go on from `doneBytes`; 'damaged' is an entry
   * this version can't read, which can only be removed.
   */
  readonly state: 'ready' | 'partial' | 'damaged';
  readonly doneBytes: number;
  /** Whether an import can go on without the user choosing the file again. */
  readonly resumable: boolean;
  /** Of a damaged one: it is whole, but an earlier version of this page stored it. */
  readonly outdated?: boolean;
}

export interface HubFile {
  readonly path: string;
  readonly bytes: number;
  /** Files of one split model are listed once, under the first, with all their bytes. */
  readonly parts: readonly string[];
}

export interface StorageReport {
  readonly usedBytes: number;
  /** 0 where the browser does not tell. */
  readonly quotaBytes: number;
  readonly persisted: boolean;
}

/** 'keep' is the file's own precision; q8 and q4 quantise while importing. */
export type WeightsMode = 'keep' | 'q8' | 'q4';

export type ModelSource =
  /** Files of one model; `folder` is the name of the folder that was given, if one was. */
  | { readonly kind: 'file'; readonly files: readonly File[]; readonly folder?: string }
  | { readonly kind: 'url'; readonly url: string }
  /** The files of one model: parts of a split GGUF, or config.json, *.safetensors and tokenizer.json. */
  | { readonly kind: 'urls'; readonly urls: readonly string[] }
  | { readonly kind: 'hub'; readonly repo: string; readonly path: string }
  /** Go on with a partial import. */
  | { readonly kind: 'resume'; readonly id: string };

export interface ImportProgress {
  readonly modelId: string;
  readonly title: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
  /** Bytes per second over the last seconds; 0 while unknown. */
  readonly speed: number;
}

export interface LoadRequest {
  /** Positions of context to allow; the model's own length where smaller. */
  readonly contextLength: number;
}

export interface LoadProgress {
  readonly phase: 'device' | 'weights' | 'kernels' | 'ready';
  readonly done: number;
  readonly total: number;
}

export interface LoadedReport {
  readonly modelId: string;
  readonly contextLength: number;
  readonly gpuBytes: number;
  readonly loadMs: number;
}

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface Sampling {
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly minP: number;
  readonly repetitionPenalty: number;
  readonly frequencyPenalty: number;
  readonly presencePenalty: number;
  readonly seed: number;
}

export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  readonly sampling: Sampling;
  readonly maxTokens: number;
  /** Text that ends the answer and is not part of it. */
  readonly stop: readonly string[];
}

export type ChatEvent =
  | { readonly kind: 'prefill'; readonly done: number; readonly total: number }
  /** Whole characters only. */
  | { readonly kind: 'text'; readonly text: string; readonly tokens: number };

export interface ChatResult {
  readonly finish: 'stop' | 'length' | 'aborted' | 'context';
  readonly promptTokens: number;
  /** Prompt tokens that were already in the KV cache. */
  readonly reusedTokens: number;
  readonly tokens: number;
  /** Oldest messages left out so that the prompt fits. */
  readonly droppedMessages: number;
  readonly timeToFirstTokenMs: number;
  readonly tokensPerSecond: number;
}

/** The engine without a chat: what `npm run infer` drives. */
export interface CompletionRequest {
  /** Text, text as one user message through the chat template, or ids as they are. */
  readonly prompt: { readonly text: string; readonly chat: boolean } | { readonly ids: readonly number[] };
  readonly sampling: Sampling;
  readonly maxTokens: number;
  /** Report the logits of every position. */
  readonly logits: boolean;
}

export interface CompletionResult {
  readonly promptTokens: number;
  readonly tokens: readonly number[];
  readonly text: string;
  readonly finishReason: ChatResult['finish'];
  readonly timings: {
    readonly prefillMs: number;
    readonly decodeMs: number;
    readonly prefillTokensPerSecond: number;
    readonly decodeTokensPerSecond: number;
  };
  readonly dispatchesPerToken: number;
  readonly weightBytesPerToken: number;
  readonly gpuBytes: number;
  /** The most there was at once since the device was opened. */
  readonly gpuPeakBytes: number;
  /** Of the experts chosen for the tokens made: found on the GPU, not found there, and bytes fetched for those. */
  readonly experts: { readonly hits: number; readonly misses: number; readonly bytesRead: number };
}

export interface WorkerApi {
  device(): Promise<Result<DeviceReport>>;
  storage(): Promise<Result<StorageReport>>;
  models(): Promise<Result<readonly ModelCard[]>>;
  hubFiles(repo: string): Promise<Result<readonly HubFile[]>>;
  /** Resolves when the manifest is written. Jobs end by `cancel(job)`. */
  importModel(
    job: string,
    source: ModelSource,
    weights: WeightsMode,
    onProgress: (p: ImportProgress) => void,
  ): Promise<Result<ModelCard>>;
  deleteModel(id: string): Promise<Result<null>>;
  loadModel(
    job: string,
    id: string,
    options: LoadRequest,
    onProgress: (p: LoadProgress) => void,
  ): Promise<Result<LoadedReport>>;
  unloadModel(): Promise<Result<null>>;
  chat(job: string, request: ChatRequest, onEvent: (e: ChatEvent) => void): Promise<Result<ChatResult>>;
  /** `onLogits` gets rows of `vocab` floats, in order of position. */
  complete(
    job: string,
    request: CompletionRequest,
    onLogits: (rows: Float32Array<ArrayBuffer>) => void,
  ): Promise<Result<CompletionResult>>;
  /** Ends a job within a token or a record; unknown jobs are ignored. */
  cancel(job: string): void;
  /** Told once if the device is lost or reports an error. */
  onFailure(listener: (failure: Failure) => void): void;
}
