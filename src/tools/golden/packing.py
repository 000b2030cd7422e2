"""
Quantised matrices as safetensors files hold them, with the values they stand for,
from the formats' definitions. Each function takes a matrix [out, in] (or a stack of
them where the format has stacks) and returns ({suffix: tensor of the file}, values).
Scales and zero points are by minimum and maximum; what is proved is reading, not
quantising.

Checked once by hand against the formats' own code: AutoAWQ 0.2.9 and compressed-tensors
0.20 unpack what is packed here to the same values, auto_gptq 0.7.1 packs the same words,
mlx-lm 0.32 and (for MXFP4) transformers 5.23 run the fixtures' folders to the same
logits. For FP8 transformers divides a matrix evenly among its scales, which is wrong for
blocks cut short; DeepSeek-V3's own weight_dequant_kernel counts from the first one.
"""

import numpy as np
import torch

# e2m1: sign, then two bits of exponent and one of fraction.
FP4 = np.array([0, 0.5, 1, 1.5, 2, 3, 4, 6], np.float32)


def fp8_blocks(values, block, scale_dtype):
    """DeepSeek-V3: F8_E4M3 [out, in], a scale per block, cut short at the edges; w = e4m3 * scale."""
    rows, cols = values.shape
    height, width = block
    lines, columns = -(-rows // height), -(-cols // width)
    padded = np.zeros((lines * height, columns * width), np.float32)
    padded[:rows, :cols] = np.abs(values)
    scale = padded.reshape(lines, height, columns, width).max(axis=(1, 3)) / 448
    if scale_dtype == torch.float8_e8m0fnu:
        scale = 2 ** np.ceil(np.log2(scale))
    spread = np.repeat(np.repeat(scale, height, 0), width, 1)[:rows, :cols].astype(np.float32)
    weight = torch.from_numpy(values / spread).to(torch.float8_e4m3fn)
    stored = torch.from_numpy(scale.astype(np.float32)).to(scale_dtype)
    assert np.array_equal(stored.float().numpy(), scale)
    return dict(weight=weight, weight_scale_inv=stored), weight.float().numpy() * spread


def mxfp4_pairs(values):
    """
    gpt-oss, stacks too: blocks U8 [.., out, in/32, 16], the even element in a
    byte's low nibble; scales U8 [.., out, in/32], exponents with bias 127; w = e2m1 * 2^(e-127).
    """
    groups = values.reshape(*values.shape[:-1], -1, 32)
    exponent = np.floor(np.log2(np.abs(groups).max(axis=-1))) - 2
    scaled = groups / np.exp2(exponent)[..., None]
    code = np.abs(np.abs(scaled)[..., None] - FP4).argmin(axis=-1)
    nibbles = (code | (scaled < 0) << 3).astype(np.uint8)
    exact = FP4[code] * np.where(scaled < 0, -1, 1) * np.exp2(exponent)[..., None]
    blocks = nibbles[..., 0::2] | nibbles[..., 1::2] << 4
    scales = (exponent + 127).astype(np.uint8)
    files = dict(blocks=torch.from_numpy(blocks), scales=torch.from_numpy(scales))
    return files, exact.reshape(values.shape).astype(np.float32)


def affine(values, group):
    """(q 0..15 [out, in], zero points 1..15 and f16 scales [out, groups], the values)"""
    rows, cols = values.shape
    grouped = values.reshape(rows, -1, group)
    low, high = grouped.min(axis=2), grouped.max(axis=2)
    scale = ((high - low) / 15).astype(np.float16)
    wide = scale.astype(np.float32)
    zero = np.clip(np.round(-low / wide), 1, 15)
    q = np.clip(np.round(grouped / wide[..., None]) + zero[..., None], 0, 15)
    exact = (q - zero[..., None]) * wide[..., None]
    return q.reshape(rows, cols).astype(np.uint32), zero.astype(np.uint32), scale, exact.reshape(rows, cols).astype(np.float32)


def words(nibbles, axis, order=range(8)):
    """Eight neighbours along an axis in an I32; the lowest nibble is the one of them that `order` names first."""
    rows = np.moveaxis(nibbles, axis, -1)
    rows = rows.reshape(*rows.shape[:-1], -1, 8)
    packed = np.zeros(rows.shape[:-1], np.uint32)
    for place, element in enumerate(order):
        packed |= rows[..., element] << np.uint32(4 * place)
    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(packed, -1, axis)).view(np.int32))


