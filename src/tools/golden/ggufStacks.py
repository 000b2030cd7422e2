"""Which types the quantised GGUF fixtures keep their matrices in, and how those of a layer's experts are stacked."""

import re

import gguf
import numpy as np
import torch

from quantised import quantise

EXPERT = re.compile(r"(model\.layers\.\d+\.mlp\.experts\.)(\d+)\.(\w+_proj\.weight)")
MATRIX = re.compile(r"(?:model\.layers\.(\d+)\..*?|model\.)?(\w+)\.weight")


def layers(*rows):
    """Of each layer: experts' gate and up, their down, q and k, v, o."""
    kinds = {"embed_tokens": "Q8_0", "lm_head": "Q8_0"}
    for layer, (gate_up, down, qk, v, o) in enumerate(rows):
        for matrices, kind in ((("gate_proj", "up_proj"), gate_up), (("down_proj",), down),
                               (("q_proj", "k_proj"), qk), (("v_proj",), v), (("o_proj",), o)):
            kinds |= {(layer, matrix): kind for matrix in matrices}
    return kinds


STACKS = {
    # Rows of 256 values into the experts, of 32 out of them.
    "qwen3_moe-k": layers(("Q4_K", "Q8_0", "Q4_K", "Q4_K", "Q5_0"), ("Q2_K", "IQ4_NL", "Q3_K", "Q5_K", "Q4_0"),
                          ("IQ4_XS", "Q5_0", "IQ4_XS", "IQ4_XS", "Q5_1")) | {"embed_tokens": "Q6_K"},
    # And the other way round.
    "qwen2_moe-k": layers(("Q4_1", "Q6_K", "Q4_1", "Q8_0", "IQ4_NL"), ("IQ4_NL", "Q3_K", "IQ4_NL", "Q5_1", "Q4_0"),
                          ("Q5_0", "Q5_K", "Q5_0", "Q8_0", "Q5_1")),
    "olmoe-q": layers(("Q4_0", "Q4_1", "Q4_0", "Q8_0", "Q4_0"), ("Q5_1", "Q8_0", "Q5_1", "Q8_0", "Q5_1"))
    | {"lm_head": "Q4_0"},
}


def quantise_stacks(weights, kinds, seed):
    """(the weights the types stand for, {HF name: (bytes, type)}, a layer's experts under one name)"""
    rng = np.random.default_rng(2000 + seed)
    plain, blocks, stacks = {}, {}, {}
    for name, value in sorted(weights.items()):
        kind = kind_of(name, kinds)
        if kind is None or value.ndim != 2:
            plain[name] = value
            continue
        data = quantise(value.numpy(), kind, rng)
        plain[name] = torch.from_numpy(gguf.dequantize(data, kind).reshape(value.shape).astype(np.float32))
        if match := EXPERT.fullmatch(name):
            stacks.setdefault((match[1] + match[3], kind), {})[int(match[2])] = data
        else:
            blocks[name] = (data, kind)
    for (name, kind), experts in stacks.items():
        blocks[name] = (np.stack([experts[index] for index in sorted(experts)]), kind)
    return plain, blocks


def kind_of(name, kinds):
    """None, to stay floats, for norms, routers and the gates of shared experts."""
    match = MATRIX.fullmatch(name)
    word = match and kinds.get(match[2] if match[1] is None else (int(match[1]), match[2]))
    return word and gguf.GGMLQuantizationType[word]
