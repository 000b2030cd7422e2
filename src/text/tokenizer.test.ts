import { describe, expect, it } from 'vitest';
import { AppError } from '../base/failure.ts';
import { recording } from '../tools/golden/tokenizerRecordings.ts';
import { createTokenizer, encodePrompt, textFactsFromGguf } from './index.ts';

const vocabularies = recording('vocabularies.json');
const { texts } = recording('ids.json');

describe('createTokenizer', () => {
  it.each(['bytes', 'bpe', 'gemma'] as const)('decodes what it encoded with %s', (name) => {
    const tokenizer = createTokenizer(textFactsFromGguf(vocabularies[name]));
    // A spelled byte token is a byte to SentencePiece's reader, whoever wrote it; nothing else is lost.
    for (const text of texts) expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  });

  it.each(['bytes', 'bpe', 'gemma', 'unigram'] as const)(
    'never reads a control token out of text with %s',
    (name) => {
      const tokenizer = createTokenizer(textFactsFromGguf(vocabularies[name]));
      expect(tokenizer.controlIds.size).toBeGreaterThan(0);
      for (const [spelling, id] of tokenizer.controlIds) {
        for (const text of [spelling, `a${spelling}b`, ` ${spelling}${spelling} `]) {
          // SentencePiece unigram has no bytes to fall back on: the unknown token is all it can say.
          const ids = tokenizer.encode(text).filter((found) => !(name === 'unigram' && found === 0));
          expect(ids.filter((found) => tokenizer.isControl(found))).toEqual([]);
        }
        expect(tokenizer.encode(`a${spelling}b`, { special: true })).toContain(id);
      }
    },
  );

  it('does not read a control token even where words are taken whole', () => {
    const metadata = vocabularies.bytes;
    const tokens = [...(metadata['tokenizer.ggml.tokens'] as string[]), 'STOP'];
    const kinds = [...(metadata['tokenizer.ggml.token_type'] as number[]), 3];
    const tokenizer = createTokenizer(
      textFactsFromGguf({
        ...metadata,
        'tokenizer.ggml.tokens': tokens,
        'tokenizer.ggml.token_type': kinds,
        'tokenizer.ggml.pre': 'llama-bpe',
      }),
    );
    expect(tokenizer.encode('STOP')).not.toContain(tokens.indexOf('STOP'));
    expect(tokenizer.encode('STOP', { special: true })).toEqual([tokens.indexOf('STOP')]);
  });

  it('merges the leftmost of equal scores', () => {
    const tokens = ['<unk>', 'a', 'b', 'ab', 'ba', '▁'];
    const tokenizer = createTokenizer(
      textFactsFromGguf({
        'tokenizer.ggml.model': 'llama',
        'tokenizer.ggml.tokens': tokens,
        'tokenizer.ggml.scores': [0, -9, -9, -1, -1, -9],
        'tokenizer.ggml.token_type': [2, 1, 1, 1, 1, 1],
        'tokenizer.ggml.add_space_prefix': false,
      }),
    );
    const spelled = (text: string) => tokenizer.encode(text).map((id) => tokens[id]);
    expect(spelled('abab')).toEqual(['ab', 'ab']);
    expect(spelled('baba')).toEqual(['ba', 'ba']);
    expect(spelled('aba')).toEqual(['ab', 'a']);
    expect(spelled('bab')).toEqual(['ba', 'b']);
  });

  it('gives the bytes of pieces', () => {
    const tokenizer = createTokenizer(textFactsFromGguf(vocabularies.bpe));
    const [first = -1] = tokenizer.encode('🦀').slice(-4);
    expect([...tokenizer.pieceBytes(first)]).toEqual([0xf0]);
    expect(new TextDecoder().decode(tokenizer.pieceBytes(1))).toBe('<s>');
    expect(tokenizer.pieceBytes(1_000_000)).toHaveLength(0);
  });

  it('decodes cut characters to U+FFFD and leaves control tokens out', () => {
    const tokenizer = createTokenizer(textFactsFromGguf(vocabularies.bpe));
    const emoji = tokenizer.encode('🦀').slice(-4);
    expect(tokenizer.decode([1, ...emoji.slice(0, 2), 2])).toBe('\uFFFD');
    expect(tokenizer.decode([1, ...emoji, 2])).toBe('🦀');
    expect(tokenizer.decode([])).toBe('');
  });

  it('puts no space before text that goes on', () => {
    const tokenizer = createTokenizer(textFactsFromGguf(vocabularies.bpe));
    const whole = tokenizer.encode('the browser');
    const parts = [...tokenizer.encode('the'), ...tokenizer.encode(' browser', { continues: true })];
    expect(parts).toEqual(whole);
  });

  it('knows tokens spelled like members of every object', () => {
    const metadata = vocabularies.bytes;
    const extra = ['constructor', '__proto__', 'toString'];
    const tokens = [...(metadata['tokenizer.ggml.tokens'] as string[]), ...extra];
    const kinds = [...(metadata['tokenizer.ggml.token_type'] as number[]), 1, 1, 1];
    const facts = textFactsFromGguf({
      ...metadata,
      'tokenizer.ggml.tokens': tokens,
      'tokenizer.ggml.token_type': kinds,
      'tokenizer.ggml.pre': 'llama-bpe',
    });
    const tokenizer = createTokenizer(structuredClone(facts));
    expect(tokenizer.vocabSize).toBe(tokens.length);
    expect(tokenizer.encode('constructor')).toEqual([tokens.indexOf('constructor')]);
    expect(tokenizer.encode('toString')).toEqual([tokens.indexOf('toString')]);
    expect(tokenizer.decode([tokens.indexOf('__proto__')])).toBe('__proto__');
  });

  it('encodes a long text whole', () => {
    const tokenizer = createTokenizer(textFactsFromGguf(vocabularies.bpe));
    const long = texts.join(' ').repeat(100).slice(0, 100_000);
    expect(tokenizer.decode(tokenizer.encode(long))).toBe(long);
  });
});

