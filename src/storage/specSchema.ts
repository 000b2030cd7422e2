/** A stored model's description, checked on the way out; typed by models/spec.ts, so that they cannot drift apart. */
import * as v from 'valibot';
import type {
  Activation,
  AttentionSpec,
  ConvSpec,
  DenseFfnSpec,
  FfnSpec,
  GqaSpec,
  LayerSpec,
  MlaSpec,
  ModelSpec,
  MoeFfnSpec,
  RopeSpec,
  RouterSpec,
  SharedExpertSpec,
  TemperatureSpec,
} from '../models/spec.ts';

export type Schema<T> = v.GenericSchema<unknown, T>;

export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const ropeIndex = v.pipe(v.number(), v.safeInteger(), v.minValue(-1));

const temperature: Schema<TemperatureSpec> = v.object({
  scale: v.number(),
  span: v.number(),
  offset: v.number(),
});

const gqa: Schema<GqaSpec> = v.object({
  kind: v.literal('gqa'),
  heads: positive,
  kvHeads: positive,
  headDim: positive,
  scale: v.number(),
  window: count,
  chunk: count,
  softCap: v.number(),
  qkNorm: v.picklist(['none', 'head', 'unit', 'row']),
  qkvBias: v.boolean(),
  outBias: v.boolean(),
  sinks: v.boolean(),
  temperature: v.nullable(temperature),
  rope: ropeIndex,
});

const mla: Schema<MlaSpec> = v.object({
  kind: v.literal('mla'),
  heads: positive,
  qRank: count,
  kvRank: positive,
  nopeDim: positive,
  ropeDim: positive,
  valueDim: positive,
  scale: v.number(),
  latentEps: v.number(),
  temperature: v.nullable(temperature),
  rope: ropeIndex,
});

const conv: Schema<ConvSpec> = v.object({ kind: v.literal('conv'), width: positive, bias: v.boolean() });

const activation: Schema<Activation> = v.picklist(['silu', 'geluTanh', 'swigluOai']);

const dense: Schema<DenseFfnSpec> = v.object({ kind: v.literal('dense'), inner: positive, activation });

const router: Schema<RouterSpec> = v.object({
  score: v.picklist(['softmax', 'topkSoftmax', 'sigmoid']),
  bias: v.boolean(),
  selectBias: v.boolean(),
  groups: v.nullable(v.object({ count: positive, kept: positive, score: v.picklist(['max', 'topTwo']) })),
  renormalise: v.nullable(v.number()),
  scale: v.number(),
});

const shared: Schema<SharedExpertSpec> = v.object({ inner: positive, pooled: count, gated: v.boolean() });

const moe: Schema<MoeFfnSpec> = v.object({
  kind: v.literal('moe'),
  experts: positive,
  topK: positive,
  inner: positive,
  activation,
  router,
  expertBias: v.boolean(),
  weigh: v.picklist(['output', 'input']),
  shared: v.nullable(shared),
});

const attention: Schema<AttentionSpec> = v.union([gqa, mla, conv]);
const ffn: Schema<FfnSpec> = v.union([dense, moe]);

const layer: Schema<LayerSpec> = v.object({ attention, ffn, postNorms: v.boolean() });

const rope: Schema<RopeSpec> = v.object({
  dims: positive,
  pairing: v.picklist(['half', 'interleaved']),
  inverseFrequencies: v.array(v.number()),
  amplitude: v.number(),
});

export const modelSpec: Schema<ModelSpec> = v.object({
  family: v.string(),
  vocab: positive,
  hidden: positive,
  contextLength: positive,
  embedScale: v.number(),
  normEps: v.number(),
  tiedHead: v.boolean(),
  logitScale: v.number(),
  logitSoftCap: v.number(),
  residualScale: v.number(),
  layers: v.array(layer),
  ropes: v.array(rope),
});
