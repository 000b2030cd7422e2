"""
Quantised weights with their exact values. gguf-py quantises the random weights to
the simple types; for those which it only unpacks, the blocks themselves are random,
with scales that give the weights a useful size.
"""

import gguf
import numpy as np
import torch

T = gguf.GGMLQuantizationType
SIMPLE = (T.Q8_0, T.Q4_0, T.Q4_1, T.Q5_0, T.Q5_1)
# Where a block has its f16 scale.
SCALE_AT = {T.IQ4_NL: 0, T.IQ4_XS: 0, T.Q3_K: 108, T.Q2_K: 80}


def quantise_all(state, recipe, seed):
    """(state with dequantised matrices, {name: (bytes [rows, row bytes], type)})"""
    rng = np.random.default_rng(2000 + seed)
    values, blocks = {}, {}
    for name, tensor in state.items():
        if tensor.ndim != 2:
            values[name] = tensor
            continue
        kind = kind_of(recipe, name)
        data = quantise(tensor.numpy(), kind, rng)
        blocks[name] = (data, kind)
        values[name] = torch.from_numpy(gguf.dequantize(data, kind).reshape(tensor.shape).astype(np.float32))
    return values, blocks


def kind_of(recipe, name):
    if recipe != "Q4_K_M":
        return T[recipe]
    # As llama.cpp mixes them: embeddings, v and down finer than the rest; Q5_K for one more type.
    if "embed_tokens" in name or "v_proj" in name or "down_proj" in name:
        return T.Q6_K
    return T.Q5_K if "o_proj" in name else T.Q4_K


def quantise(rows, kind, rng):
    if kind in SIMPLE:
        return gguf.quantize(rows, kind)
    elements, size = gguf.GGML_QUANT_SIZES[kind]
    count = rows.size // elements
    data = rng.integers(0, 256, (count, size), dtype=np.uint8)
    wanted = rows.std() * rng.uniform(0.7, 1.3, (count, 1))
    if kind in SCALE_AT:
        scale_at(data, kind, np.ones((count, 1)))
        of_scale_one = gguf.dequantize(data, kind).std(axis=1, keepdims=True)
        scale_at(data, kind, wanted / of_scale_one)
    elif kind == T.Q6_K:
        # w = d * scale * q, with scale and q of about 74 and 18.5 root mean square.
        data[:, -2:] = (wanted / (74 * 18.5)).astype(np.float16).view(np.uint8)
    else:
        # w = d * scale * q - dmin * min; the two means cancel. Scales and mins are 0..63, q up to 15 or 31.
        top = 15 if kind == T.Q4_K else 31
        d = (wanted / (23 * top / 2)).astype(np.float16)
        data[:, 0:2] = d.view(np.uint8)
        data[:, 2:4] = (d.astype(np.float32) * top / 2).astype(np.float16).view(np.uint8)
    return data.reshape(rows.shape[0], -1)


def scale_at(data, kind, scales):
    """Sets each block's scale, and that of Q2_K's mins to where the means cancel: q is 0..3."""
    at = SCALE_AT[kind]
    data[:, at:at + 2] = scales.astype(np.float16).view(np.uint8)
    if kind == T.Q2_K:
        data[:, at + 2:at + 4] = (1.5 * scales).astype(np.float16).view(np.uint8)
