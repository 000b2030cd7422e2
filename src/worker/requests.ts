/** What may come over the wire, checked once; past this the types hold. */
import * as v from 'valibot';
import { AppError } from '../base/failure.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());

const sampling = v.object({
  temperature: v.pipe(finite, v.minValue(0)),
  topK: count,
  topP: v.pipe(finite, v.minValue(0), v.maxValue(1)),
  minP: v.pipe(finite, v.minValue(0), v.maxValue(1)),
  repetitionPenalty: v.pipe(finite, v.gtValue(0)),
  frequencyPenalty: finite,
  presencePenalty: finite,
  seed: count,
});

export const chatRequest = v.object({
  messages: v.pipe(
    v.array(v.object({ role: v.picklist(['system', 'user', 'assistant']), content: v.string() })),
    v.minLength(1),
  ),
  begun: v.exactOptional(v.string()),
  sampling,
  maxTokens: v.pipe(count, v.minValue(1)),
  stop: v.array(v.pipe(v.string(), v.minLength(1))),
  routes: v.boolean(),
});

export const completionRequest = v.object({
  prompt: v.union([v.object({ text: v.string(), chat: v.boolean() }), v.object({ ids: v.array(count) })]),
  sampling,
  maxTokens: count,
  logits: v.boolean(),
});

const url = v.pipe(v.string(), v.url(), v.regex(/^https?:/u));

export const modelSource = v.variant('kind', [
  v.object({
    kind: v.literal('file'),
    files: v.pipe(v.array(v.file()), v.minLength(1)),
    folder: v.exactOptional(v.string()),
  }),
  v.object({ kind: v.literal('url'), url }),
  v.object({ kind: v.literal('urls'), urls: v.pipe(v.array(url), v.minLength(1)) }),
  v.object({ kind: v.literal('hub'), repo: v.string(), path: v.string() }),
  v.object({ kind: v.literal('resume'), id: v.string() }),
]);

export const weightsMode = v.picklist(['keep', 'q8', 'q4']);
export const selfTestMode = v.picklist(['quick', 'full']);
export const loadOptions = v.object({ contextLength: v.pipe(count, v.minValue(1)) });
export const text = v.string();

/** BAD_REQUEST naming the field that is wrong. */
export function parse<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new AppError('BAD_REQUEST', `${v.getDotPath(issue) ?? 'the request'}: ${issue.message}`);
}
