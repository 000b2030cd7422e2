"""A small byte-level BPE vocabulary of printable ASCII, for the tiny checkpoints."""

import json
import string

BOS, EOS = "<|begin|>", "<|end|>"
# Byte-level BPE spells a space as U+0120 and a newline as U+010A.
SPACE, NEWLINE = "\u0120", "\u010a"


def toy_tokens(vocab):
    """(tokens, merges): two control tokens, the characters, then merged pairs up to `vocab`."""
    characters = [chr(c) for c in range(33, 127)] + [SPACE, NEWLINE]
    letters = string.ascii_lowercase
    pairs = [(SPACE, c) for c in letters] + [(a, b) for a in letters for b in letters]
    merges = pairs[: vocab - 2 - len(characters)]
    return [BOS, EOS, *characters, *(a + b for a, b in merges)], [f"{a} {b}" for a, b in merges]


def write_tokenizer_files(folder, vocab):
    tokens, merges = toy_tokens(vocab)
    special = [dict(id=i, content=t, single_word=False, lstrip=False, rstrip=False, normalized=False, special=True)
               for i, t in enumerate((BOS, EOS))]
    level = dict(type="ByteLevel", add_prefix_space=False, trim_offsets=True, use_regex=True)
    tokenizer = dict(
        version="1.0", truncation=None, padding=None, added_tokens=special, normalizer=None, pre_tokenizer=level,
        post_processor=None, decoder=level,
        model=dict(type="BPE", dropout=None, unk_token=None, continuing_subword_prefix=None, end_of_word_suffix=None,
                   fuse_unk=False, byte_fallback=False, ignore_merges=False,
                   vocab={t: i for i, t in enumerate(tokens)}, merges=merges))
    config = dict(tokenizer_class="PreTrainedTokenizerFast", bos_token=BOS, eos_token=EOS, add_bos_token=False,
                  chat_template="{% for m in messages %}{{ m['content'] }}{% endfor %}")
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer) + "\n")
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=1) + "\n")
