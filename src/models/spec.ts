/**
 * A model as data. Three orthogonal axes per layer: attention kind, ffn kind,
 * residual kind. Nothing past this file asks which family a model is of.
 */
export interface ModelSpec {
  /** For people and for the manifest: 'llama', 'qwen3', … */
  readonly family: string;
  readonly vocab: number;
  readonly hidden: number;
  readonly contextLength: number;
  /** Multiplies the embedding row (Gemma: sqrt(hidden)); 1 where there is none. */
  readonly embedScale: number;
  readonly normEps: number;
  /** True where the head is the embedding matrix. */
  readonly tiedHead: boolean;
  /** logits = cap * tanh(logits / cap); 0 for none. */
  readonly logitSoftCap: number;
  readonly layers: readonly LayerSpec[];
  /** Distinct rope tables; layers name one by index. */
  readonly ropes: readonly RopeSpec[];
}

export interface LayerSpec {
  readonly attention: AttentionSpec;
  readonly ffn: FfnSpec;
  /** True where each sublayer's output is RMS-normed before the residual add (Gemma 3). */
  readonly postNorms: boolean;
}

export type AttentionSpec = GqaSpec;

export interface GqaSpec {
  readonly kind: 'gqa';
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Multiplies q·k before the softmax; usually headDim^-1/2. */
  readonly scale: number;
  /** A query sees itself and the window-1 tokens before it; 0 for all. */
  readonly window: number;
  /** score = cap * tanh(score / cap); 0 for none. */
  readonly softCap: number;
  /** RMSNorm over each head of q and k before rope. */
  readonly qkNorm: boolean;
  readonly qkvBias: boolean;
  readonly outBias: boolean;
  /** Index into ModelSpec.ropes, or -1 for no rotary embedding. */
  readonly rope: number;
}

export type FfnSpec = DenseFfnSpec;

export interface DenseFfnSpec {
  readonly kind: 'dense';
  readonly inner: number;
  readonly activation: 'silu' | 'geluTanh';
}

export interface RopeSpec {
  /** Channels rotated, counted from the first of the head. */
  readonly dims: number;
  /** 'half': pairs (i, i+dims/2); 'interleaved': pairs (2i, 2i+1). */
  readonly pairing: 'half' | 'interleaved';
  /** Angle per position for each pair, scaling already applied. [dims/2] */
  readonly inverseFrequencies: readonly number[];
  /** Multiplies cos and sin (YaRN's attention factor); usually 1. */
  readonly amplitude: number;
}

/**
 * The tensors a spec needs, under names the graph uses. L is the layer:
 *   embed [vocab, hidden]   head [vocab, hidden] unless tied   norm [hidden]
 *   L.attnNorm [hidden]     L.qkv [(heads+2*kvHeads)*headDim, hidden]
 *   L.qkvBias, L.qNorm [headDim], L.kNorm [headDim]
 *   L.out [hidden, heads*headDim]   L.outBias [hidden]   L.attnPostNorm [hidden]
 *   L.ffnNorm [hidden]      L.gateUp [2*inner, hidden] gate rows first
 *   L.down [hidden, inner]  L.ffnPostNorm [hidden]
 * Where q, k and v are stored in different layouts, neighbours that share one
 * stay together: L.qk and L.v, L.q and L.kv, or L.q, L.k, L.v instead of L.qkv;
 * likewise L.gate, L.up instead of L.gateUp.
 * L is written as its number: '3.qkv'.
 */
export interface TensorRecipe {
  readonly name: string;
  readonly rows: number;
  readonly cols: number;
  /** Vectors are one row, stored as f32 whatever the file holds. */
  readonly kind: 'matrix' | 'vector';
  /** Rows of these file tensors, one after the other. */
  readonly parts: readonly TensorPart[];
}

export interface TensorPart {
  /** Name in the file. */
  readonly tensor: string;
  readonly rows: number;
  /** Added to every element while importing (Gemma's 1 + w norms in safetensors). */
  readonly add?: number;
}
