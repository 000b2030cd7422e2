/**
 * The whole forward pass in plain TypeScript: the readable definition of what
 * the GPU computes, and the truth it is tested against, layer by layer. It reads
 * a ModelSpec and nothing else, so it runs every family. Stored values are f32,
 * sums f64.
 */
import type { LayerSpec, ModelSpec } from '../models/spec.ts';
import { attention, type AttentionWeights, type PlainKv } from './plainAttention.ts';
import { activate, addInto, linear, rmsNorm, softCapped } from './plainMath.ts';

/**
 * The weights under the names of models/spec.ts, dequantised, unpadded
 * [rows, cols]. Always `L.qkv` and `L.gateUp`, however the model stores them.
 */
export type PlainWeights = (name: string) => Float32Array;

export interface PlainResult {
  readonly logits: Float32Array; // [tokens, vocab]
  /** The hidden state after each layer. layers x [tokens, hidden] */
  readonly taps: readonly Float32Array[];
}

/** A timeline of tokens with the keys and values of those already seen. */
export interface PlainSession {
  /** Tokens seen. */
  readonly length: number;
  forward(tokens: readonly number[]): PlainResult;
  /** Forgets all but the first `length` tokens. */
  truncate(length: number): void;
}

export function plainForward(spec: ModelSpec, weights: PlainWeights, tokens: readonly number[]): PlainResult {
  return createPlainSession(spec, weights).forward(tokens);
}

export function createPlainSession(spec: ModelSpec, weights: PlainWeights): PlainSession {
  const kv: readonly PlainKv[] = spec.layers.map(() => ({ keys: [], values: [] }));
  return {
    get length() {
      return kv[0]?.keys.length ?? 0;
    },
    forward: (tokens) => forward(spec, weights, tokens, kv),
    truncate(length) {
      for (const { keys, values } of kv) {
        keys.length = Math.min(keys.length, length);
        values.length = keys.length;
      }
    },
  };
}

function forward(
  spec: ModelSpec,
  weights: PlainWeights,
  tokens: readonly number[],
  kv: readonly PlainKv[],
): PlainResult {
  const x = embed(spec, weights('embed'), tokens); // [tokens, hidden]
  const taps = spec.layers.map((layer, index) => {
    const past = kv[index] ?? { keys: [], values: [] };
    runLayer(x, spec, layer, (name) => weights(`${index}.${name}`), past);
    return x.slice();
  });
  const normed = rmsNorm(x, weights('norm'), spec.normEps);
  const logits = linear(normed, weights(spec.tiedHead ? 'embed' : 'head'), spec.vocab);
  return { logits: logits.map((logit) => softCapped(logit, spec.logitSoftCap)), taps };
}

function embed(spec: ModelSpec, table: Float32Array, tokens: readonly number[]): Float32Array {
  const x = new Float32Array(tokens.length * spec.hidden);
  tokens.forEach((token, t) => {
    if (token < 0 || token >= spec.vocab) throw new RangeError(`token ${token} of ${spec.vocab}`);
    const row = table.subarray(token * spec.hidden, (token + 1) * spec.hidden);
    x.set(
      row.map((value) => value * spec.embedScale),
      t * spec.hidden,
    );
  });
  return x;
}

/** x [tokens, hidden] becomes what leaves the layer. `weights` takes names without the layer. */
function runLayer(
  x: Float32Array,
  spec: ModelSpec,
  layer: LayerSpec,
  weights: PlainWeights,
  kv: PlainKv,
): void {
  const { attention: gqa } = layer;
  const eps = spec.normEps;
  const rope = spec.ropes[gqa.rope] ?? null;
  const normed = rmsNorm(x, weights('attnNorm'), eps);
  const attended = attention(normed, spec.hidden, gqa, rope, attentionWeights(layer, weights), eps, kv);
  addInto(x, layer.postNorms ? rmsNorm(attended, weights('attnPostNorm'), eps) : attended);
  const fed = feedForward(rmsNorm(x, weights('ffnNorm'), eps), spec.hidden, layer, weights);
  addInto(x, layer.postNorms ? rmsNorm(fed, weights('ffnPostNorm'), eps) : fed);
}

function attentionWeights({ attention: gqa }: LayerSpec, weights: PlainWeights): AttentionWeights {
  return {
    qkv: weights('qkv'),
    qkvBias: gqa.qkvBias ? weights('qkvBias') : null,
    qNorm: gqa.qkNorm ? weights('qNorm') : null,
    kNorm: gqa.qkNorm ? weights('kNorm') : null,
    out: weights('out'),
    outBias: gqa.outBias ? weights('outBias') : null,
  };
}

/** down(activation(gate x) * up x). [tokens, hidden] */
function feedForward(x: Float32Array, hidden: number, layer: LayerSpec, weights: PlainWeights): Float32Array {
  const { inner, activation } = layer.ffn;
  const gateUp = linear(x, weights('gateUp'), 2 * inner); // [tokens, 2 * inner]
  const product = new Float32Array(gateUp.length / 2); // [tokens, inner]
  for (let i = 0; i < product.length; i += 1) {
    const gate = Math.floor(i / inner) * 2 * inner + (i % inner);
    product[i] = activate(activation, gateUp[gate]!) * gateUp[gate + inner]!;
  }
  return linear(product, weights('down'), hidden);
}
