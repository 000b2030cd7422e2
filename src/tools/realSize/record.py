"""PyTorch's logits for a checkpoint that checkpoint.ts made, at the precision `--weights q4` keeps.

    /opt/shoal-venv/bin/python src/tools/realSize/record.py .cache/real-size/granite-3.1-1b-a400m-4 \
        src/tools/realSize/granite-4.json

Every matrix goes through gguf-py's Q4_0, the tied embedding through its Q8_0, the
routers and norms stay; the model then runs in float32. Written are the tokens (the
prompt of measure.ts and eight greedy ones) and, after each, the logits of every
STRIDE-th token of the vocabulary and how far the best is ahead of the second.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from gguf import GGMLQuantizationType
from gguf.quants import dequantize, quantize
from transformers import AutoConfig, AutoModelForCausalLM

# transformers tells 12 from 12.0, which JSON as JavaScript writes it does not.
FLOATS = ("attention_dropout", "embedding_multiplier", "logits_scaling", "router_aux_loss_coef")
STRIDE = 769
PROMPT = [1000 + 2971 * i for i in range(16)]
NEW_TOKENS = 8


@torch.no_grad()
def round_in_place(name: str, weight: torch.Tensor) -> None:
    if weight.ndim == 1 or "router" in name:
        return
    kind = GGMLQuantizationType.Q8_0 if "embed_tokens" in name else GGMLQuantizationType.Q4_0
    rows = weight.reshape(-1, weight.shape[-1]).numpy()
    kept = np.ascontiguousarray(dequantize(quantize(rows, kind), kind))
    weight.copy_(torch.from_numpy(kept).reshape(weight.shape))


def read_model(folder: Path) -> torch.nn.Module:
    facts = json.loads((folder / "config.json").read_text())
    facts |= {name: float(facts[name]) for name in FLOATS}
    config = AutoConfig.for_model(facts.pop("model_type"), **facts)
    model, told = AutoModelForCausalLM.from_pretrained(
        folder, config=config, dtype=torch.float32, output_loading_info=True
    )
    if any(told.values()):
        raise ValueError(f"{folder}: {told}")
    for name, weight in model.named_parameters():
        round_in_place(name, weight)
    return model.eval()


@torch.no_grad()
def logits_after(model: torch.nn.Module, tokens: list[int]) -> torch.Tensor:
    """[tokens, vocab]"""
    return model(torch.tensor([tokens]), use_cache=False).logits[0]


def main(folder: Path, out: Path) -> None:
    model = read_model(folder)
    tokens = list(PROMPT)
    for _ in range(NEW_TOKENS):
        tokens.append(int(logits_after(model, tokens)[-1].argmax()))
    logits = logits_after(model, tokens).detach()
    top = logits.topk(2).values
    rows = [[float(np.float32(value)) for value in row] for row in logits[:, ::STRIDE]]
    record = {
        "tokens": tokens,
        "stride": STRIDE,
        "leads": [round(float(first - second), 6) for first, second in top],
        "logits": rows,
    }
    out.write_text(json.dumps(record) + "\n")


main(Path(sys.argv[1]), Path(sys.argv[2]))
