/**
 * The whole forward pass in plain TypeScript: the readable definition of what
 * the GPU computes, and the truth it is tested against, layer by layer. It reads
 * a ModelSpec and nothing else, so it runs every family. Stored values are f32,
 * sums f64.
 */
import type { AttentionSpec, LayerSpec, ModelSpec } from '../models/spec.ts';
import { groupedQueryAttention, type PlainCache } from './plainAttention.ts';
import { shortConvolution } from './plainConv.ts';
import { latentAttention } from './plainMla.ts';
import { addInto, gateRows, linear, rmsNorm, softCapped } from './plainMath.ts';
import { mixtureOfExperts, type PlainChoice } from './plainMoe.ts';

/**
 * The weights under the names of models/spec.ts, dequantised, unpadded
 * [rows, cols]. Always `L.qkv`, `L.qkvA` and `L.gateUp`, however the model stores them.
 */
export type PlainWeights = (name: string) => Float32Array;

export interface PlainResult {
  /** [tokens, vocab], or empty where none were wanted. */
  readonly logits: Float32Array<ArrayBuffer>;
  /** The hidden state after each layer. layers x [tokens, hidden] */
  readonly taps: readonly Float32Array[];
  /** For each layer with experts, the ids each token chose, ascending; those it shares are not among them. */
  readonly routes: readonly (readonly (readonly number[])[])[];
  /** What those experts' outputs are multiplied by. */
  readonly routeWeights: readonly (readonly (readonly number[])[])[];
}

/** Whether logits are wanted: the head is a good part of a small model. */
export type PlainLogits = 'all' | 'none';

/** A timeline of tokens with the keys and values of those already seen. */
export interface PlainSession {
  /** Tokens seen. */
  readonly length: number;
  forward(tokens: readonly number[], wanted?: PlainLogits): PlainResult;
  /** Forgets all but the first `length` tokens. */
  truncate(length: number): void;
}

export function plainForward(spec: ModelSpec, weights: PlainWeights, tokens: readonly number[]): PlainResult {
  return createPlainSession(spec, weights).forward(tokens);
}

export function createPlainSession(spec: ModelSpec, weights: PlainWeights): PlainSession {
  const kv: readonly PlainCache[] = spec.layers.map(() => ({ keys: [], values: [] }));
  return {
    get length() {
      return kv[0]?.keys.length ?? 0;
    },
    forward: (tokens, wanted = 'all') => forward(spec, weights, tokens, kv, wanted),
    truncate(length) {
      for (const { keys, values } of kv) {
        keys.length = Math.min(keys.length, length);
        values.length = Math.min(values.length, length);
      }
    },
  };
}

function forward(
  spec: ModelSpec,
  weights: PlainWeights,
  tokens: readonly number[],
  kv: readonly PlainCache[],
  wanted: PlainLogits,
): PlainResult {
  const x = embed(spec, weights('embed'), tokens); // [tokens, hidden]
  const choices: (readonly (readonly PlainChoice[])[])[] = [];
  const taps = spec.layers.map((layer, index) => {
    const past = kv[index] ?? { keys: [], values: [] };
    const chosen = runLayer(x, spec, layer, (name) => weights(`${index}.${name}`), past);
    if (chosen !== null) choices.push(chosen);
    return x.slice();
  });
  return {
    logits: wanted === 'none' ? new Float32Array(0) : head(x, spec, weights),
    taps,
    routes: choices.map((layer) => layer.map((chosen) => chosen.map(({ expert }) => expert))),
    routeWeights: choices.map((layer) => layer.map((chosen) => chosen.map(({ weight }) => weight))),
  };
}

/** x [tokens, hidden] → [tokens, vocab] */
function head(x: Float32Array, spec: ModelSpec, weights: PlainWeights): Float32Array<ArrayBuffer> {
  const normed = rmsNorm(x, weights('norm'), spec.normEps);
  const logits = linear(normed, weights(spec.tiedHead ? 'embed' : 'head'), spec.vocab);
  return logits.map((logit) => softCapped(logit * spec.logitScale, spec.logitSoftCap));
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
  cache: PlainCache,
): readonly (readonly PlainChoice[])[] | null {
  const { hidden, normEps: eps } = spec;
  const join = (y: Float32Array, postNorm: string): void => {
    const normed = layer.postNorms ? rmsNorm(y, weights(postNorm), eps) : y;
    addInto(
      x,
      normed.map((value) => value * spec.residualScale),
    );
  };
  join(mix(rmsNorm(x, weights('attnNorm'), eps), spec, layer.attention, weights, cache), 'attnPostNorm');
  const normed = rmsNorm(x, weights('ffnNorm'), eps);
  if (layer.ffn.kind === 'moe') {
    const { y, choices } = mixtureOfExperts(normed, hidden, layer.ffn, weights);
    join(y, 'ffnPostNorm');
    return choices;
  }
  const { inner, activation } = layer.ffn;
  const gates = linear(normed, weights('gateUp'), 2 * inner);
  join(linear(gateRows(activation, gates, inner), weights('down'), hidden), 'ffnPostNorm');
  return null;
}

function mix(
  x: Float32Array,
  spec: ModelSpec,
  attention: AttentionSpec,
  weights: PlainWeights,
  cache: PlainCache,
): Float32Array {
  const { hidden, normEps } = spec;
  switch (attention.kind) {
    case 'gqa':
      return groupedQueryAttention(
        x,
        hidden,
        attention,
        spec.ropes[attention.rope] ?? null,
        weights,
        normEps,
        cache,
      );
    case 'mla':
      return latentAttention(x, hidden, attention, spec.ropes[attention.rope]!, weights, cache);
    case 'conv':
      return shortConvolution(x, hidden, attention, weights, cache);
    default:
      return attention satisfies never;
  }
}