def gptq(values, group):
    """
    qweight I32 [in/8, out], qzeros I32 [groups, out/8] of zero - 1, scales F16 [groups, out],
    g_idx I32 [in]; w = scale * (q - zero). A zero point of 0 is not made: writers disagree on it.
    """
    q, zero, scale, exact = affine(values, group)
    return dict(qweight=words(q.T, 0), qzeros=words(zero.T - 1, 1), scales=torch.from_numpy(np.ascontiguousarray(scale.T)),
                g_idx=torch.arange(q.shape[1], dtype=torch.int32) // group), exact


def awq(values, group):
    """AutoAWQ's GEMM form: qweight I32 [in, out/8], qzeros I32 [groups, out/8], scales F16 [groups, out]."""
    q, zero, scale, exact = affine(values, group)
    order = (0, 2, 4, 6, 1, 3, 5, 7)
    return dict(qweight=words(q.T, 1, order), qzeros=words(zero.T, 1, order),
                scales=torch.from_numpy(np.ascontiguousarray(scale.T))), exact


def compressed(values, group, symmetric):
    """
    compressed-tensors, pack-quantized: weight_packed I32 [out, in/8] of q + 8, weight_scale BF16
    [out, groups], weight_shape; where not symmetric weight_zero_point I32 [out/8, groups] of
    zero + 8; w = scale * (q - zero).
    """
    rows, cols = values.shape
    shape = torch.tensor([rows, cols])
    if not symmetric:
        q, zero, scale, _ = affine(values, group)
        stored = torch.from_numpy(scale.astype(np.float32)).to(torch.bfloat16)
        step = np.repeat(stored.float().numpy(), group, 1)
        exact = (q.astype(np.float32) - np.repeat(zero, group, 1)) * step
        zeros = words(zero, 0)
        return dict(weight_packed=words(q, 1), weight_scale=stored, weight_zero_point=zeros, weight_shape=shape), exact
    largest = np.abs(values.reshape(rows, -1, group)).max(axis=2)
    stored = torch.from_numpy(largest / 7.5).to(torch.bfloat16)
    step = np.repeat(stored.float().numpy(), group, 1)
    q = np.clip(np.round(values / step), -8, 7)
    packed = words((q + 8).astype(np.uint32), 1)
    return dict(weight_packed=packed, weight_scale=stored, weight_shape=shape), q.astype(np.float32) * step


def mlx(values, group, bits):
    """
    MLX affine, stacks too: weight U32 [.., out, in*bits/32], the first element lowest, BF16
    scales and biases [.., out, groups]; w = scale * q + bias.
    """
    grouped = values.reshape(*values.shape[:-1], -1, group)
    low, high = grouped.min(axis=-1), grouped.max(axis=-1)
    scale = torch.from_numpy((high - low) / (2**bits - 1)).to(torch.bfloat16)
    bias = torch.from_numpy(low).to(torch.bfloat16)
    step, start = scale.float().numpy()[..., None], bias.float().numpy()[..., None]
    q = np.clip(np.round((grouped - start) / step), 0, 2**bits - 1)
    exact = (step * q.astype(np.float32) + start).reshape(values.shape)
    per_word = 32 // bits
    parts = q.astype(np.uint32).reshape(*values.shape[:-1], -1, per_word)
    packed = np.bitwise_or.reduce(parts << (bits * np.arange(per_word, dtype=np.uint32)), axis=-1)
    return dict(weight=torch.from_numpy(packed), scales=scale, biases=bias), exact


def mlx_mxfp4(values):
    """MLX's mode of that name: gpt-oss's nibbles as weight U32 [.., out, in/8], and its scales."""
    parts, exact = mxfp4_pairs(values)
    packed = parts["blocks"].numpy().reshape(*values.shape[:-1], -1).view(np.uint32)
    return dict(weight=torch.from_numpy(packed.copy()), scales=parts["scales"]), exact
