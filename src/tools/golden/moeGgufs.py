"""
GGUF files of the mixtures of experts, and of the other families that came with them:
llama.cpp's own converter, of the very version node-llama-cpp computes with (its
package holds the source as a git bundle), on the checkpoints of moeCheckpoints.py:

    /opt/shoal-venv/bin/python src/tools/golden/moeGgufs.py [name ...]

AS_THEY_ARE: a model.gguf beside a fixture's hf/, of the same weights.
IN_GGUF_TERMS: fixtures of a GGUF alone. Some keep to what llama.cpp holds fixed for
want of a key; one is as files of 2024 were; some are quantised, with stacked experts
in every type, and their truth is PyTorch on the dequantised weights.

Floats are bf16, which holds them exactly. llama.cpp on the CPU rounds activations to
the weights' type as it goes, so src/tools/realModel/tinyModels.check.ts shows it the
same weights in f32.
"""

import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parent))
from converter import convert
from fixture import FIXTURES, fresh_folder, write_hf
from ggufStacks import STACKS, quantise_stacks
from moeCheckpoints import PLAINLY, as_saved, class_of, model_of, record, seeded_weights
from moeFamilies import FAMILIES, Family, family

# What config.json leaves to the family's code and published files say.
AS_THEY_ARE = {
    "mixtral": {}, "mixtral-all": {}, "olmoe": {}, "granitemoe": {}, "qwen3_moe": {}, "gpt_oss-mxfp4": {},
    "deepseek_v2": {}, "deepseek_v2-groups": {}, "deepseek_v3": {}, "moonlight": {}, "lfm2_moe": {},
    "glm4_moe_lite": {"deepseek2.expert_gating_func": 2},
    "mistral4": {"mistral4.attention.temperature_scale": 0.4, "mistral4.attention.temperature_length": 16},
}


@dataclass
class InGgufTerms:
    family: Family
    # The types of ggufStacks.py; {} for floats.
    kinds: dict = field(default_factory=dict)
    whole_latents: bool = False


def like(name, new_name, **changes):
    """The same weights under another configuration."""
    source = next(one for one in FAMILIES if one.name == name)
    return Family(new_name, source.seed, source.config | changes, [], source.scales)


GPT_OSS = next(one for one in FAMILIES if one.name == "gpt_oss").config
QWEN3 = dict(hidden_size=256, intermediate_size=32, moe_intermediate_size=32, num_attention_heads=2,
             num_key_value_heads=1, head_dim=16, num_hidden_layers=3, num_experts=3, num_experts_per_tok=2,
             norm_topk_prob=True, decoder_sparse_step=1, mlp_only_layers=[], rope_theta=1e6, rope_scaling=None,
             tie_word_embeddings=True)
QWEN2 = dict(hidden_size=32, intermediate_size=32, moe_intermediate_size=256, shared_expert_intermediate_size=256,
             num_attention_heads=2, num_key_value_heads=2, num_hidden_layers=3, num_experts=3, num_experts_per_tok=2,
             norm_topk_prob=False, decoder_sparse_step=1, mlp_only_layers=[], use_sliding_window=False,
             sliding_window=64, max_window_layers=3, rope_theta=1e6)
OLMOE = dict(hidden_size=64, intermediate_size=32, num_attention_heads=4, num_key_value_heads=4, num_hidden_layers=2,
             num_experts=5, num_experts_per_tok=2, norm_topk_prob=False, rms_norm_eps=1e-5, rope_theta=1e4,
             rope_scaling=None, clip_qkv=None, attention_bias=False)

IN_GGUF_TERMS = [
    # llama.cpp holds the chunk, the temperature and every fourth layer without rope fixed.
    InGgufTerms(like("llama4", "llama4-gguf", attention_chunk_size=8192, floor_scale=8192, attn_scale=0.1,
                     no_rope_layer_interval=4)),
    # It rounds YaRN's ramp to whole channels; with these numbers the end of it, 2.0, is one.
    InGgufTerms(like("gpt_oss", "gpt_oss-gguf", rope_theta=172240,
                     rope_scaling=GPT_OSS["rope_scaling"] | dict(original_max_position_embeddings=128))),
    InGgufTerms(like("deepseek_v2", "deepseek_v2-whole"), whole_latents=True),
    InGgufTerms(family("smollm3-gguf", 301, "smollm3", hidden_size=40, intermediate_size=28, num_attention_heads=2,
                       num_key_value_heads=1, num_hidden_layers=4, no_rope_layers=[1, 1, 1, 0], no_rope_layer_interval=4,
                       layer_types=["full_attention"] * 4, attention_bias=False, mlp_bias=False,
                       use_sliding_window=False, sliding_window=None, tie_word_embeddings=True, rope_theta=5e6,
                       rope_scaling=None, matters=[dict(no_rope_layers=[1, 1, 1, 1])])),
    InGgufTerms(family("qwen3_moe-k", 305, "qwen3_moe", **QWEN3), STACKS["qwen3_moe-k"]),
    InGgufTerms(family("qwen2_moe-k", 303, "qwen2_moe", **QWEN2), STACKS["qwen2_moe-k"]),
    InGgufTerms(family("olmoe-q", 304, "olmoe", **OLMOE), STACKS["olmoe-q"]),
]


def make_in_gguf_terms(one):
    family = one.family
    model = model_of(family.config)
    model.load_state_dict(seeded_weights(model, family))
    weights = as_saved(model, family.spelling)
    config = family.config | dict(architectures=[type(model).__name__])
    weights, blocks = quantise_stacks(weights, one.kinds, family.seed)
    folder = fresh_folder(family.name)
    with tempfile.TemporaryDirectory() as temporary:
        hf = Path(temporary) / "hf"
        write_hf(hf, config, weights)
        model = class_of(config).from_pretrained(hf, **PLAINLY).eval()
        convert(hf, folder / "model.gguf", family.name, {}, blocks, one.whole_latents)
    record(family, folder, model, {name: value.clone() for name, value in model.state_dict().items()})


if __name__ == "__main__":
    torch.set_num_threads(1)
    wanted = sys.argv[1:]
    for name, more_keys in AS_THEY_ARE.items():
        if not wanted or name in wanted:
            path = FIXTURES / name / "model.gguf"
            convert(FIXTURES / name / "hf", path, name, more_keys)
            print(f"{name}: {path.stat().st_size // 1000} kB", flush=True)
    for one in IN_GGUF_TERMS:
        if not wanted or one.family.name in wanted:
            make_in_gguf_terms(one)
