/** The parts of a tokenizer.json that this room reads itself; the library reads the rest. */
import * as v from 'valibot';
import { AppError } from '../base/failure.ts';

const AddedTokenSchema = v.object({
  id: v.pipe(v.number(), v.integer(), v.minValue(0)),
  content: v.string(),
  special: v.optional(v.boolean(), false),
  lstrip: v.optional(v.boolean(), false),
  rstrip: v.optional(v.boolean(), false),
  normalized: v.optional(v.boolean()),
});

/** Its ids are looked at where its pieces are laid out: walking a large one takes a while. */
function isVocabulary(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A normalizer, pre-tokenizer, decoder or post-processor: a type and whatever it needs. */
const StepSchema = v.nullish(v.looseObject({ type: v.string() }), null);

const BpeSchema = v.looseObject({
  type: v.optional(v.literal('BPE'), 'BPE'),
  // Not v.record: that drops keys such as "constructor", which are tokens like any other.
  vocab: v.custom<Readonly<Record<string, number>>>(isVocabulary, 'not a vocabulary'),
  merges: v.array(v.unknown()),
  /**
   * Ours: in place of merges, the score of each piece by id, null for one that
   * merging never makes. No tokenizer.json has it; GGUF's SentencePiece models do.
   */
  scores: v.optional(v.array(v.nullable(v.number()))),
  unk_token: v.nullish(v.string()),
  byte_fallback: v.optional(v.boolean(), false),
});

const UnigramSchema = v.looseObject({
  type: v.literal('Unigram'),
  vocab: v.array(v.tuple([v.string(), v.number()])),
  unk_id: v.nullish(v.number()),
  byte_fallback: v.optional(v.boolean(), false),
});

const TokenizerJsonSchema = v.looseObject({
  added_tokens: v.optional(v.array(AddedTokenSchema), []),
  normalizer: StepSchema,
  pre_tokenizer: StepSchema,
  decoder: StepSchema,
  post_processor: StepSchema,
  model: v.union([BpeSchema, UnigramSchema]),
});

export type AddedToken = v.InferOutput<typeof AddedTokenSchema>;
export type Step = NonNullable<v.InferOutput<typeof StepSchema>>;
export type TokenizerJson = v.InferOutput<typeof TokenizerJsonSchema>;

export function parseTokenizerJson(value: unknown): TokenizerJson {
  const parsed = v.safeParse(TokenizerJsonSchema, value);
  if (parsed.success) return parsed.output;
  const at = v.getDotPath(parsed.issues[0]) ?? 'top';
  throw new AppError(
    'UNSUPPORTED_TOKENIZER',
    `This tokenizer is of a kind Shoal cannot read (${at}: ${parsed.issues[0].message}).`,
    {
      tokenizer: modelType(value),
    },
  );
}

function modelType(value: unknown): string {
  const named = v.safeParse(v.object({ model: v.object({ type: v.string() }) }), value);
  return named.success ? named.output.model.type : 'unnamed';
}

/** A step and, where it is a Sequence, every step inside it, in order. */
export function flattenStep(step: Step | null): Step[] {
  if (step === null) return [];
  const list = step['normalizers'] ?? step['pretokenizers'] ?? step['decoders'] ?? step['processors'];
  if (step.type !== 'Sequence' || !Array.isArray(list)) return [step];
  return list.flatMap((inner) => {
    const parsed = v.safeParse(StepSchema, inner);
    return parsed.success ? flattenStep(parsed.output) : [];
  });
}

/** The piece of each id; UNSUPPORTED_TOKENIZER where an id is none. */
export function pieceTable(json: TokenizerJson): (string | undefined)[] {
  const pieces: (string | undefined)[] = [];
  if (json.model.type === 'Unigram') {
    json.model.vocab.forEach(([piece], id) => (pieces[id] = piece));
  } else {
    for (const [piece, id] of Object.entries(json.model.vocab)) {
      if (!Number.isInteger(id) || id < 0) {
        throw new AppError(
          'UNSUPPORTED_TOKENIZER',
          `This tokenizer gives “${piece}” an id that is no number.`,
          {
            tokenizer: json.model.type,
          },
        );
      }
      pieces[id] = piece;
    }
  }
  for (const token of json.added_tokens) pieces[token.id] = token.content;
  return pieces;
}
