"""What every golden fixture shares: the tokens PyTorch is asked about, the weights' rounding, the files written."""

import json
import shutil
from pathlib import Path

import numpy as np
import torch

from toy_tokenizer import write_tokenizer_files

ROOT = Path(__file__).resolve().parents[3]
FIXTURES = ROOT / "src/graph/fixtures"
PROMPT, DECODED = 70, 8
# Of transformers' own running, and no part of a model.
NOT_OF_THE_MODEL = ("transformers_version", "dtype", "torch_dtype", "use_cache", "attention_dropout", "initializer_range")


def exact_in_halves(value):
    """Rounded so that bf16 and f16 both hold it."""
    return torch.from_numpy(np.where(np.abs(value) < 2.0**-10, 0, value)).to(torch.bfloat16).float()


def run(model, seed, decoded=DECODED):
    """Prompt and greedy tokens, and the logits of every position."""
    rng = np.random.default_rng(1000 + seed)
    vocab = model.config.vocab_size
    tokens = [0] + [int(t) for t in rng.integers(2, vocab, PROMPT - 1)]
    with torch.no_grad():
        for _ in range(decoded):
            tokens.append(int(logits_of(model, tokens)[-1].argmax()))
        return tokens, logits_of(model, tokens)


def logits_of(model, tokens):
    """[tokens, vocab], without a cache."""
    with torch.no_grad():
        return model(torch.tensor([tokens]), use_cache=False).logits[0].float().numpy()


def described(config):
    """The configuration as config.json holds it."""
    return {k: v for k, v in config.to_dict().items() if k not in NOT_OF_THE_MODEL}


def write_hf(folder, config, tensors):
    from safetensors.torch import save_file

    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(config, indent=1, sort_keys=True) + "\n")
    save_file({k: v.contiguous() for k, v in tensors.items()}, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)
    write_tokenizer_files(folder, config.get("text_config", config)["vocab_size"])


def fresh_folder(name):
    """Without its hf/; what other scripts put beside it stays."""
    folder = FIXTURES / name
    shutil.rmtree(folder / "hf", ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_truth(folder, tokens, logits, **more):
    logits.astype("<f4").tofile(folder / "logits.bin")
    truth = dict(promptTokens=PROMPT, vocab=logits.shape[1], tokens=tokens) | more
    (folder / "truth.json").write_text(json.dumps(truth) + "\n")


def spread(logits):
    top = np.sort(logits, axis=1)
    return f"logit std {logits.std():.2f}, mean lead {np.mean(top[:, -1] - top[:, -2]):.3f}"
