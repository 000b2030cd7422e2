"""
Writes a checkpoint as a Hugging Face folder: config.json, generation_config.json,
model.safetensors with the names published DeepSeek-V3 files use, the tokenizer.

    /opt/shoal-venv/bin/python src/tools/guide-model/export.py --checkpoint FILE --tokenizer DIR --out DIR [--weights fp8|int4|bf16]

fp8 is what DeepSeek-V3 is published in: e4m3 with an f32 scale per block of
[128, 128]. int4 is compressed-tensors' pack-quantized, groups of 32. Routers,
norms and the embedding stay bf16, the selection bias f32.
"""

import argparse
import json
import shutil
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

from conversations import BOS_ID, END_ID
from model import Shape

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "golden"))
import packing
from quantisedFolders import compressed_settings, each_linear, fp8, fp8_settings

FORMS = {
    "bf16": (lambda tensors: (tensors, tensors), {}),
    "fp8": (fp8([128, 128], torch.float32), fp8_settings([128, 128])),
    "int4": (each_linear(lambda values: packing.compressed(values, 32, True)), compressed_settings(True)),
}
F32_TENSORS = ("e_score_correction_bias", "weight_scale_inv")


def hub_names(state: dict) -> dict:
    """Our fused experts, one by one."""
    tensors = {}
    for name, value in state.items():
        if name.endswith("experts.gate_up_proj"):
            for expert, both in enumerate(value):
                gate, up = both.chunk(2)
                tensors[name.replace("gate_up_proj", f"{expert}.gate_proj.weight")] = gate
                tensors[name.replace("gate_up_proj", f"{expert}.up_proj.weight")] = up
        elif name.endswith("experts.down_proj"):
            for expert, down in enumerate(value):
                tensors[name.replace("down_proj", f"{expert}.down_proj.weight")] = down
        else:
            tensors[name] = value
    return tensors


def fused(tensors: dict, shape: Shape) -> dict:
    """The way back, for running what packed weights stand for."""
    state = {name: value for name, value in tensors.items() if ".mlp.experts." not in name}
    for layer in range(shape.first_k_dense_replace, shape.num_hidden_layers):
        place = f"model.layers.{layer}.mlp.experts"
        one = lambda expert, matrix: tensors[f"{place}.{expert}.{matrix}.weight"]
        every = range(shape.n_routed_experts)
        state[f"{place}.gate_up_proj"] = torch.stack([torch.cat([one(e, "gate_proj"), one(e, "up_proj")]) for e in every])
        state[f"{place}.down_proj"] = torch.stack([one(e, "down_proj") for e in every])
    return state


def packed(state: dict, form: str) -> tuple[dict, dict, dict]:
    """(tensors of the file, the values they stand for, what config.json says of it)"""
    pack, settings = FORMS[form]
    files, plain = pack({name: value.float().contiguous() for name, value in hub_names(state).items()})
    stored = lambda name, value: value.to(torch.bfloat16) if value.dtype == torch.float32 and not name.endswith(F32_TENSORS) else value
    files = {name: stored(name, value).contiguous() for name, value in files.items()}
    # What was packed has its exact values already; the rest is rounded as it is stored.
    plain = {name: files[name].float() if name in files and files[name].dtype == torch.bfloat16 else value for name, value in plain.items()}
    return files, plain, settings


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--weights", choices=FORMS, default="fp8")
    args = parser.parse_args()
    saved = torch.load(args.checkpoint)
    shape = Shape()
    files, _, settings = packed(saved["model"], args.weights)
    args.out.mkdir(parents=True, exist_ok=True)
    save_file(files, args.out / "model.safetensors", metadata={"format": "pt"})
    config = shape.config(BOS_ID, END_ID) | dict(dtype="bfloat16") | settings
    generation = dict(bos_token_id=BOS_ID, eos_token_id=END_ID, do_sample=True, temperature=0.3, top_p=0.9)
    for name, value in {"config.json": config, "generation_config.json": generation}.items():
        (args.out / name).write_text(json.dumps(value, indent=2) + "\n")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(args.tokenizer / name, args.out / name)
    card = Path(__file__).with_name("card.md").read_text()
    parameters = sum(value.numel() for value in saved["model"].values())
    size = sum(path.stat().st_size for path in args.out.iterdir() if path.name != "README.md")
    facts = dict(parameters=f"{parameters / 1e6:.1f} million", megabytes=f"{size / 1e6:.1f}", weights=args.weights,
                 steps=saved["step"], tokens=f"{saved['tokens'] / 1e6:.1f} million", minutes=f"{saved['seconds'] / 60:.0f}")
    for name, value in facts.items():
        card = card.replace(f"{{{name}}}", str(value))
    (args.out / "README.md").write_text(card)
    print(f"{args.out}: {size / 1e6:.2f} MB, {parameters:,} parameters, {args.weights}")


if __name__ == "__main__":
    main()
