"""Records what gguf-py makes of random blocks of every disk type, scales at their
extremes included, and how it quantises to Q8_0 and Q4_0.
Run: python src/tools/golden/ggufBlocks.py > src/formats/fixtures/ggufBlocks.json"""
import base64
import json

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, quants

random = np.random.default_rng(20261124)

FLOATS = ["F32", "F16", "BF16"]
# Where a block holds its f16 scales, in bytes.
SCALE_OFFSETS = {
    "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0],
    "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208], "IQ4_NL": [0], "IQ4_XS": [0], "MXFP4": [],
    "Q2_K": [80, 82], "Q3_K": [108],
}
# Zeros, the smallest and largest subnormals, the smallest and largest normals, one; both signs.
EXTREMES = [0x0000, 0x8000, 0x0001, 0x8001, 0x03FF, 0x83FF, 0x0400, 0x8400, 0x7BFF, 0xFBFF, 0x3C00, 0xBC00]


def text(array: np.ndarray) -> str:
    return base64.b64encode(array.tobytes()).decode()


def half_bits(count: int) -> np.ndarray:
    """Finite halves: the extremes in a random order, then anything."""
    bits = random.integers(0, 65536, count).astype(np.uint16)
    bits[(bits & 0x7C00) == 0x7C00] &= 0xBFFF
    extremes = random.permutation(EXTREMES)[:count]
    bits[: len(extremes)] = extremes
    return random.permutation(bits)


def finite(array: np.ndarray) -> np.ndarray:
    array[~np.isfinite(array)] = 1
    return array


def raw(name: str, rows: int, cols: int) -> np.ndarray:
    if name == "F32":
        return finite(random.integers(0, 2**32, (rows, cols), dtype=np.uint32).view(np.float32)).view(np.uint8)
    if name == "F16":
        return half_bits(rows * cols).reshape(rows, cols).view(np.uint8)
    if name == "BF16":
        bits = random.integers(0, 65536, (rows, cols)).astype(np.uint16)
        bits[(bits & 0x7F80) == 0x7F80] &= 0xBFFF
        return bits.view(np.uint8)
    elements, size = GGML_QUANT_SIZES[GGMLQuantizationType[name]]
    blocks = random.integers(0, 256, (rows * cols // elements, size), dtype=np.uint8)
    for offset in SCALE_OFFSETS[name]:
        blocks[:, offset : offset + 2] = half_bits(len(blocks))[:, None].view(np.uint8)
    if name == "MXFP4":
        # From the smallest scale to the largest that 6 of it is finite with.
        blocks[:, 0] = random.permutation([0, 1, 2, 252, *random.integers(3, 252, len(blocks) - 4)])
    return blocks.reshape(rows, -1)


types = {}
for name in [*FLOATS, *SCALE_OFFSETS]:
    kind = GGMLQuantizationType[name]
    rows, cols = (5, 72) if name in FLOATS else (4, 768) if GGML_QUANT_SIZES[kind][0] == 256 else (6, 128)
    data = raw(name, rows, cols)
    values = quants.dequantize(data, kind).astype(np.float32)
    assert values.shape == (rows, cols) and np.isfinite(values).all()
    types[name] = {"rows": rows, "cols": cols, "bytes": text(data), "values": text(values)}

# Half a row of ordinary weights, a row of zeros, tiny and large ones.
values = random.standard_normal((6, 96)).astype(np.float32)
values[1] = 0
values[2] *= 1e-6
values[3] *= 3e4
values[4, :32] = 0
values[5] = np.round(values[5] * 4) / 4
quantised = {
    "rows": 6, "cols": 96, "values": text(values),
    "Q8_0": text(quants.quantize(values, GGMLQuantizationType.Q8_0)),
    "Q4_0": text(quants.quantize(values, GGMLQuantizationType.Q4_0)),
}
print(json.dumps({"types": types, "quantised": quantised}, indent=1))