describe('textFactsFromGguf', () => {
  it('names a pre-tokenizer or kind it does not know', () => {
    const unknown = { ...vocabularies.bytes, 'tokenizer.ggml.pre': 'from-the-future' };
    expect(codeOf(() => textFactsFromGguf(unknown))).toEqual(['UNSUPPORTED_TOKENIZER', 'from-the-future']);
    expect(codeOf(() => textFactsFromGguf({ 'tokenizer.ggml.model': 'rwkv' }))).toEqual([
      'UNSUPPORTED_TOKENIZER',
      'rwkv',
    ]);
    expect(codeOf(() => textFactsFromGguf({}))).toEqual(['UNSUPPORTED_TOKENIZER', 'none']);
  });

  it('calls a torn vocabulary a torn file', () => {
    const torn = { ...vocabularies.bpe, 'tokenizer.ggml.scores': [1, 2] };
    expect(codeOf(() => textFactsFromGguf(torn))[0]).toBe('NOT_A_MODEL');
    expect(codeOf(() => textFactsFromGguf({ 'tokenizer.ggml.model': 'gpt2' }))[0]).toBe('NOT_A_MODEL');
  });

  it('stops at the named ends and at control tokens known to end a turn', () => {
    const { stopIds, bos, addBos } = textFactsFromGguf(vocabularies.bytes);
    expect({ stopIds, bos, addBos }).toEqual({ stopIds: [0, 2], bos: 1, addBos: false });
    const llama = textFactsFromGguf(vocabularies.bpe);
    expect(llama).toMatchObject({ stopIds: [2], bos: 1, addBos: true });
  });

  it('goes on after the end of a channel where an answer has several', () => {
    const named = (tokens: string[]) =>
      textFactsFromGguf({
        'tokenizer.ggml.model': 'gpt2',
        'tokenizer.ggml.tokens': tokens,
        'tokenizer.ggml.token_type': tokens.map(() => 3),
        'tokenizer.ggml.merges': [],
      }).stopIds;
    expect(named(['<|end|>', '<|user|>'])).toEqual([0]);
    expect(named(['<|end|>', '<|return|>', '<|call|>'])).toEqual([1, 2]);
  });

  it('composes text where the model’s own tokenizer does', () => {
    const named = (pre: string) =>
      createTokenizer(textFactsFromGguf({ ...vocabularies.bytes, 'tokenizer.ggml.pre': pre }));
    const [apart, composed] = ['cafe\u0301', 'caf\u00e9'];
    expect(named('qwen2').encode(apart)).toEqual(named('qwen2').encode(composed));
    expect(named('llama-bpe').encode(apart)).not.toEqual(named('llama-bpe').encode(composed));
  });

  it('takes typed arrays, and ids as 64-bit integers', () => {
    const metadata = {
      ...vocabularies.bpe,
      'tokenizer.ggml.scores': Float32Array.from(vocabularies.bpe['tokenizer.ggml.scores'] as number[]),
      'tokenizer.ggml.token_type': Int32Array.from(vocabularies.bpe['tokenizer.ggml.token_type'] as number[]),
      'tokenizer.ggml.eos_token_id': 2n,
    };
    const facts = textFactsFromGguf(metadata);
    expect(facts.stopIds).toEqual([2]);
    expect(createTokenizer(facts).encode('the fox')).toEqual(
      createTokenizer(textFactsFromGguf(vocabularies.bpe)).encode('the fox'),
    );
  });
});

describe('encodePrompt', () => {
  it('begins with the first token where the model wants one', () => {
    const facts = textFactsFromGguf(vocabularies.bpe);
    const tokenizer = createTokenizer(facts);
    expect(encodePrompt(tokenizer, facts, 'the')).toEqual([1, ...tokenizer.encode('the')]);
    expect(encodePrompt(tokenizer, { ...facts, addBos: false }, 'the')).toEqual(tokenizer.encode('the'));
  });
});

function codeOf(act: () => unknown): [code: string, name: unknown] {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return [error.code, error.detail['tokenizer']];
    throw error;
  }
  throw new Error('nothing was thrown');
}
