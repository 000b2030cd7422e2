/**
 * A tokenizer.json out of GGUF metadata, but for SentencePiece's scores (`tokenizer.ggml.*`; the keys are
 * described in the GGUF specification, their defaults in llama.cpp's loader).
 */
import * as v from 'valibot';
import { AppError } from '../base/failure.ts';
import type { TextFacts } from '../base/textFacts.ts';
import { preTokenizerNamed } from './preTokenizers.ts';
import { endsTurn, stopIdsOf } from './stopIds.ts';

/** `tokenizer.ggml.token_type`. */
const KIND = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** Bytes are spelled in GPT-2's alphabet; the splitting is done before. */
const BYTE_LEVEL = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false };

type Metadata = Readonly<Record<string, unknown>>;

interface Vocabulary {
  readonly tokens: readonly string[];
  readonly kinds: readonly number[];
}

/** UNSUPPORTED_TOKENIZER names the model or pre-tokenizer; NOT_A_MODEL where the vocabulary is absent or torn. */
export function textFactsFromGguf(metadata: Metadata): TextFacts {
  const kind = optionalString(metadata, 'tokenizer.ggml.model') ?? 'none';
  if (kind === 'gpt2') return byteLevelFacts(metadata);
  if (kind === 'llama') return sentencePieceFacts(metadata);
  if (kind === 't5') return unigramFacts(metadata);
  throw unsupported(`This model's tokenizer is of the kind “${kind}”, which Shoal does not know.`, kind);
}

function byteLevelFacts(metadata: Metadata): TextFacts {
  const pre = optionalString(metadata, 'tokenizer.ggml.pre') ?? 'default';
  const rules = preTokenizerNamed(pre);
  if (!rules) {
    throw unsupported(
      `This model's text is split by the pre-tokenizer “${pre}”, which Shoal does not know.`,
      pre,
    );
  }
  const vocabulary = readVocabulary(metadata);
  const merges = strings(metadata, 'tokenizer.ggml.merges');
  const tokenizer = {
    added_tokens: addedTokens(vocabulary),
    normalizer: rules.compose ? { type: 'NFC' } : null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        ...rules.patterns.map((pattern) => ({
          type: 'Split',
          pattern: { Regex: pattern },
          behavior: 'Isolated',
          invert: false,
        })),
        BYTE_LEVEL,
      ],
    },
    decoder: BYTE_LEVEL,
    post_processor: null,
    model: {
      type: 'BPE',
      vocab: vocabularyObject(vocabulary),
      merges,
      ignore_merges: rules.ignoreMerges,
    },
  };
  return finish(metadata, vocabulary, tokenizer, { addBos: rules.addBos, bos: null, eos: null });
}

function sentencePieceFacts(metadata: Metadata): TextFacts {
  const vocabulary = readVocabulary(metadata);
  const scores = numbers(metadata, 'tokenizer.ggml.scores', vocabulary.tokens.length);
  const unknown = optionalId(metadata, 'tokenizer.ggml.unknown_token_id', vocabulary) ?? 0;
  const tokenizer = {
    added_tokens: addedTokens(vocabulary),
    ...sentencePieceSteps(optionalBoolean(metadata, 'tokenizer.ggml.add_space_prefix') ?? true),
    post_processor: null,
    model: {
      type: 'BPE',
      vocab: vocabularyObject(vocabulary),
      merges: [],
      // Only ordinary pieces come of merging. llama.cpp lets any entry be made, so
      // there text that spells `<s>` can become the control token.
      scores: vocabulary.kinds.map((kind, id) => (kind === KIND.normal ? (scores[id] ?? 0) : null)),
      byte_fallback: true,
      fuse_unk: true,
      unk_token: vocabulary.tokens[unknown] ?? null,
    },
  };
  return finish(metadata, vocabulary, tokenizer, { addBos: true, bos: 1, eos: 2 });
}

function unigramFacts(metadata: Metadata): TextFacts {
  if (metadata['tokenizer.ggml.precompiled_charsmap'] !== undefined) {
    throw unsupported('This model normalises text by a table of its own, which Shoal does not know.', 't5');
  }
  const vocabulary = readVocabulary(metadata);
  const scores = numbers(metadata, 'tokenizer.ggml.scores', vocabulary.tokens.length);
  const tokenizer = {
    added_tokens: addedTokens(vocabulary),
    ...sentencePieceSteps(optionalBoolean(metadata, 'tokenizer.ggml.add_space_prefix') ?? false),
    post_processor: null,
    model: {
      type: 'Unigram',
      vocab: vocabulary.tokens.map((token, id) => [token, scores[id] ?? 0]),
      unk_id: optionalId(metadata, 'tokenizer.ggml.unknown_token_id', vocabulary) ?? 2,
    },
  };
  return finish(metadata, vocabulary, tokenizer, { addBos: false, bos: null, eos: 1 });
}

