"""
What transformers computes on the built-in guide: our engine is held to it by
src/engine/guide.test.ts and guide.gpu.test.ts. To be run again whenever the weights change.

    /opt/shoal-venv/bin/python src/tools/golden/guide.py

Three chats, each with the greedy tokens that follow. Of every position it keeps the
logits of 64 ids, which move on by one from position to position, the logarithm of the
sum of all logits' exponentials, and the experts of each layer with their margins.
"""

import base64
import hashlib
import json
import tempfile
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoTokenizer

from fixture import ROOT
from routes import RouteRecorder

GUIDE = ROOT / "public/guide"
TRUTH = ROOT / "src/engine/guideTruth.json"
QUESTIONS = ["What is Shoal?", "Tell me a story about a fox and a lantern.", "Who won the election in France?"]
POSITIONS = 60
SAMPLED = 64
# Less between the two best tokens, and rounding might choose the other.
CLEAR_LEAD = 1e-2


def unpacked(files, block):
    """The f32 values a folder with FP8 blocks stands for, under the same names."""
    values = {}
    for name, value in files.items():
        if name.endswith("_scale_inv"):
            continue
        value = value.float()
        if (scale := files.get(f"{name}_scale_inv")) is not None:
            spread = scale.float().repeat_interleave(block[0], 0).repeat_interleave(block[1], 1)
            value = value * spread[: value.shape[0], : value.shape[1]]
        values[name] = value
    return values


def load_guide():
    """transformers reads a folder of plain f32: its own FP8 code wants a GPU."""
    config = json.loads((GUIDE / "config.json").read_text())
    packing = config.pop("quantization_config")
    with tempfile.TemporaryDirectory() as place:
        plain = Path(place)
        (plain / "config.json").write_text(json.dumps(config))
        values = unpacked(load_file(GUIDE / "model.safetensors"), packing["weight_block_size"])
        save_file(values, plain / "model.safetensors", metadata={"format": "pt"})
        model, loading = AutoModelForCausalLM.from_pretrained(
            plain, dtype=torch.float32, attn_implementation="eager", experts_implementation="eager",
            output_loading_info=True)
    assert not loading["unexpected_keys"] and set(loading["missing_keys"]) <= {"lm_head.weight"}, loading
    return model.eval()


def logits_of(model, tokens):
    with torch.no_grad():
        return model(torch.tensor([tokens]), use_cache=False).logits[0].float().numpy()


def asked(model, recorder, tokens):
    prompt = len(tokens)
    while len(tokens) < POSITIONS:
        second, first = np.sort(logits_of(model, tokens)[-1])[-2:]
        if first - second < CLEAR_LEAD:
            break
        tokens = [*tokens, int(logits_of(model, tokens)[-1].argmax())]
    logits = logits_of(model, tokens)
    _, routes, margins = recorder.routes()
    step = logits.shape[1] // SAMPLED
    sampled = np.stack([row[at % step :: step] for at, row in enumerate(logits)])
    highest = logits.max(axis=1, keepdims=True).astype(np.float64)
    sums = highest[:, 0] + np.log(np.exp(logits - highest).sum(axis=1))
    return dict(promptTokens=prompt, tokens=tokens, routes=routes, margins=margins,
                logSumExp=[float(f"{s:.8g}") for s in sums],
                logits=base64.b64encode(sampled.astype("<f4").tobytes()).decode())


def main():
    torch.set_num_threads(1)
    tokenizer = AutoTokenizer.from_pretrained(GUIDE)
    model = load_guide()
    recorder = RouteRecorder(model)
    chats = []
    for question in QUESTIONS:
        tokens = tokenizer.apply_chat_template([dict(role="user", content=question)], add_generation_prompt=True,
                                               return_dict=False)
        chats.append(asked(model, recorder, list(tokens)))
        print(f"{question} {tokenizer.decode(chats[-1]['tokens'][len(tokens):])}")
    digest = hashlib.sha256((GUIDE / "model.safetensors").read_bytes()).hexdigest()
    TRUTH.write_text(json.dumps(dict(sha256=digest, vocab=model.config.vocab_size, chats=chats)) + "\n")
    print(f"{TRUTH.relative_to(ROOT)}: {TRUTH.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
