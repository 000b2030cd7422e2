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
  /** Multiplies the embedding row (Gemma: sqrt(hidden); Granite: embedding_multiplier); 1 where there is none. */
  readonly embedScale: number;
  readonly normEps: number;
  /** True where the head is the embedding matrix. */
  readonly tiedHead: boolean;
  /** Multiplies the logits before the cap (Granite: 1 / logits_scaling); 1 where there is none. */
  readonly logitScale: number;
  /** logits = cap * tanh(logits / cap); 0 for none. */
  readonly logitSoftCap: number;
  /** Multiplies a sublayer's output before it joins the stream (Granite: residual_multiplier); usually 1. */
  readonly residualScale: number;
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

/** What mixes tokens: attention of two kinds, or a gated short convolution. */
export type AttentionSpec = GqaSpec | MlaSpec | ConvSpec;

export interface GqaSpec {
  readonly kind: 'gqa';
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Multiplies q·k before the softmax; usually headDim^-1/2. */
  readonly scale: number;
  /** A query sees itself and the window-1 tokens before it; 0 for all. */
  readonly window: number;
  /** A query sees only positions of its own run of this many (Llama 4's chunked attention); 0 for all. */
  readonly chunk: number;
  /** score = cap * tanh(score / cap); 0 for none. */
  readonly softCap: number;
  /**
   * RMSNorm of q and k before rope: over each head with weights [headDim], over each head
   * without weights ('unit', Llama 4, where it follows rope, which keeps lengths), or over
   * the whole vector with weights [heads*headDim] and [kvHeads*headDim] ('row', OLMoE).
   */
  readonly qkNorm: 'none' | 'head' | 'unit' | 'row';
  readonly qkvBias: boolean;
  readonly outBias: boolean;
  /** A learned logit per head that takes part in the softmax and has no value (gpt-oss): L.sinks [heads]. */
  readonly sinks: boolean;
  readonly temperature: TemperatureSpec | null;
  /** Index into ModelSpec.ropes, or -1 for no rotary embedding. */
  readonly rope: number;
}

/** Queries grow with position: q *= 1 + scale * ln(1 + floor((position + offset) / span)). */
export interface TemperatureSpec {
  readonly scale: number;
  readonly span: number;
  /** 1 for Llama 4, 0 for Mistral. */
  readonly offset: number;
}

/** Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434), run in its absorbed form. */
export interface MlaSpec {
  readonly kind: 'mla';
  readonly heads: number;
  /** Rank of the query's own latent; 0 where q is projected directly. */
  readonly qRank: number;
  /** Channels of the latent that keys and values are made of. */
  readonly kvRank: number;
  /** Channels of a head's key without rope, with rope (shared by all heads), and of its value. */
  readonly nopeDim: number;
  readonly ropeDim: number;
  readonly valueDim: number;
  /** Multiplies q·k: (nopeDim + ropeDim)^-1/2, times YaRN's square where there is one. */
  readonly scale: number;
  /** Of the norms of the two latents; not always the model's. */
  readonly latentEps: number;
  readonly temperature: TemperatureSpec | null;
  /** Index into ModelSpec.ropes; its dims are ropeDim. */
  readonly rope: number;
}

/** LFM2's gated short convolution: B, C, x = in(h); y = out(C * conv(B * x)), causal, per channel. */
export interface ConvSpec {
  readonly kind: 'conv';
  /** Taps: the token itself and width-1 before it. */
  readonly width: number;
  readonly bias: boolean;
}

export type FfnSpec = DenseFfnSpec | MoeFfnSpec;

/**
 * act(gate) * up. 'swigluOai' (gpt-oss): g = min(gate, 7), u = clamp(up, -7, 7),
 * g * sigmoid(1.702 g) * (u + 1).
 */
export type Activation = 'silu' | 'geluTanh' | 'swigluOai';

export interface DenseFfnSpec {
  readonly kind: 'dense';
  readonly inner: number;
  readonly activation: Activation;
}

/** A router picks topK of `experts` gated feed-forward networks for each token. */
export interface MoeFfnSpec {
  readonly kind: 'moe';
  readonly experts: number;
  readonly topK: number;
  /** Inner width of one expert. */
  readonly inner: number;
  readonly activation: Activation;
  readonly router: RouterSpec;
  /** Biases of gate, up and down, per expert (gpt-oss). */
  readonly expertBias: boolean;
  /** The weight multiplies the expert's output, or (Llama 4) its input. */
  readonly weigh: 'output' | 'input';
  readonly shared: SharedExpertSpec | null;
}

/**
 * How logits become experts and weights. Scores are f32; a tie goes to the lower
 * index; experts leave in ascending order.
 *   'softmax'      p = softmax over all experts, the topK largest
 *   'topkSoftmax'  the topK largest logits, softmax over those
 *   'sigmoid'      s = sigmoid(logit); the largest s (+ select bias) win, weights are s (also Llama 4, since s keeps the order)
 */
