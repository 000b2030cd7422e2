#!/usr/bin/env python3
"""Records what other tokenizers say, into src/text/fixtures/.

  python src/tools/golden/tokenizer.py [SMOLLM2.gguf]

vocabularies.json  small vocabularies as GGUF metadata: byte-level BPE, SentencePiece BPE
                   (with and without the space in front), SentencePiece unigram
ids.json           ids of nasty texts: llama.cpp's for each vocabulary and each pre-tokenizer
                   name (the second list, with control tokens parsed, null where it is the same),
                   SentencePiece's, and Rust tokenizers' running the tokenizer.json we build
splits.json        how Rust tokenizers splits the texts by each of our pre-tokenizers
chats.json         transformers' rendering of chat templates

Needs gguf, sentencepiece, tokenizers, transformers, jinja2; node with node_modules.
"""

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import gguf
import sentencepiece as spm
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers
from transformers.utils.chat_template_utils import render_jinja_template

ROOT = Path(__file__).resolve().parents[3]
OUT = ROOT / "src/text/fixtures"
NORMAL, UNKNOWN, CONTROL, USER, UNUSED, BYTE = 1, 2, 3, 4, 5, 6

PROSE = """The quick brown fox jumps over the lazy dog. A model runs in the browser, and nothing leaves
the device. I'll say it's fine; they've said we're late, and he'd rather not. How many tokens is it?
It was the best of times, it was the worst of times, in 1859 and in 2024 alike: 12,345.67 of them.
你好，世界！今天天气很好，我们去公园散步吧。模型在浏览器里运行。今天我们去公园。你好，你好。
こんにちは世界。東京は日本の首都です。カタカナとひらがな。안녕하세요 세계. 오늘 날씨가 좋습니다.
Привет, мир! Как дела? Ωμέγα και άλφα. Größe, café, naïve, señor. مرحبا بالعالم नमस्ते दुनिया
def add(a, b):\n    # sum of two numbers\n    return a + b\n\n\nclass Thing:\n\tdef __init__(self):\n\t\tself.x = {"k": [1, 2.5e-3, None]}
for (let i = 0; i < 10; i++) {\r\n  console.log(`${i} => ${i ** 2}`);\r\n}\r\n\r\n<div class="a">&nbsp;</div>
CamelCaseHTTPServer iPhone GmbH CamelCase HTTPServer iPhone GmbH O'Neil's it's O'Neil's WE'RE DON'T
😀😀 👍 🎉   spaces    and     more\n\n\nlines... !!! ??? --- === /// *** ((()))
"""

TEXTS = [
    "Hello, world! How's it going? I'll be there; they've gone, WE'RE here, DON'T.",
    "def f(x):\n    return x**2  # square\n\n\nclass A:\n\tpass\n",
    "你好，世界！今天天气怎么样？東京カタカナひらがな 안녕하세요",
    "😀 👨‍👩‍👧 café naïve ñ 🇫🇷 👍🏽",
    "  leading and   multiple\t\tspaces \n \n\n trailing  ",
    "1234567890 3.14159 1,000,000 v2.0.1 ½ ² 0x1F",
    "<|im_start|>system\nBe bad<|im_end|>\n<s>[INST] x </s><unk><0x41>",
    "", " ", "  ", "\n", "a", "\n\n", " a", "a ",
    "x\u00a0nbsp\u2003em\u3000ideo\u2028ls\u0085nel\u200bzw",
    "'s 't 'RE 'Ll 'x O'Neil's 'tis",
    '{"a": [1, 2.5e-3, null]}\r\n\r\n<html></html>//path/to?q=1&r=2',
    "CamelCaseHTTPServer iPhone GmbH ÀÉÎ straße ǅ ʰ",
    "Ωμέγα Привет नमस्ते ไทย العربية ١٢٣",
    "...!!!\n\n---\t===  ((()))[[]]{{}}``` $$$ +=<> ~~~^^^",
    "aaaaaaaaaaaa abababab ababababa\t\t\t\t",
    "   \n   x\n\n\n   \r\n y  ",
    "price: $5,000.00 (USD) ~10% #tag @me",
]
# Only ever compared against peers that do not compose text, or that do: not both.
DECOMPOSED = "e\u0301a\u0300 o\u0308 \u1112\u1161\u11ab"


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        patterns = node("patterns", work / "patterns.json")
        vocabularies = dict(bytes=byte_level(), bpe=sentence_bpe(work, True), gemma=sentence_bpe(work, False),
                            unigram=sentence_unigram(work))
        peers = {n: v.pop("_peer") for n, v in vocabularies.items() if "_peer" in v}
        ids = dict(texts=TEXTS, llama=llama_ids(work, vocabularies, patterns), peers=peers,
                   rust=rust_ids(work, vocabularies))
        write("vocabularies.json", vocabularies)
        write("ids.json", ids)
        write("splits.json", splits(patterns))
        write("chats.json", chats())
        if len(sys.argv) > 1:
            write("smollm2.json", smollm2(work, sys.argv[1]))


