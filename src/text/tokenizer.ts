/**
 * Text to token ids and back. The library merges; this file finds the whole
 * tokens itself, because it must be able not to: text a user typed that spells
 * `<|im_end|>` is seven or so ordinary tokens, never the one that ends a turn.
 * To make that certain the library never hears of control tokens.
 */
import { BPE, Tokenizer as Library } from '@huggingface/tokenizers';
import { AppError } from '../base/failure.ts';
import type { TextFacts } from '../base/textFacts.ts';
import { createSplitter, type Section } from './addedTokens.ts';
import { mergeRanksOf } from './mergeRanks.ts';
import { pieceRules } from './pieces.ts';
import { takePrefixRule, type PrefixRule } from './spacePrefix.ts';
import { parseTokenizerJson, pieceTable, type AddedToken, type TokenizerJson } from './tokenizerJson.ts';

export interface EncodeOptions {
  /** Control tokens spelled in the text become those tokens. Never for text from a user. */
  readonly special?: boolean;
  /** The text goes on after other text: no space is put in front of it. */
  readonly continues?: boolean;
}

export interface Tokenizer {
  /** Ids that fit the model's embedding may go beyond this; ids below it have a piece. */
  readonly vocabSize: number;
  /** Whether the first space of a decoded answer is the encoder's own. */
  readonly dropsFirstSpace: boolean;
  encode(text: string, options?: EncodeOptions): number[];
  /** Control tokens are left out; bytes that are no UTF-8 become U+FFFD. */
  decode(ids: readonly number[]): string;
  /** The bytes of one token, a control token's being its spelling. Empty for an id without a piece. */
  pieceBytes(id: number): Uint8Array;
  isControl(id: number): boolean;
  /** Spelling and id of every control token. */
  readonly controlIds: ReadonlyMap<string, number>;
  /** Text cut at control tokens. */
  splitAtControls(text: string): (string | number)[];
}

/** UNSUPPORTED_TOKENIZER where the facts hold a kind this room cannot run. */
export function createTokenizer(facts: TextFacts): Tokenizer {
  const json = parseTokenizerJson(facts.tokenizer);
  const controls = json.added_tokens.filter((token) => token.special);
  const whole = json.added_tokens.filter((token) => !token.special && token.normalized !== true);
  const splitAll = createSplitter([...controls, ...whole]);
  const splitWhole = createSplitter(whole);
  const splitControls = createSplitter(controls);

  const { prefix, normalizer, preTokenizer } = takePrefixRule(json);
  const pieces = pieceTable(json);
  const encodeText = libraryEncoder(json, { normalizer, pre_tokenizer: preTokenizer }, controls, pieces);

  const rules = pieceRules(json);
  const added = new Set(json.added_tokens.map((token) => token.id));
  const controlSet = new Set(controls.map((token) => token.id));
  const utf8 = new TextEncoder();

  const pieceBytes = (id: number): Uint8Array => {
    const piece = pieces[id];
    if (piece === undefined) return new Uint8Array(0);
    return added.has(id) ? utf8.encode(piece) : rules.bytesOf(piece);
  };

  return {
    vocabSize: pieces.length,
    dropsFirstSpace: rules.dropsFirstSpace,
    encode: (text, { special = false, continues = false } = {}) =>
      encodeSections(special ? splitAll(text) : splitWhole(text), prefix, continues, encodeText),
    decode: (ids) => {
      const text = decodeBytes(ids.filter((id) => !controlSet.has(id)).map(pieceBytes));
      return rules.dropsFirstSpace && text.startsWith(' ') ? text.slice(1) : text;
    },
    pieceBytes,
    isControl: (id) => controlSet.has(id),
    controlIds: new Map(controls.map((token) => [token.content, token.id] as const)),
    splitAtControls: (text) =>
      splitControls(text).map((section) => (typeof section === 'string' ? section : section.id)),
  };
}

/** All the bytes at once, so a character may span tokens. */
export function decodeBytes(parts: readonly Uint8Array[]): string {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return parts.map((part) => decoder.decode(part, { stream: true })).join('') + decoder.decode();
}

function encodeSections(
  sections: readonly Section[],
  prefix: PrefixRule,
  continues: boolean,
  encodeText: (text: string) => number[],
): number[] {
  const ids: number[] = [];
  sections.forEach((section, index) => {
    if (typeof section !== 'string') {
      ids.push(section.id);
      return;
    }
    const text = continues && index === 0 ? section : prefix(section, index === 0 && !continues);
    for (const id of encodeText(text)) ids.push(id);
  });
  return ids;
}

/** The library over the vocabulary without control tokens. */
function libraryEncoder(
  json: TokenizerJson,
  steps: Pick<TokenizerJson, 'normalizer' | 'pre_tokenizer'>,
  controls: readonly AddedToken[],
  pieces: readonly (string | undefined)[],
): (text: string) => number[] {
  const normalized = json.added_tokens.filter((token) => !token.special && token.normalized === true);
  const rest = { ...json, ...steps, added_tokens: normalized, post_processor: null, decoder: null };
  try {
    const library =
      json.model.type === 'Unigram'
        ? new Library({ ...rest, model: hideControls(json.model, controls) }, {})
        : bpeLibrary(rest, json.model, controls, pieces);
    return (text) => library.encode(text, { add_special_tokens: false }).ids;
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new AppError(
      'UNSUPPORTED_TOKENIZER',
      `This model's tokenizer cannot be run here: ${words}`,
      { tokenizer: json.model.type },
      error,
    );
  }
}

type Unigram = Extract<TokenizerJson['model'], { type: 'Unigram' }>;
type Bpe = Extract<TokenizerJson['model'], { type: 'BPE' }>;

function bpeLibrary(
  rest: object,
  model: Bpe,
  controls: readonly AddedToken[],
  pieces: readonly (string | undefined)[],
): Library {
  const ranks = mergeRanksOf(model, pieces);
  const library = new Library({ ...rest, model: ranks === null ? model : { ...model, merges: [] } }, {});
  const bpe = library.model;
  if (!(bpe instanceof BPE)) throw new Error('not a BPE');
  if (ranks !== null) bpe.bpe_ranks = ranks;
  for (const { content } of controls) {
    // The unknown token stands for what the vocabulary cannot spell, so the library needs it.
    if (content !== model.unk_token) bpe.tokens_to_ids.delete(content);
  }
  return library;
}

/** Ids are places in a unigram's list, so a control token keeps its place under a spelling no text has. */
function hideControls(model: Unigram, controls: readonly AddedToken[]): Unigram {
  const ids = new Set(controls.map((token) => token.id));
  const vocab = model.vocab.map(([piece, score], id): [string, number] => [
    ids.has(id) ? `\uFFFF${id}\uFFFF` : piece,
    score,
  ]);
  return { ...model, vocab };
}