/** Spaces are written ▁, one is put in front, and decoding undoes both. */
function sentencePieceSteps(spacePrefix: boolean) {
  const escape = { type: 'Replace', pattern: { String: ' ' }, content: '▁' };
  return {
    normalizer: {
      type: 'Sequence',
      normalizers: spacePrefix ? [{ type: 'Prepend', prepend: '▁' }, escape] : [escape],
    },
    pre_tokenizer: null,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        ...(spacePrefix ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
      ],
    },
  };
}

interface Defaults {
  readonly addBos: boolean;
  readonly bos: number | null;
  readonly eos: number | null;
}

function finish(
  metadata: Metadata,
  vocabulary: Vocabulary,
  tokenizer: { added_tokens: AddedTokenJson[] },
  defaults: Defaults,
): TextFacts {
  const bos = optionalId(metadata, 'tokenizer.ggml.bos_token_id', vocabulary) ?? defaults.bos;
  const eos = optionalId(metadata, 'tokenizer.ggml.eos_token_id', vocabulary) ?? defaults.eos;
  const eot = optionalId(metadata, 'tokenizer.ggml.eot_token_id', vocabulary);
  const eom = optionalId(metadata, 'tokenizer.ggml.eom_token_id', vocabulary);
  const controls = tokenizer.added_tokens.filter((token) => token.special);
  return {
    tokenizer,
    tokenizerConfig: {
      bos_token: bos === null ? null : (vocabulary.tokens[bos] ?? null),
      eos_token: eos === null ? null : (vocabulary.tokens[eos] ?? null),
    },
    chatTemplate: optionalString(metadata, 'tokenizer.chat_template'),
    bos,
    addBos: bos !== null && (optionalBoolean(metadata, 'tokenizer.ggml.add_bos_token') ?? defaults.addBos),
    stopIds: stopIdsOf(
      [eos, eot, eom],
      controls.map((token) => [token.id, token.content] as const),
    ),
  };
}

interface AddedTokenJson {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
  readonly normalized: false;
}

/** Control tokens, whole tokens a user may write, and turn ends that the file calls ordinary by mistake. */
function addedTokens({ tokens, kinds }: Vocabulary): AddedTokenJson[] {
  return tokens.flatMap((content, id) => {
    const special =
      kinds[id] === KIND.control ||
      kinds[id] === KIND.unknown ||
      (endsTurn(content) && kinds[id] !== KIND.unused);
    const whole = special || kinds[id] === KIND.userDefined;
    return whole && content !== '' ? [{ id, content, special, normalized: false as const }] : [];
  });
}

/** Object.fromEntries, so that a token spelled `__proto__` is a key like any other. */
function vocabularyObject({ tokens }: Vocabulary): Record<string, number> {
  return Object.fromEntries(tokens.map((token, id) => [token, id]));
}

function readVocabulary(metadata: Metadata): Vocabulary {
  const tokens = strings(metadata, 'tokenizer.ggml.tokens');
  const kinds =
    metadata['tokenizer.ggml.token_type'] === undefined
      ? tokens.map(() => KIND.normal)
      : numbers(metadata, 'tokenizer.ggml.token_type', tokens.length);
  return { tokens, kinds };
}

function strings(metadata: Metadata, key: string): string[] {
  const value = metadata[key];
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'string')) throw torn(key);
  return value;
}

function numbers(metadata: Metadata, key: string, count: number): number[] {
  const value = metadata[key];
  const list =
    Array.isArray(value) || ArrayBuffer.isView(value)
      ? Array.from(value as ArrayLike<unknown>, Number)
      : null;
  if (!list || list.length < count || list.some(Number.isNaN)) throw torn(key);
  return list;
}

function optionalString(metadata: Metadata, key: string): string | null {
  return v.parse(v.fallback(v.nullable(v.string()), null), metadata[key]);
}

function optionalBoolean(metadata: Metadata, key: string): boolean | null {
  return v.parse(v.fallback(v.nullable(v.boolean()), null), metadata[key]);
}

/** An id outside the vocabulary counts as not given. */
function optionalId(metadata: Metadata, key: string, { tokens }: Vocabulary): number | null {
  const value = metadata[key];
  if (typeof value !== 'number' && typeof value !== 'bigint') return null;
  const id = Number(value);
  return Number.isInteger(id) && id >= 0 && id < tokens.length ? id : null;
}

function unsupported(words: string, name: string): AppError {
  return new AppError('UNSUPPORTED_TOKENIZER', words, { tokenizer: name });
}

function torn(key: string): AppError {
  return new AppError('NOT_A_MODEL', `The file's tokenizer is incomplete (${key}).`, { key });
}
