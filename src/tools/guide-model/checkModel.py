"""
Checks the network: its logits against transformers' DeepseekV3ForCausalLM with the
same state dict (within 1e-5), the hand-written gradients against autograd's, and
generating with a cache against running it whole. With --folder also the logits of our
engine on that exported folder against PyTorch's (within 1e-4).

    /opt/shoal-venv/bin/python src/tools/guide-model/checkModel.py [--folder DIR]
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, DeepseekV3Config

from export import fused
from kernels import experts_forward, head_loss, rms_norm
from model import Cache, GuideModel, Shape


def difference(made, wanted):
    return ((made - wanted).abs().max() / wanted.abs().max()).item()


def seeded_model():
    model = GuideModel(Shape())
    model.initialise(1)
    with torch.no_grad():
        for _, moe in model.routed_layers():
            moe.gate.e_score_correction_bias.normal_(0, 0.1)
        for name, value in model.named_parameters():
            if name.endswith("norm.weight"):
                value.normal_(1, 0.2)
    return model.eval()


def check_against_transformers(model):
    config = DeepseekV3Config(**model.shape.config())
    peer = AutoModelForCausalLM.from_config(config, dtype=torch.float32, attn_implementation="eager",
                                            experts_implementation="eager").eval()
    missing, unexpected = peer.load_state_dict(model.state_dict(), strict=False)
    assert not unexpected and missing == ["lm_head.weight"], (missing, unexpected)
    peer.tie_weights()
    ids = torch.randint(0, 2048, (2, 200))
    with torch.no_grad():
        made, wanted = model.logits(model(ids)), peer(ids).logits
    moved = difference(made, wanted)
    print(f"logits as transformers': {moved:.1e}")
    assert moved < 1e-5


def check_cache(model):
    ids = torch.randint(0, 2048, (2, 40))
    cache = Cache()
    with torch.no_grad():
        steps = [model(ids[:, :30], cache=cache)]
        for at in range(30, 40):
            steps.append(model(ids[:, at:at + 1], torch.zeros(2, 1, 1, at + 1), cache))
        moved = difference(torch.cat(steps, 1), model(ids))
    print(f"token by token as at once: {moved:.1e}")
    assert moved < 1e-5


def plain_experts(x, chosen, weights, gate_up, down):
    total = torch.zeros_like(x)
    for k in range(chosen.shape[1]):
        gate, up = torch.einsum("td,tmd->tm", x, gate_up[chosen[:, k]]).chunk(2, 1)
        total = total + weights[:, k, None] * torch.einsum("tm,tdm->td", F.silu(gate) * up, down[chosen[:, k]])
    return total


def plain_loss(hidden, head, wanted, weights):
    return (weights * F.cross_entropy(hidden @ head.T, wanted, reduction="none")).sum()


def check_gradients():
    tokens, width, count, inner = 61, 24, 5, 8
    chosen = torch.rand(tokens, count).topk(2).indices
    wanted = torch.randint(0, 50, (700,))
    weights = torch.rand(700)
    cases = {
        "norm": (lambda x, w: rms_norm(x, w, 1e-6), lambda x, w: F.rms_norm(x, w.shape, w, 1e-6), [(3, 7, width), (width,)]),
        "experts": (lambda x, r, g, d: experts_forward(x, chosen, r, g, d),
                    lambda x, r, g, d: plain_experts(x, chosen, r, g, d),
                    [(tokens, width), (tokens, 2), (count, 2 * inner, width), (count, width, inner)]),
        "loss": (lambda h, e: head_loss(h, e, wanted, weights.double()), lambda h, e: plain_loss(h, e, wanted, weights.double()),
                 [(700, width), (50, width)]),
    }
    for name, (ours, plain, shapes) in cases.items():
        inputs = [torch.randn(shape, dtype=torch.float64, requires_grad=True) for shape in shapes]
        made, wanted_value = ours(*inputs), plain(*inputs)
        direction = torch.randn_like(made)
        moved = [difference(made, wanted_value)] + [
            difference(a, b) for a, b in zip(torch.autograd.grad((made * direction).sum(), inputs),
                                             torch.autograd.grad((wanted_value * direction).sum(), inputs))]
        print(f"{name}: value and gradients within {max(moved):.1e}")
        assert max(moved) < 1e-6, moved


def unpacked(files):
    """The values an fp8 or bf16 folder's tensors stand for."""
    values = {}
    for name, value in files.items():
        if name.endswith("weight_scale_inv"):
            continue
        value = value.float()
        if (scale := files.get(f"{name}_scale_inv")) is not None:
            spread = scale.repeat_interleave(128, 0).repeat_interleave(128, 1)
            value = value * spread[: value.shape[0], : value.shape[1]]
        values[name] = value
    return values


def check_engine(folder):
    model = GuideModel(Shape()).eval()
    model.load_state_dict(fused(unpacked(load_file(folder / "model.safetensors")), model.shape))
    ids = [0, *torch.randint(4, 2048, (99,)).tolist()]
    with tempfile.TemporaryDirectory() as place:
        subprocess.run(["node", "src/tools/run.mjs", "src/tools/infer.ts", "--model", folder.resolve(), "--tokens", ",".join(map(str, ids)),
                        "--max-tokens", "0", "--logits", f"{place}/logits", "--context", "512", "--runtime", "node"],
                       cwd=Path(__file__).resolve().parents[3], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        made = torch.from_numpy(np.fromfile(f"{place}/logits", "<f4")).view(len(ids), -1)
    with torch.no_grad():
        moved = difference(made, model.logits(model(torch.tensor([ids])))[0])
    print(f"our engine as PyTorch: {moved:.1e}")
    assert moved < 1e-4


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path)
    folder = parser.parse_args().folder
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model = seeded_model()
    check_gradients()
    check_against_transformers(model)
    check_cache(model)
    if folder:
        check_engine(folder)
