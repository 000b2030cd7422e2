/**
 * A byte-level BPE tokenizer with as many pieces as a model's vocabulary: the size of
 * its file is what a real one would cost an import in memory.
 */
interface TokenizerFiles {
  readonly tokenizer: unknown;
  readonly config: unknown;
}

const END = '<|end_of_text|>';

/** Bytes, then pairs of bytes in order. At most 257 + 65,536 pieces. */
export function byteTokenizer(size: number): TokenizerFiles {
  const letters = byteLetters();
  const vocab: Record<string, number> = { [END]: 0 };
  letters.forEach((letter, byte) => (vocab[letter] = byte + 1));
  const merges: string[] = [];
  for (let id = 257; id < size; id++) {
    const [left, right] = [letters[(id - 257) >> 8], letters[(id - 257) & 255]];
    vocab[`${left}${right}`] = id;
    merges.push(`${left} ${right}`);
  }
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  const end = { id: 0, content: END, single_word: false, lstrip: false, rstrip: false };
  return {
    tokenizer: {
      version: '1.0',
      added_tokens: [{ ...end, normalized: false, special: true }],
      normalizer: null,
      pre_tokenizer: byteLevel,
      post_processor: null,
      decoder: byteLevel,
      model: { type: 'BPE', unk_token: null, byte_fallback: false, vocab, merges },
    },
    config: { tokenizer_class: 'GPT2Tokenizer', bos_token: END, eos_token: END, add_bos_token: false },
  };
}

/** GPT-2's letter for each byte: itself where it prints, else one from U+0100 on. */
function byteLetters(): readonly string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const prints = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
    return String.fromCodePoint(prints ? byte : next++);
  });
}
