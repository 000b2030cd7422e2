/**
 * What IndexedDB may hold, checked on the way out: another version of this page,
 * another page on the same origin, or a broken disk may have written it.
 * The schemas are typed by the contracts, so that they cannot drift apart.
 */
import * as v from 'valibot';
import type { TextFacts } from '../base/textFacts.ts';
import type { WeightLayout } from '../formats/layouts.ts';
import type { AttentionSpec, FfnSpec, LayerSpec, ModelSpec, RopeSpec } from '../models/spec.ts';
import type { ModelManifest, PartialImport } from './types.ts';

export type Schema<T> = v.GenericSchema<unknown, T>;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const LAYOUTS: Readonly<Record<WeightLayout, true>> = {
  f32: true,
  f16: true,
  bf16: true,
  q4s: true,
  q4m: true,
  q4k: true,
  q8s: true,
  q8m: true,
  q8k: true,
  q8h: true,
};
const layout: Schema<WeightLayout> = v.pipe(
  v.string(),
  v.check((name) => Object.hasOwn(LAYOUTS, name), 'an unknown weight layout'),
  v.transform((name) => name as WeightLayout),
);

const attention: Schema<AttentionSpec> = v.object({
  kind: v.literal('gqa'),
  heads: positive,
  kvHeads: positive,
  headDim: positive,
  scale: v.number(),
  window: count,
  softCap: v.number(),
  qkNorm: v.boolean(),
  qkvBias: v.boolean(),
  outBias: v.boolean(),
  rope: v.pipe(v.number(), v.safeInteger(), v.minValue(-1)),
});

const ffn: Schema<FfnSpec> = v.object({
  kind: v.literal('dense'),
  inner: positive,
  activation: v.picklist(['silu', 'geluTanh']),
});

const layer: Schema<LayerSpec> = v.object({ attention, ffn, postNorms: v.boolean() });

const rope: Schema<RopeSpec> = v.object({
  dims: positive,
  pairing: v.picklist(['half', 'interleaved']),
  inverseFrequencies: v.array(v.number()),
  amplitude: v.number(),
});

const spec: Schema<ModelSpec> = v.object({
  family: v.string(),
  vocab: positive,
  hidden: positive,
  contextLength: positive,
  embedScale: v.number(),
  normEps: v.number(),
  tiedHead: v.boolean(),
  logitSoftCap: v.number(),
  layers: v.array(layer),
  ropes: v.array(rope),
});

const text: Schema<TextFacts> = v.object({
  tokenizer: v.unknown(),
  tokenizerConfig: v.unknown(),
  chatTemplate: v.nullable(v.string()),
  bos: v.nullable(count),
  addBos: v.boolean(),
  stopIds: v.array(count),
});

const about = {
  version: v.literal(1),
  id: v.string(),
  title: v.string(),
  origin: v.string(),
  license: v.string(),
  quantisation: v.string(),
  sourceBytes: count,
  bytes: count,
  createdAt: v.number(),
};

export const manifestSchema: Schema<ModelManifest> = v.pipe(
  v.object({
    ...about,
    spec,
    text,
    tensors: v.array(v.object({ name: v.string(), layout, rows: positive, cols: positive })),
    records: v.array(
      v.object({
        bytes: positive,
        sha256: hash,
        slabs: v.array(v.object({ tensor: count, row: count, rows: positive })),
      }),
    ),
  }),
  v.check(
    ({ tensors, records }) =>
      records.every((record) =>
        record.slabs.every(({ tensor, row, rows }) => row + rows <= (tensors[tensor]?.rows ?? -1)),
      ),
    'a slab lies outside its tensor',
  ),
);

export const partialSchema: Schema<PartialImport> = v.object({
  ...about,
  family: v.string(),
  contextLength: positive,
  weights: v.picklist(['keep', 'q8', 'q4']),
  sources: v.array(v.object({ name: v.string(), size: count, validator: v.string() })),
  records: v.array(v.object({ bytes: positive, sha256: v.nullable(hash) })),
});

/** The value, or one line on what is wrong with it. */
export function check<T>(schema: Schema<T>, value: unknown): { value: T } | { reason: string } {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return { value: result.output };
  const issue = result.issues[0];
  return { reason: `${v.getDotPath(issue) ?? 'the entry'}: ${issue.message}` };
}
