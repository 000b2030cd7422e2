"""
Outside truth for mixtures of experts (and for the other families that came with
them): tiny random checkpoints run by PyTorch `transformers`, with the logits and the
experts each token went to. One command makes the folders of moeFamilies.py under
src/graph/fixtures/ (torch 2.15, transformers 5.23, numpy 2.4):

    /opt/shoal-venv/bin/python src/tools/golden/moeCheckpoints.py [name ...]

Each holds hf/, whose tensors are named as published files name them; logits.bin
(little-endian f32, [78, vocab]); and truth.json: the tokens, `moeLayers` (which
layers have routers), `routes` [layer][token] (the experts, ascending) and `margins`
[layer][token]: by how much the last expert (or group) that was chosen beat the first
that was not, in logits, or in biased sigmoid scores where those decide; null where
all are chosen.

The quantised ones (quantisedFolders.py) are run with the values their packed tensors
stand for, as plain floats.

What a fixture claims to prove is checked: each change of configuration in `matters`
and the loss of any tensor must move the logits, and the cached, token-by-token run
must give the same ones.
"""

import copy
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM, Mistral4ForCausalLM

sys.path.insert(0, str(Path(__file__).parent))
from fixture import PROMPT, exact_in_halves, fresh_folder, logits_of, run, spread, write_hf, write_truth
from moeFamilies import FAMILIES
from quantisedFolders import PACKED
from routes import RouteRecorder

# Published files keep what the choice of experts hangs on in f32.
F32_TENSORS = ("e_score_correction_bias", "expert_bias")
ROUTERS = ("gate.weight", "router.weight")
# By the families whose experts' matrices are [experts, in, out].
INPUT_MAJOR = ("gpt_oss", "llama4_text")


PLAINLY = dict(dtype=torch.float32, attn_implementation="eager", experts_implementation="eager")


def class_of(config):
    """transformers 5.23 leaves Mistral 4 out of its automatic choice."""
    return Mistral4ForCausalLM if config["model_type"] == "mistral4" else AutoModelForCausalLM


def model_of(config):
    torch.manual_seed(0)
    kind = class_of(config)
    build = kind.from_config if kind is AutoModelForCausalLM else kind._from_config
    return build(AutoConfig.for_model(**copy.deepcopy(config)), **PLAINLY).eval()


def seeded_weights(model, family):
    """Random weights under which attention mixes, routers decide and logits are far from flat."""
    rng = np.random.default_rng(family.seed)
    state = {}
    for name, tensor in sorted(model.state_dict().items()):
        value = rng.standard_normal(tuple(tensor.shape)) * size_of(name, tensor, model.config)
        if name.endswith(("norm.weight", "layernorm.weight")):
            value += 1
        for part, factor in family.scales.items():
            value = value * factor if part in name else value
        state[name] = exact_in_halves(value)
    if model.config.tie_word_embeddings:
        state["lm_head.weight"] = state["model.embed_tokens.weight"]
    return state


def size_of(name, tensor, config):
    """Standard deviation."""
    if name.endswith(("embed_tokens.weight", "lm_head.weight")):
        return 0.3
    if name.endswith(F32_TENSORS):
        return 0.2
    if name.endswith("sinks"):
        return 1.0
    if tensor.ndim == 1 or name.endswith("proj_bias"):
        return 0.3
    fan_in = tensor.shape[1 if tensor.ndim == 3 and config.model_type in INPUT_MAJOR else -1]
    if name.endswith(ROUTERS):
        return 1.5 / np.sqrt(fan_in)
    return (1.0 if name.endswith("conv.weight") else 1.6) / np.sqrt(fan_in)


def as_saved(model, spelling):
    """The weights under the names files give them, by transformers' own saving."""
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder, save_original_format=spelling == "hub")
        return load_file(Path(folder) / "model.safetensors")


def with_cache(model, tokens):
    """The same logits as a user's run makes them: the prompt at once, then token by token."""
    with torch.no_grad():
        out = model(torch.tensor([tokens[:PROMPT]]), use_cache=True)
        rows = [out.logits[0]]
        for token in tokens[PROMPT:]:
            out = model(torch.tensor([[token]]), past_key_values=out.past_key_values, use_cache=True)
            rows.append(out.logits[0])
    return torch.cat(rows).numpy()


