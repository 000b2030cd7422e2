/**
 * llama.cpp on the CPU through node-llama-cpp: the outside engine our numbers are
 * held against. One thread, f32 KV cache, nothing built or downloaded.
 */
import {
  getLlama,
  LlamaLogLevel,
  type LlamaContextSequence,
  type LlamaModel,
  type Token,
} from 'node-llama-cpp';

export interface LlamaCpp {
  readonly model: LlamaModel;
  /**
   * Raw logits after each of `tokens` from `from` on, continuing the timeline
   * begun by earlier calls. [tokens - from] x [vocab]
   */
  logits(tokens: readonly number[], from?: number): Promise<readonly Float32Array[]>;
  /** Starts another timeline. */
  clear(): Promise<void>;
  dispose(): Promise<void>;
}

export async function openLlamaCpp(path: string, contextSize: number): Promise<LlamaCpp> {
  const llama = await getLlama({
    build: 'never',
    gpu: false,
    maxThreads: 1,
    logLevel: LlamaLogLevel.error,
    progressLogs: false,
  });
  const model = await llama.loadModel({ modelPath: path, gpuLayers: 0 });
  const context = await model.createContext({
    contextSize,
    batchSize: contextSize,
    threads: 1,
    flashAttention: false,
    experimentalKvCacheKeyType: 'F32',
    experimentalKvCacheValueType: 'F32',
  });
  const sequence = context.getSequence();
  return {
    model,
    logits: (tokens, from = 0) => evaluate(sequence, tokens, from),
    clear: () => sequence.clearHistory(),
    async dispose() {
      await context.dispose();
      await model.dispose();
      await llama.dispose();
    },
  };
}

async function evaluate(
  sequence: LlamaContextSequence,
  tokens: readonly number[],
  from: number,
): Promise<readonly Float32Array[]> {
  const outputs = await sequence.controlledEvaluate(
    tokens.map((token, index) =>
      index < from ? (token as Token) : [token as Token, { generateNext: { logits: true } }],
    ),
  );
  return outputs.slice(from).map((output) => {
    const logits = output?.next.logits;
    if (logits === undefined) throw new Error('llama.cpp gave no logits');
    const row = new Float32Array(logits.size);
    for (const [token, logit] of logits) row[token] = logit;
    return row;
  });
}
