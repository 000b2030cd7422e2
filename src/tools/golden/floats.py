"""Records numpy's and torch's reading of every small-float pattern as SHA-256 of
the little-endian results (NaNs made 0x7fc00000 / 0x7e00 / 0x7fc0 first).
Run: python src/tools/golden/floats.py > src/base/fixtures/floats.json"""
import hashlib
import json

import numpy as np
import torch


def digest(array: np.ndarray, nan_bits: int) -> str:
    bits = array.view({2: np.uint16, 4: np.uint32}[array.itemsize]).copy()
    bits[np.isnan(array.astype(np.float64))] = nan_bits
    return hashlib.sha256(bits.tobytes()).hexdigest()


def decoded(dtype: torch.dtype) -> np.ndarray:
    return torch.arange(256, dtype=torch.uint8).view(dtype).to(torch.float32).numpy()


half = np.arange(65536, dtype=np.uint16).view(np.float16).astype(np.float32)
brain = torch.arange(65536, dtype=torch.int32).to(torch.uint16).view(torch.bfloat16).to(torch.float32).numpy()

# Just below, at and just above every tie of a half and of a bfloat16; then a scatter over all of f32.
ties = np.array([0x1000, 0x0FFF, 0x1001], dtype=np.uint32)
to_half = (np.arange(2**19, dtype=np.uint32)[:, None] << 13 | ties).ravel()
ties = np.array([0x8000, 0x7FFF, 0x8001], dtype=np.uint32)
to_brain = (np.arange(2**16, dtype=np.uint32)[:, None] << 16 | ties).ravel()
scatter = (np.arange(2**20, dtype=np.uint64) * 2654435761 % 2**32).astype(np.uint32)

with np.errstate(over="ignore", invalid="ignore"):
    half_ties = to_half.view(np.float32).astype(np.float16)
    half_scatter = scatter.view(np.float32).astype(np.float16)


def brain_bits(patterns: np.ndarray) -> str:
    out = torch.from_numpy(patterns.view(np.float32).copy()).to(torch.bfloat16)
    bits = out.view(torch.int16).numpy().view(np.uint16).copy()
    bits[torch.isnan(out).numpy()] = 0x7FC0
    return hashlib.sha256(bits.tobytes()).hexdigest()


print(json.dumps({
    "f16ToF32": digest(half, 0x7FC00000),
    "bf16ToF32": digest(brain, 0x7FC00000),
    "f32ToF16Ties": digest(half_ties, 0x7E00),
    "f32ToF16Scatter": digest(half_scatter, 0x7E00),
    "f32ToBf16Ties": brain_bits(to_brain),
    "f32ToBf16Scatter": brain_bits(scatter),
    "e4m3ToF32": digest(decoded(torch.float8_e4m3fn), 0x7FC00000),
    "e8m0ToF32": digest(decoded(torch.float8_e8m0fnu), 0x7FC00000),
}, indent=2))