def difference(made, wanted):
    return float(np.max(np.abs(made - wanted)) / np.max(np.abs(wanted)))


def check_every_tensor_matters(model, state, tokens, logits):
    """Without any one of its tensors (a norm: with a plain one) the model would say something else."""
    for name, value in state.items():
        if name == "lm_head.weight" and model.config.tie_word_embeddings:
            continue
        model.load_state_dict({name: torch.full_like(value, float("norm" in name))}, strict=False)
        moved = difference(logits_of(model, tokens), logits)
        assert moved > 2e-3, f"{name} moves the logits by {moved:.1e} only"
        model.load_state_dict({name: value}, strict=False)


def check_what_matters(family, state, tokens, logits):
    for change in [{}, *family.matters]:
        other = model_of(family.config | change)
        other.load_state_dict(state, strict=False)
        moved = difference(logits_of(other, tokens), logits)
        assert moved > 5e-3 if change else moved == 0, f"{family.name}: {change} moves the logits by {moved:.1e}"


def make(family, packed=None):
    model = model_of(family.config)
    state = seeded_weights(model, family)
    model.load_state_dict(state)
    weights = as_saved(model, family.spelling)
    config = family.config | dict(architectures=[type(model).__name__])
    folder = fresh_folder(family.name)
    if packed is not None:
        files, weights = packed.pack(weights)
        write_hf(folder / "hf", config | packed.settings, as_stored(files, packed.floats))
    elif family.inside is not None:
        write_hf(folder / "hf", seeing(family, config), as_stored(beside_vision(weights), torch.bfloat16))
    else:
        write_hf(folder / "hf", config, as_stored(weights, torch.bfloat16))
    with tempfile.TemporaryDirectory() as plain:
        # What ran is what files say: transformers reads its weights and config.json again.
        here = folder / "hf" if packed is None and family.inside is None else Path(plain) / "hf"
        if not here.exists():
            write_hf(here, config, weights)
        model = class_of(config).from_pretrained(here, **PLAINLY).eval()
    if packed is None:
        for name, value in state.items():
            assert torch.equal(model.state_dict()[name], value), name
    record(family, folder, model, {name: value.clone() for name, value in model.state_dict().items()})


def seeing(family, config):
    """As published models that also see describe themselves."""
    model_type, architecture = family.inside
    return dict(model_type=model_type, architectures=[architecture], text_config=config,
                tie_word_embeddings=config["tie_word_embeddings"], vision_config=dict(hidden_size=16, num_hidden_layers=1))


def beside_vision(weights):
    """The names of a language model inside one that sees, and a tensor of its eye."""
    return {f"language_model.{name}": value for name, value in weights.items()} | {
        "vision_model.class_embedding": torch.ones(16)}


def as_stored(tensors, floats):
    return {name: value.to(floats) if value.dtype == torch.float32 and keeps_no_f32(name) else value
            for name, value in tensors.items()}


def keeps_no_f32(name):
    return not name.endswith((*F32_TENSORS, "weight_scale_inv"))


def record(family, folder, model, state):
    recorder = RouteRecorder(model)
    tokens, logits = run(model, family.seed)
    layers, routes, margins = recorder.routes()
    write_truth(folder, tokens, logits, moeLayers=layers, routes=routes, margins=margins)
    check_what_matters(family, state, tokens, logits)
    check_every_tensor_matters(model, state, tokens, logits)
    cached = difference(with_cache(model, tokens), logits)
    assert cached < 2e-5, f"{family.name}: with a cache the logits differ by {cached:.1e}"
    report(family, folder, tokens, logits, routes, margins, cached)


def report(family, folder, tokens, logits, routes, margins, cached):
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    least = min((m for layer in margins for m in layer if m is not None), default=np.inf)
    assert least > 1e-4 and len(set(tokens[PROMPT:])) > 3, f"{family.name}: take another seed"
    used = [len({expert for token in layer for expert in token}) for layer in routes]
    print(f"{family.name}: {size // 1000} kB, {spread(logits)}, with a cache {cached:.0e} off, least margin {least:.1e}, "
          f"experts used {used}, greedy {tokens[PROMPT:]}", flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    wanted = sys.argv[1:]
    for family in FAMILIES:
        if not wanted or family.name in wanted:
            make(family)
    for packed in PACKED:
        if not wanted or packed.family.name in wanted:
            make(packed.family, packed)
