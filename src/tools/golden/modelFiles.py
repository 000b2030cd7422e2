"""Writes small model files with gguf-py and safetensors, and what is in them.
Run: python src/tools/golden/modelFiles.py src/formats/fixtures"""
import base64
import json
import sys
from pathlib import Path

import numpy as np
import torch
from gguf import GGMLQuantizationType, GGUFWriter, quants
from safetensors.torch import save_file

out = Path(sys.argv[1])
random = np.random.default_rng(7)

METADATA = {
    "test.u8": ("uint8", 200), "test.i8": ("int8", -100), "test.u16": ("uint16", 60_000),
    "test.i16": ("int16", -30_000), "test.u32": ("uint32", 4_000_000_000), "test.i32": ("int32", -2_000_000_000),
    "test.f32": ("float32", 0.5), "test.bool": ("bool", True), "test.string": ("string", "naïve 文字 🐚"),
    "test.u64": ("uint64", 2**53 - 1), "test.i64": ("int64", -(2**53) + 1), "test.f64": ("float64", 0.1),
    "test.strings": ("array", ["a", "", "文字"]), "test.integers": ("array", [1, -2, 3]), "test.floats": ("array", [0.25, -1.5]),
}


def tensor(name: str, kind: str, rows: int, cols: int):
    values = random.standard_normal((rows, cols)).astype(np.float32)
    data = quants.quantize(values, GGMLQuantizationType[kind])
    return name, kind, data, rows, cols


TENSORS = [
    tensor("first.weight", "F32", 3, 20), tensor("second.weight", "F16", 2, 5), tensor("third.weight", "Q8_0", 4, 64),
    tensor("fourth.weight", "Q4_1", 3, 32), tensor("fifth.weight", "Q5_0", 2, 96), tensor("sixth.weight", "BF16", 1, 7),
]


def write(path: Path, split: int) -> None:
    writer = GGUFWriter(path, "llama", split_max_tensors=split)
    for key, (kind, value) in METADATA.items():
        getattr(writer, f"add_{kind}")(key, value)
    for name, kind, data, *_ in TENSORS:
        writer.add_tensor(name, data, raw_dtype=GGMLQuantizationType[kind])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def text(data: np.ndarray) -> str:
    return base64.b64encode(data.tobytes()).decode()


write(out / "tiny.gguf", 0)
write(out / "split.gguf", 2)

torch_tensors = {
    "plain": torch.randn(3, 4, generator=torch.manual_seed(1)),
    "half": torch.randn(2, 6, generator=torch.manual_seed(2)).to(torch.float16),
    "brain": torch.randn(5, generator=torch.manual_seed(3)).to(torch.bfloat16),
}
save_file(torch_tensors, out / "tiny.safetensors", metadata={"format": "pt"})
save_file({"plain": torch_tensors["plain"]}, out / "shard-1.safetensors")
save_file({"half": torch_tensors["half"], "brain": torch_tensors["brain"]}, out / "shard-2.safetensors")

record = {
    "metadata": {key: value for key, (_, value) in METADATA.items()},
    "tensors": [
        {"name": name, "type": kind, "rows": rows, "cols": cols, "bytes": text(data)}
        for name, kind, data, rows, cols in TENSORS
    ],
    "safetensors": [
        {"name": name, "type": kind, "rows": rows, "cols": cols, "bytes": text(torch_tensors[name].view(torch.uint8).numpy())}
        for name, kind, rows, cols in [("plain", "F32", 3, 4), ("half", "F16", 2, 6), ("brain", "BF16", 1, 5)]
    ],
}
(out / "modelFiles.json").write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n")
