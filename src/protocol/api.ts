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
  /** What WebGPU calls its limits, those kernels depend on. */
  readonly limits: Readonly<Record<string, number>>;
  /** 'hardware' or 'software': the matrix–vector shape the check chose. */
  readonly kernelShape: string;
  /** What the check found of each. */
  readonly kernelShapes: readonly ShapeReport[];
}

export interface ShapeReport {
  readonly shape: string;
  readonly passed: boolean;
  /** What was wrong; '' where it passed. */
  readonly words: string;
  /** Of one product of 2048 × 2048; 0 where it failed. */
  readonly ms: number;
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
  /** Shipped with the page: it takes no storage and can't be deleted. */
  readonly builtIn?: boolean;
  /** Bytes of KV cache that one position of context takes on the GPU; 0 where unknown. */
  readonly kvBytesPerToken: number;
  /** Layers with experts, experts in each, chosen of them for a token; null for dense models. */
  readonly experts: ExpertShape | null;
  /** Of a damaged one: it is whole, but an earlier version of this page stored it. */
  readonly outdated?: boolean;
}

export interface ExpertShape {
  readonly layers: number;
  readonly experts: number;
  readonly topK: number;
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

/** Id of the model that is shipped with the page: always among `models()`, loaded from the page's own files. */
export const GUIDE_ID = 'guide';

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
  /** 'cpu' where there is no WebGPU: the plain forward pass, for the built-in model alone. */
  readonly runsOn: 'gpu' | 'cpu';
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
  /** An answer to them that was cut, as its text events told it: it is gone on with, and only what comes is told. */
  readonly begun?: string;
  readonly sampling: Sampling;
  readonly maxTokens: number;
  /** Text that ends the answer and is not part of it. */
  readonly stop: readonly string[];
  /** Tell which experts each token chose. */
  readonly routes: boolean;
}

export type ChatEvent =
  | { readonly kind: 'prefill'; readonly done: number; readonly total: number }
  /** Whole characters only. */
  | { readonly kind: 'text'; readonly text: string; readonly tokens: number }
  | ({ readonly kind: 'routes' } & Routes);

/** The experts chosen for one token of the answer (in asking: for the step that made it). */
export interface Routes {
  /** Which token of the answer, from 0: its text is what `text` events with `tokens` = token + 1 brought. */
  readonly token: number;
  /** [layers, topK], ascending within a layer. */
  readonly ids: Uint16Array<ArrayBuffer>;
  /** Routing weights of the same. */
  readonly weights: Float32Array<ArrayBuffer>;
}

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

export interface VerifyReport {
  readonly records: number;
  readonly bytes: number;
  /** Indices of records that are absent or not what was written. */
  readonly bad: readonly number[];
}

/** One kernel case on this GPU against its plain reference. */
export interface SelfTestCase {
  readonly kernel: string;
  readonly name: string;
  readonly verdict: 'passed' | 'failed' | 'skipped';
  /** What was wrong, or which feature is missing; '' where it passed. */
  readonly words: string;
  readonly ms: number;
}

export interface SelfTestReport {
  /** What names adapter, browser and page version: a verdict holds for one of these. */
  readonly key: string;
  readonly mode: 'quick' | 'full';
  readonly cases: readonly SelfTestCase[];
  readonly ms: number;
}

export interface BenchmarkReport {
  readonly rows: readonly { readonly name: string; readonly value: number; readonly unit: string }[];
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
  /** Reads every record of a stored model and checks its hash; progress in bytes. BAD_REQUEST for a built-in one. */
  verifyModel(
    job: string,
    id: string,
    onProgress: (done: number, total: number) => void,
  ): Promise<Result<VerifyReport>>;
  loadModel(
    job: string,
    id: string,
    options: LoadRequest,
    onProgress: (p: LoadProgress) => void,
  ): Promise<Result<LoadedReport>>;
  unloadModel(): Promise<Result<null>>;
  /** Unloads and gives the GPU back, so that another tab can take it. */
  release(): Promise<Result<null>>;
  /** Tokens of a text in the loaded model's vocabulary. */
  countTokens(text: string): Promise<Result<number>>;
  selfTest(
    job: string,
    mode: SelfTestReport['mode'],
    onCase: (done: SelfTestCase, index: number, total: number) => void,
  ): Promise<Result<SelfTestReport>>;
  /** Memory and matrix speed of this GPU, and of the loaded model where one is. */
  benchmark(job: string): Promise<Result<BenchmarkReport>>;
  chat(job: string, request: ChatRequest, onEvent: (e: ChatEvent) => void): Promise<Result<ChatResult>>;
  /** `onLogits` gets rows of `vocab` floats, in order of position. */
  complete(
    job: string,
    request: CompletionRequest,
    onLogits: (rows: Float32Array<ArrayBuffer>) => void,
  ): Promise<Result<CompletionResult>>;
  /** Ends a job within a token or a record; unknown jobs are ignored. */
  cancel(job: string): void;
  /**
   * Told once if the device is lost or reports an error. With `loadedId` in its detail:
   * of that model, what its load did not wait for failed, and it can't be used.
   */
  onFailure(listener: (failure: Failure) => void): void;
}
