"""Writes small safetensors files in each packed form, packed here in numpy from the
form's definition, and what their weights mean in f32.
Run: python src/tools/golden/packedFormats.py > src/formats/fixtures/packedFormats.json
With a folder of peers (pip install --no-deps --target PEERS compressed-tensors psutil loguru
mlx mlx-cpu; the sources of autoawq and auto_gptq unpacked there) it also asserts that
their packers give these very bytes and their readers these values:
python src/tools/golden/packedFormats.py PEERS > /dev/null"""
import base64
import json
import sys

import numpy as np
import torch
from safetensors.torch import save

from packedPeers import Peers

random = np.random.default_rng(20261125)
peers = Peers(sys.argv[1]) if len(sys.argv) > 1 else None
cases = []

E2M1 = np.array([0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6], dtype=np.float32)
AWQ_ORDER = [0, 2, 4, 6, 1, 3, 5, 7]


def case(name, config, tensors, expected):
    """expected: name -> (type, layout, blocks, values [.., rows, cols])"""
    stored = {key: value if torch.is_tensor(value) else torch.from_numpy(np.ascontiguousarray(value)) for key, value in tensors.items()}
    stored["norm.weight"] = torch.ones(5, dtype=torch.bfloat16)
    values = {key: {"type": kind, "layout": layout, "blocks": blocks, "rows": int(np.prod(data.shape[:-1])), "cols": data.shape[-1],
                    "values": base64.b64encode(np.ascontiguousarray(data, dtype=np.float32).tobytes()).decode()}
              for key, (kind, layout, blocks, data) in expected.items()}
    cases.append({"name": name, "config": config, "file": base64.b64encode(save(stored)).decode(), "tensors": values})


def nibbles(*shape):
    return random.integers(0, 16, shape).astype(np.uint32)


def scales(shape, dtype, exact=False):
    """Positive and negative, over a wide range; as torch, and as the f32 they are."""
    numbers = random.standard_normal(shape) * 2.0 ** random.integers(-9, 3, shape)
    stored = torch.from_numpy(np.asarray(numbers, dtype=np.float32)).to(torch.bfloat16 if exact else dtype).to(dtype)
    return stored, stored.float().numpy()


def words(values, axis):
    """Eight nibbles a word along an axis, the first in the lowest bits."""
    values = np.moveaxis(values, axis, -1)
    values = values.reshape(*values.shape[:-1], -1, 8)
    packed = np.zeros(values.shape[:-1], dtype=np.uint32)
    for i in range(8):
        packed |= values[..., i] << np.uint32(4 * i)
    return np.moveaxis(packed, -1, axis)


def spread(per_group, group, axis=-1):
    return np.repeat(per_group, group, axis)


def signed(packed):
    return packed.view(np.int32)


def unsigned(packed):
    return torch.from_numpy(np.ascontiguousarray(signed(packed))).view(torch.uint32)