export interface RouterSpec {
  readonly score: 'softmax' | 'topkSoftmax' | 'sigmoid';
  /** The router is linear with a bias: L.routerBias [experts] (gpt-oss). */
  readonly bias: boolean;
  /** Added to the scores for the choice alone: L.selectBias [experts] (DeepSeek-V3, LFM2). */
  readonly selectBias: boolean;
  /** Experts lie in `count` equal groups, of which the `kept` best take part; a group's score is its largest or the sum of its two largest. null for no groups. */
  readonly groups: { readonly count: number; readonly kept: number; readonly score: 'max' | 'topTwo' } | null;
  /** Weights are divided by (their sum + this) where not null. */
  readonly renormalise: number | null;
  /** Multiplies the weights at the end. */
  readonly scale: number;
}

/** A feed-forward network every token takes, beside the chosen experts. */
export interface SharedExpertSpec {
  readonly inner: number;
  /**
   * Cut into this many pieces of an expert's size, which lie behind the experts as
   * ids experts, experts+1, … of the same tensors; 0 where layout or shape keep it
   * apart (L.sharedGateUp, L.sharedDown, reached as id `experts`).
   */
  readonly pooled: number;
  /** Weighed by sigmoid(g · x) (Qwen2-MoE); g is the last row of L.router. */
  readonly gated: boolean;
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
 *   L.attnNorm [hidden]     L.ffnNorm [hidden]
 *   L.attnPostNorm [hidden] L.ffnPostNorm [hidden]
 * gqa:
 *   L.qkv [(heads+2*kvHeads)*headDim, hidden]
 *   L.qkvBias, L.qNorm, L.kNorm [headDim] or the whole vector, L.sinks [heads]
 *   L.out [hidden, heads*headDim]   L.outBias [hidden]
 * mla:
 *   L.qkvA [q + kvRank + ropeDim, hidden], q = qRank or heads*(nopeDim+ropeDim); then the
 *     latent, then the rope key      L.qANorm [qRank]   L.qB [heads*(nopeDim+ropeDim), qRank]
 *   L.kvNorm [kvRank]
 *   L.kvK [heads*kvRank, nopeDim]    row h*kvRank+r is channel r of what head h's queries become
 *   L.kvV [heads*valueDim, kvRank]
 *   L.out [hidden, heads*valueDim]
 * conv:
 *   L.convIn [3*hidden, hidden] B, C, x rows   L.convWeight [hidden*width] oldest tap first
 *   L.convBias [hidden]   L.out [hidden, hidden]
 * dense:
 *   L.gateUp [2*inner, hidden] gate rows first   L.down [hidden, inner]
 * moe, n = experts + shared.pooled, experts one after the other:
 *   L.router [experts (+1 where the shared expert is gated), hidden], never requantised
 *   L.routerBias, L.selectBias [experts]
 *   L.expertGateUp [n*2*inner, hidden], each expert's gate rows first
 *   L.expertDown [n*hidden, inner]
 *   L.expertGateUpBias [n*2*inner]   L.expertDownBias [n*hidden]
 *   L.sharedGateUp [2*shared.inner, hidden]   L.sharedDown [hidden, shared.inner]
 * Where the parts of a fused matrix are stored in different layouts, neighbours that
 * share one stay together: L.qk and L.v, L.q and L.kv, or L.q, L.k, L.v instead of L.qkv;
 * L.gate, L.up instead of L.gateUp; L.qA, L.kvA instead of L.qkvA.
 * L is written as its number: '3.qkv'.
 */
export interface TensorRecipe {
  readonly name: string;
  readonly rows: number;
  readonly cols: number;
  /** Vectors are one row, stored as f32 whatever the file holds. */
  readonly kind: 'matrix' | 'vector';
  /** The rows are this many experts', one after the other: each is stored as a record of its own. */
  readonly experts?: number;
  /** Keeps its file's precision whatever the import is asked for (routers). */
  readonly keep?: boolean;
  /** Rows of these file tensors, one after the other. */
  readonly parts: readonly TensorPart[];
}

/**
 * `rows` rows of a matrix in the file: row r is its row first + r*step, columns from
 * firstCol on, as many as the recipe's `cols`. Of a turned matrix, [cols, rows] in the
 * file, `first` and `step` so count stored columns and `firstCol` stored rows.
 *
 * A vector's part is `rows` rows of the tensor's whole width, one after the other; a
 * turned one is `rows` values of the single stored row `firstCol`.
 */
export interface TensorPart {
  /** Name in the file. */
  readonly tensor: string;
  readonly rows: number;
  /** Which matrix of a stacked tensor [E, a, b]; 0 where not given. Rows may run on into those behind it. */
  readonly block?: number;
  readonly turned?: boolean;
  /** 0 and 1 where not given; gpt-oss alternates gate and up rows. */
  readonly first?: number;
  readonly step?: number;
  /** 0 where not given. */
  readonly firstCol?: number;
  /** Added to every element while importing (Gemma's 1 + w norms in safetensors). */
  readonly add?: number;
}
