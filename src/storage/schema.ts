/**
 * What IndexedDB may hold, checked on the way out: another version of this page,
 * another page on the same origin, or a broken disk may have written it.
 * The schemas are typed by the contracts, so that they cannot drift apart.
 */
import * as v from 'valibot';
import type { TextFacts } from '../base/textFacts.ts';
import type { WeightLayout } from '../formats/layouts.ts';
import { count, modelSpec, positive, type Schema } from './specSchema.ts';
import type { ModelManifest, PartialImport, TensorEntry } from './types.ts';

export type { Schema } from './specSchema.ts';

const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const LAYOUTS: Readonly<Record<WeightLayout, true>> = {
  f32: true,
  f16: true,
  bf16: true,
  q4s: true,
  q4m: true,
  q4b: true,
  q4z: true,
  q4t: true,
  q4k: true,
  q4x: true,
  q4p: true,
  q4h: true,
  f4e: true,
  q8s: true,
  q8m: true,
  q8k: true,
  q8h: true,
  f8b: true,
};
const layout: Schema<WeightLayout> = v.pipe(
  v.string(),
  v.check((name) => Object.hasOwn(LAYOUTS, name), 'an unknown weight layout'),
  v.transform((name) => name as WeightLayout),
);

const text: Schema<TextFacts> = v.object({
  tokenizer: v.unknown(),
  tokenizerConfig: v.unknown(),
  chatTemplate: v.nullable(v.string()),
  bos: v.nullable(count),
  addBos: v.boolean(),
  stopIds: v.array(count),
});

/** What is stored is of this form; what another version stored is named as that rather than as damaged. */
const VERSION = 2;
const version = v.literal(VERSION, ({ input }) =>
  typeof input === 'number' && input < VERSION ? EARLIER : 'stored by another version of this page',
);
const EARLIER = 'stored by an earlier version of this page: download it again';

const tensor: Schema<TensorEntry> = v.pipe(
  v.object({ name: v.string(), layout, rows: positive, cols: positive, experts: v.optional(positive) }),
  v.check(({ rows, experts = 1 }) => rows % experts === 0, 'its rows are not whole experts'),
);

const about = {
  version,
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
    spec: modelSpec,
    text,
    tensors: v.array(tensor),
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

export interface Unreadable {
  /** One line on what is wrong with it. */
  readonly reason: string;
  /** Nothing may be: an earlier version of this page wrote it. */
  readonly outdated: boolean;
}

export function check<T>(schema: Schema<T>, value: unknown): { readonly value: T } | Unreadable {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return { value: result.output };
  const issue = result.issues[0];
  const outdated = issue.message === EARLIER;
  return { reason: outdated ? EARLIER : `${v.getDotPath(issue) ?? 'the entry'}: ${issue.message}`, outdated };
}