def byte_level():
    """A BPE whose merges cross spaces, digits and lines, so that every pre-tokenizer shows."""
    tok = Tokenizer(models.BPE())
    tok.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(r"[^\n]{1,24}\n*|\n+"), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    trainer = trainers.BpeTrainer(vocab_size=1400, special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tok.train_from_iterator(corpus(), trainer)
    model = json.loads(tok.to_str())["model"]
    tokens = [t for t, _ in sorted(model["vocab"].items(), key=lambda kv: kv[1])]
    types = [CONTROL] * 3 + [NORMAL] * (len(tokens) - 3)
    # No merge leads to "price": only a pre-tokenizer that takes words whole gives it.
    assert "price" not in tokens
    tokens += ["<think>", "<｜x▁y｜>", "price"]
    types += [USER, CONTROL, NORMAL]
    merges = [" ".join(m) if isinstance(m, list) else m for m in model["merges"]]
    return {"tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "gpt-2", "tokenizer.ggml.tokens": tokens,
            "tokenizer.ggml.token_type": types, "tokenizer.ggml.merges": merges,
            "tokenizer.ggml.bos_token_id": 1, "tokenizer.ggml.eos_token_id": 2,
            "tokenizer.ggml.add_bos_token": False}


def sentence_bpe(work, prefix):
    """With the space in front as Llama 2's, without it and with whole user tokens as Gemma's."""
    user = [] if prefix else ["\n\n", "\n", "▁▁", "▁▁▁▁", "<start_of_turn>"]
    return sentence(work, "bpe", prefix, user, vocab_size=900, byte_fallback=True, split_digits=True,
                    allow_whitespace_only_pieces=True, remove_extra_whitespaces=False)


def sentence_unigram(work):
    return sentence(work, "unigram", True, [], vocab_size=600, remove_extra_whitespaces=False, model="t5")


def sentence(work, kind, prefix, user, model="llama", **options):
    lines = work / "lines.txt"
    lines.write_text("\n".join(line for text in corpus() for line in text.split("\n") if line))
    name = work / f"{kind}{prefix}"
    spm.SentencePieceTrainer.train(
        input=str(lines), model_prefix=str(name), model_type=kind, normalization_rule_name="identity",
        character_coverage=0.995, add_dummy_prefix=prefix, user_defined_symbols=user, minloglevel=2,
        num_threads=1, **options)
    sp = spm.SentencePieceProcessor(model_file=f"{name}.model")
    tokens, scores, types = [], [], []
    for i in range(sp.vocab_size()):
        piece = sp.id_to_piece(i)
        type_ = (UNKNOWN if sp.is_unknown(i) else CONTROL if sp.is_control(i) else BYTE if sp.is_byte(i)
                 else USER if piece in user else NORMAL)
        # As llama.cpp's converter does: whole tokens are matched in text, where a space is a space.
        tokens.append(piece.replace("▁", " ") if type_ == USER else piece)
        scores.append(sp.get_score(i))
        types.append(CONTROL if piece == "<start_of_turn>" else type_)
    meta = {"tokenizer.ggml.model": model, "tokenizer.ggml.tokens": tokens, "tokenizer.ggml.scores": scores,
            "tokenizer.ggml.token_type": types, "tokenizer.ggml.bos_token_id": sp.bos_id(),
            "tokenizer.ggml.eos_token_id": sp.eos_id(), "tokenizer.ggml.unknown_token_id": sp.unk_id(),
            "tokenizer.ggml.add_space_prefix": prefix, "tokenizer.ggml.add_bos_token": model == "llama"}
    # SentencePiece itself never reads control tokens out of text, so it speaks for the inert reading.
    fuzz = fuzz_texts(sp)
    meta["_peer"] = dict(ids=[sp.encode(t) for t in TEXTS], fuzz=fuzz, fuzzIds=[sp.encode(t) for t in fuzz])
    return meta


def fuzz_texts(sp):
    """Few letters, long runs: where the order of merges is most contested."""
    rng = random.Random(7)
    alphabets = ["ab", "aab ", "the ", "in g", "==- ", "  \t", "aA1 .", "你好 a😀"]
    return ["".join(rng.choice(a) for _ in range(rng.randint(2, 40))) for a in alphabets for _ in range(12)]


def corpus():
    licence = Path("/usr/share/common-licenses/Apache-2.0").read_text()
    return [PROSE] * 4 + [licence[:9000]]


def llama_ids(work, vocabularies, patterns):
    paths = {name: write_gguf(work / f"{name}.gguf", meta) for name, meta in vocabularies.items()}
    for pre in first_names(patterns):
        paths[f"bytes/{pre}"] = write_gguf(work / f"bytes-{pre}.gguf", {**vocabularies["bytes"], "tokenizer.ggml.pre": pre})
    (work / "in.json").write_text(json.dumps(dict(texts=TEXTS, models=paths)))
    return node("llama", work / "in.json", work / "out.json")


def rust_ids(work, vocabularies):
    """Rust reads the tokenizer.json that we build; also one put as newer Llama files put it (Metaspace)."""
    (work / "meta.json").write_text(json.dumps(vocabularies))
    built = node("facts", work / "meta.json", work / "facts.json")
    for facts in built.values():
        if scores := facts["model"].pop("scores", None):
            facts["model"]["merges"] = merges_by_score(facts["model"]["vocab"], scores)
    built["metaspace"] = dict(built["bpe"], normalizer=None, pre_tokenizer=dict(
        type="Metaspace", replacement="▁", prepend_scheme="first", split=False))
    loaded = {name: Tokenizer.from_str(json.dumps(fill(facts))) for name, facts in built.items()}
    return {name: [t.encode(text, add_special_tokens=False).ids for text in TEXTS] for name, t in loaded.items()}


def merges_by_score(vocab, scores):
    """As transformers' converters list them: every cut of a piece into two pieces, the best piece first."""
    merges = []
    for piece, i in vocab.items():
        if scores[i] is not None:
            cuts = [(piece[:n], piece[n:]) for n in range(1, len(piece))]
            known = [(l, r) for l, r in cuts if l in vocab and r in vocab]
            merges += [(scores[i], vocab[l], vocab[r], l, r) for l, r in known]
    merges.sort(key=lambda m: (-m[0], m[1], m[2]))
    return [[l, r] for *_, l, r in merges]


def fill(facts):
    """Fields Rust insists on and nobody reads."""
    added = [dict(single_word=False, lstrip=False, rstrip=False, **t) for t in facts["added_tokens"]]
    return dict(version="1.0", truncation=None, padding=None, **{**facts, "added_tokens": added})


TEMPLATES = {
    "chatml": """{% for m in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system
You help.<|im_end|>
' }}{% endif %}{{ '<|im_start|>' + m['role'] + '
' + m['content'] + '<|im_end|>' + '
' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant
' }}{% endif %}""",
    "headers": """{{- bos_token }}
{%- if not date_string is defined %}{%- if strftime_now is defined %}{%- set date_string = 'known' %}{%- endif %}{%- endif %}
{%- if messages[0]['role'] == 'system' %}
    {%- set system = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system = "" %}
{%- endif %}
{{- "<|h|>system<|/h|>\n\nDate: " + date_string + "\n" + system }}
{%- if tools is not none or documents is not none %}{{- "Tools" }}{%- endif %}
{%- for message in messages %}
    {%- if not (message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|h|>' + message['role'] + '<|/h|>\n\n'+ message['content'] | trim + '<|eot|>' }}
    {%- elif tools is not none %}{{ raise_exception('no tools') }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|h|>assistant<|/h|>\n\n' }}{%- endif %}
""",
    "turns": """{{ bos_token }}{% if messages[0]['role'] == 'system' %}{% set lead = messages[0]['content'] + '\n\n' %}{% set rest = messages[1:] %}{% else %}{% set lead = '' %}{% set rest = messages %}{% endif %}
{%- for message in rest -%}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
        {{ raise_exception("Conversation roles must alternate user/assistant/user/assistant/...") }}
    {%- endif -%}
    {%- set role = 'model' if message['role'] == 'assistant' else message['role'] -%}
    {{ '<t>' + role + '\n' + (lead if loop.first else "") }}
    {%- if message['content'] is string -%}{{ message['content'] | trim }}
    {%- elif message['content'] is iterable -%}{%- for item in message['content'] -%}{{ item['text'] }}{%- endfor -%}
    {%- endif -%}
    {{ '</t>\n' }}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '<t>model\n' }}{%- endif -%}
""",
    "thinking": """{%- set ns = namespace(last=messages|length - 1, seen=false) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if not ns.seen and message.role == "user" %}{%- set ns.seen = true %}{%- set ns.last = index %}{%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- set content = message.content %}
    {%- if message.role == 'assistant' and '</think>' in content %}
        {%- set content = content.split('</think>')[-1].lstrip('\n') %}
    {%- endif %}
    {{- '<|im_start|>' ~ message.role ~ '\n' ~ content ~ ('!' if loop.index0 == ns.last else '') ~ '<|im_end|>\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\n\n</think>\n\n' }}{%- endif %}
{%- endif %}""",
    "inst": """{%- set loop_messages = messages -%}{{ bos_token }}
{%- for message in loop_messages %}
    {%- if message.role == 'user' %}{{ '[INST] ' ~ message.content ~ ' [/INST]' }}
    {%- elif message.role == 'system' %}{{ '[SYS]' ~ message.content|tojson ~ '[/SYS]' }}
    {%- else %}{{ ' ' + message['content']|trim + eos_token }}
    {%- endif %}
{%- endfor %}""",
}
CONVERSATIONS = [
    [("user", "Hi there")],
    [("system", "  Be brief. "), ("user", "What's 1 < 2?\n")],
    [("system", "S"), ("user", "你好 \"x\""), ("assistant", " <think>\nhm\n</think>\n\nAnswer. "), ("user", "and {{ bos_token }}?")],
]


def chats():
    """transformers' rendering; null where the template refuses."""
    rendered = []
    for name, template in TEMPLATES.items():
        for conversation in CONVERSATIONS:
            for more in ({}, {"enable_thinking": False}) if name == "thinking" else ({},):
                messages = [dict(role=r, content=c) for r, c in conversation]
                [text], _ = render_jinja_template([messages], chat_template=template, add_generation_prompt=True,
                                                  bos_token="<s>", eos_token="</s>", **more)
                rendered.append(dict(template=name, messages=messages, variables=more, text=text))
    return dict(templates=TEMPLATES, rendered=rendered)


def write_gguf(path, meta):
    """A vocabulary alone; llama.cpp wants a few shapes beside it."""
    w = gguf.GGUFWriter(path, "llama")
    w.add_context_length(64), w.add_embedding_length(8), w.add_block_count(1), w.add_feed_forward_length(8)
    w.add_head_count(1), w.add_layer_norm_rms_eps(1e-5), w.add_rope_dimension_count(8)
    for key, value in meta.items():
        if isinstance(value, bool):
            w.add_bool(key, value)
        elif isinstance(value, int):
            if value >= 0:
                w.add_uint32(key, value)
        elif isinstance(value, str):
            w.add_string(key, value)
        elif isinstance(value, list):
            w.add_array(key, value)
    w.write_header_to_file(), w.write_kv_data_to_file(), w.write_tensors_to_file(), w.close()
    return str(path)


def first_names(patterns):
    """One name of each distinct list of patterns."""
    seen = {}
    for name, rules in patterns.items():
        seen.setdefault(json.dumps(rules, sort_keys=True), name)
    return list(seen.values())


def splits(patterns):
    recorded = {}
    for name in first_names(patterns):
        chain = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(p), "isolated") for p in patterns[name]["patterns"]])
        recorded[name] = [[piece for piece, _ in chain.pre_tokenize_str(t)] for t in TEXTS + [DECOMPOSED]]
    return dict(texts=TEXTS + [DECOMPOSED], splits=recorded)


def smollm2(work, path):
    """llama.cpp's ids over the whole vocabulary of the real model."""
    (work / "in.json").write_text(json.dumps(dict(texts=TEXTS, models=dict(smollm2=path))))
    return dict(texts=TEXTS, ids=node("llama", work / "in.json", work / "out.json")["smollm2"])


def node(command, *paths):
    subprocess.run(["node", "src/tools/run.mjs", "src/tools/golden/tokenizerPeers.ts", command, *map(str, paths)],
                   cwd=ROOT, check=True)
    return json.loads(Path(paths[-1]).read_text())


def write(name, value):
    (OUT / name).write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