def mxfp4():
    experts, rows, cols = 3, 6, 128
    q = nibbles(experts, rows, cols)
    blocks = (q[..., 0::2] | (q[..., 1::2] << 4)).astype(np.uint8).reshape(experts, rows, cols // 32, 16)
    exponents = random.integers(100, 140, (experts, rows, cols // 32)).astype(np.uint8)
    values = np.ldexp(E2M1[q], spread(exponents.astype(np.int32) - 127, 32))
    if peers:
        peers.mxfp4(blocks, exponents, values)
    case("mxfp4", {"quantization_config": {"quant_method": "mxfp4", "modules_to_not_convert": ["model.embed_tokens"]}},
         {"experts.gate_up_proj_blocks": blocks, "experts.gate_up_proj_scales": exponents,
          "experts.gate_up_proj_bias": np.ones((experts, rows), dtype=np.float32)},
         {"experts.gate_up_proj": ("MXFP4_PAIRS", "f4e", experts, values)})


def fp8_weights(*shape):
    bits = random.integers(0, 256, shape).astype(np.uint8)
    bits[(bits & 0x7F) == 0x7F] = 0x33
    stored = torch.from_numpy(bits).view(torch.float8_e4m3fn)
    return stored, stored.float().numpy()


def grid(per_block, block, shape):
    """A scale for each block of rows and columns, the last ones cut short."""
    return spread(spread(per_block, block[0], -2), block[1], -1)[..., : shape[-2], : shape[-1]]


def fp8(name, config, key, scale_key, shape, block, dtype, layout):
    weights, w = fp8_weights(*shape)
    lines = (*shape[:-2], -(-shape[-2] // block[0]), -(-shape[-1] // block[1]))
    if dtype == torch.float8_e8m0fnu:
        stored = torch.from_numpy(random.integers(110, 130, lines).astype(np.uint8)).view(dtype)
        s = stored.float().numpy()
    else:
        stored, s = scales(lines, dtype)
    values = w * grid(s, block, shape)
    if peers:
        peers.fp8(weights, stored, block, values)
    tensors = {key: weights, scale_key: stored}
    case(name, {"quantization_config": config}, tensors, {key: ("FP8", layout, int(np.prod(shape[:-2])), values)})


def fp8_single(name, config, shape, scale_shape):
    weights, w = fp8_weights(*shape)
    stored, s = scales(scale_shape, torch.bfloat16)
    blocks = int(np.prod(shape[:-2]))
    case(name, {"quantization_config": config}, {"x.weight": weights, "x.weight_scale": stored, "x.input_scale": torch.ones(1)},
         {"x.weight": ("FP8", "f8b", blocks, w * (s if s.ndim > 1 else s.reshape(-1, 1, 1)).reshape(*shape[:-2], -1, 1))})


def gptq(name, version, group, symmetric, reordered=False):
    inputs, outputs = 96, 32 if symmetric else 24
    size = inputs if group == -1 else group
    groups = inputs // size
    q = nibbles(inputs, outputs)
    z = np.full((groups, outputs), 8, dtype=np.uint32) if symmetric else nibbles(groups, outputs)
    stored, s = scales((groups, outputs), torch.float16)
    qzeros = words(z, 1)
    if version == 1:
        # One less for each, as a subtraction of words (GPTQModel's convert_gptq_v2_to_v1).
        qzeros = qzeros - np.uint32(0x11111111)
    g_idx = np.arange(inputs, dtype=np.int32) // size
    values = (spread(s, size, 0) * (q.astype(np.float32) - spread(z, size, 0).astype(np.float32))).T
    if peers and version == 1 and symmetric:
        peers.gptq(group, q, z, stored, signed(words(q, 0)), signed(qzeros), values)
    config = {"quant_method": "gptq", "bits": 4, "group_size": group, "desc_act": reordered, "sym": symmetric}
    if version == 2:
        config["checkpoint_format"] = "gptq_v2"
    case(name, {"quantization_config": config},
         {"x.qweight": signed(words(q, 0)), "x.qzeros": signed(qzeros), "x.scales": stored, "x.g_idx": g_idx[::-1].copy() if reordered else g_idx,
          "x.bias": np.ones(outputs, dtype=np.float16)},
         {"x.weight": ("GPTQ_INT4", "q4z", 1, values)})


def awq():
    inputs, outputs, group = 96, 24, 32
    q, z = nibbles(inputs, outputs), nibbles(inputs // group, outputs)
    stored, s = scales(z.shape, torch.float16)

    def pack(values):
        return signed(words(values.reshape(len(values), -1, 8)[..., AWQ_ORDER].reshape(values.shape), 1))

    values = (spread(s, group, 0) * (q.astype(np.float32) - spread(z, group, 0).astype(np.float32))).T
    if peers:
        peers.awq(group, pack(q), pack(z), stored, values)
    case("awq", {"quantization_config": {"quant_method": "awq", "bits": 4, "group_size": group, "zero_point": True, "version": "gemm"}},
         {"x.qweight": pack(q), "x.qzeros": pack(z), "x.scales": stored}, {"x.weight": ("AWQ_INT4", "q4z", 1, values)})


def compressed(name, shape, group, dtype, symmetric, layout, exact=False):
    rows, cols = shape
    size = cols if group is None else group
    q = nibbles(rows, cols)
    z = np.full((rows, cols // size), 8, dtype=np.uint32) if symmetric else nibbles(rows, cols // size)
    stored, s = scales(z.shape, dtype, exact)
    # Both are signed, and stored with 8 added.
    values = spread(s, size) * (q.astype(np.float32) - spread(z, size).astype(np.float32))
    tensors = {"m.x.weight_packed": signed(words(q, 1)), "m.x.weight_scale": stored, "m.x.weight_shape": torch.tensor([rows, cols])}
    if not symmetric:
        padded = np.concatenate([z, np.zeros((-rows % 8, z.shape[1]), dtype=np.uint32)])
        tensors["m.x.weight_zero_point"] = signed(words(padded, 0))
    weights = {"num_bits": 4, "type": "int", "symmetric": symmetric, "strategy": "channel" if group is None else "group", "group_size": group}
    config = {"quant_method": "compressed-tensors", "format": "pack-quantized", "ignore": ["lm_head"],
              "config_groups": {"group_0": {"targets": ["Linear"], "weights": weights, "input_activations": None}}}
    if peers:
        peers.compressed(weights, tensors, values)
    case(name, {"quantization_config": config}, tensors, {"m.x.weight": ("CT_INT4", layout, 1, values)})


def mlx(name, shape, group, dtype, layout, bits=4):
    q = random.integers(0, 2**bits, shape).astype(np.uint32)
    per_group = (*shape[:-1], shape[-1] // group)
    (stored, s), (biases, b) = scales(per_group, dtype), scales(per_group, dtype)
    values = spread(s, group) * q.astype(np.float32) + spread(b, group)
    packed = words(q, -1) if bits == 4 else q.astype(np.uint8).view(np.uint32)
    if peers:
        peers.mlx(values, packed, s, b, group_size=group, bits=bits)
    settings = {"group_size": group, "bits": 4, "mode": "affine", "x": {"group_size": group, "bits": bits}}
    case(name, {"quantization": settings, "quantization_config": settings},
         {"x.weight": unsigned(packed), "x.scales": stored, "x.biases": biases},
         {"x.weight": (f"MLX_INT{bits}", layout, int(np.prod(shape[:-2])), values)})


def mlx_mxfp4():
    q, exponents = nibbles(2, 3, 64), random.integers(100, 140, (2, 3, 2)).astype(np.uint8)
    values = np.ldexp(E2M1[q], spread(exponents.astype(np.int32) - 127, 32))
    packed = words(q, -1)
    if peers:
        peers.mlx(values, packed, exponents, mode="mxfp4", group_size=32, bits=4)
    case("mlx, mxfp4", {"quantization": {"group_size": 32, "bits": 4, "mode": "mxfp4"}},
         {"x.weight": unsigned(packed), "x.scales": exponents}, {"x.weight": ("MXFP4_PAIRS", "f4e", 2, values)})


DEEPSEEK = {"quant_method": "fp8", "activation_scheme": "dynamic", "fmt": "e4m3"}
BY_ROW = {"quant_method": "compressed-tensors", "format": "float-quantized", "config_groups": {
    "group_0": {"targets": ["Linear"], "weights": {"num_bits": 8, "type": "float", "strategy": "channel", "symmetric": True}}}}

mxfp4()
fp8("fp8 16x128", DEEPSEEK | {"weight_block_size": [16, 128]}, "x.weight", "x.weight_scale_inv", (20, 160), (16, 128), torch.float32, "f8b")
fp8("fp8 of one block", DEEPSEEK | {"weight_block_size": [128, 128]}, "x.weight", "x.weight_scale_inv", (12, 44), (128, 128), torch.float32, "f8b")
fp8("fp8 8x256, e8m0", DEEPSEEK | {"weight_block_size": [8, 256]}, "x.weight", "x.scale", (20, 300), (8, 256), torch.float8_e8m0fnu, "f8b")
fp8("fp8 32x32, e8m0", DEEPSEEK | {"weight_block_size": [32, 32]}, "x.weight", "x.scale", (40, 80), (32, 32), torch.float8_e8m0fnu, "f32")
fp8("fp8 stacked", DEEPSEEK | {"weight_block_size": [8, 128]}, "experts.down_proj", "experts.down_proj_scale_inv", (3, 12, 136), (8, 128), torch.bfloat16, "f8b")
fp8_single("fp8 of one scale", DEEPSEEK, (6, 40), ())
fp8_single("fp8 of one scale for each expert", DEEPSEEK, (3, 5, 40), (3,))
fp8_single("fp8 by row", BY_ROW, (6, 40), (6, 1))
gptq("gptq, first version", 1, 32, False)
gptq("gptq, symmetric", 1, 32, True)
gptq("gptq, second version, whole rows", 2, -1, False)
gptq("gptq reordered", 1, 32, True, reordered=True)
awq()
compressed("compressed-tensors by group", (12, 128), 64, torch.float16, True, "q4s")
compressed("compressed-tensors by row, odd", (5, 72), None, torch.bfloat16, True, "q4b")
compressed("compressed-tensors with zero points", (20, 96), 32, torch.float16, False, "q4z")
compressed("compressed-tensors with zero points by row, odd", (12, 40), None, torch.float16, False, "q4z")
compressed("compressed-tensors, bfloat16 scales that halves hold", (8, 64), 32, torch.bfloat16, False, "q4z", exact=True)
mlx("mlx, halves", (6, 128), 64, torch.float16, "q4m")
mlx("mlx, bfloat16, stacked", (3, 4, 128), 32, torch.bfloat16, "q4b")
mlx("mlx of 8 bits, halves", (5, 64), 32, torch.float16, "q8m", bits=8)
mlx("mlx of 8 bits, bfloat16", (5, 128), 64, torch.bfloat16, "f32", bits=8)
mlx_mxfp4()

print(json.dumps({"cases": cases}, indent=1))
