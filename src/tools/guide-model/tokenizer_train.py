"""
Trains the guide's tokenizer: byte-level BPE in GPT-2's manner, on a seeded sample of
the corpus. Writes tokenizer.json and tokenizer_config.json with the chat template.

    /opt/shoal-venv/bin/python src/tools/guide-model/tokenizer_train.py --corpus FILE --out DIR
"""

import argparse
import json
import random
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from conversations import END, SPECIALS, read_corpus, BOS

# System words are left out: the guide was taught none.
TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}"
    "{% if message['role'] == 'user' %}{{ '<|user|>' + (message['content'] | trim) + '<|end|>' }}"
    "{% elif message['role'] == 'assistant' %}{{ '<|guide|>' + (message['content'] | trim) + '<|end|>' }}{% endif %}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|guide|>' }}{% endif %}"
)


def train_tokenizer(texts, size):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=list(SPECIALS), show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(texts, trainer)
    assert tokenizer.get_vocab_size() == size, tokenizer.get_vocab_size()
    return tokenizer


def tokenizer_config(context):
    return dict(tokenizer_class="PreTrainedTokenizerFast", bos_token=BOS, eos_token=END, pad_token=END, add_bos_token=False,
                clean_up_tokenization_spaces=False, model_max_length=context, chat_template=TEMPLATE)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--vocabulary", type=int, default=2048)
    parser.add_argument("--sample", type=int, default=60_000, help="conversations")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    corpus = read_corpus(args.corpus)
    random.Random(args.seed).shuffle(corpus)
    texts = [text for conversation in corpus[: args.sample] for _, text in conversation]
    tokenizer = train_tokenizer(texts, args.vocabulary)
    args.out.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(args.out / "tokenizer.json"))
    (args.out / "tokenizer_config.json").write_text(json.dumps(tokenizer_config(512), indent=2) + "\n")
    characters, tokens = sum(map(len, texts)), sum(len(e.ids) for e in tokenizer.encode_batch(texts))
    print(f"{len(corpus)} conversations; {tokens} tokens in {characters} characters of the sample, {characters / tokens:.2f} each")


if __name__ == "__main__":
    main()
