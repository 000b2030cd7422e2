"""
How quantised Hugging Face folders of mixtures of experts are written: which tensors
are packed, under which names, and what config.json says of it.
"""

import re
from dataclasses import dataclass
from typing import Callable

import numpy as np
import torch

import packing
from moeFamilies import DEEPSEEK_YARN, MIXTRAL, MLA, QWEN3, Family, family

LINEAR = re.compile(r"(proj|\.w[123])\.weight$")
EXPERT = re.compile(r"^(.*\.mlp)\.experts\.(\d+)\.(\w+_proj)\.weight$")


@dataclass
class Packed:
    """A family's checkpoint, packed: (tensors of the file, the weights they stand for)."""

    family: Family
    pack: Callable[[dict], tuple[dict, dict]]
    # Of config.json.
    settings: dict
    # Of what is not packed.
    floats: torch.dtype = torch.bfloat16


def each_linear(pack):
    """Packs every linear layer by itself; routers, norms, embedding and head stay."""
    def packed(weights):
        files, plain = {}, {}
        for name, value in weights.items():
            if not LINEAR.search(name):
                files[name] = plain[name] = value
                continue
            parts, exact = pack(value.numpy())
            files |= {f"{name.removesuffix('.weight')}.{suffix}": part for suffix, part in parts.items()}
            plain[name] = torch.from_numpy(exact)
        return files, plain
    return packed


def gpt_oss_experts(weights):
    """Its expert matrices are [E, in, out] in the model and rows by inputs in the file."""
    files, plain = {}, {}
    for name, value in weights.items():
        if value.ndim != 3:
            files[name] = plain[name] = value
            continue
        parts, exact = packing.mxfp4_pairs(np.ascontiguousarray(value.numpy().transpose(0, 2, 1)))
        files |= {f"{name}_{suffix}": part for suffix, part in parts.items()}
        plain[name] = torch.from_numpy(np.ascontiguousarray(exact.transpose(0, 2, 1)))
    return files, plain


def mlx_folder(pack, pack_router):
    """Every matrix is packed, embedding, head and router too, and the experts are stacked."""
    def packed(weights):
        files, plain, stacks = {}, {}, {}
        def add(module, values, how=pack):
            parts, exact = how(values)
            files.update({f"{module}.{suffix}": part for suffix, part in parts.items()})
            return torch.from_numpy(exact)
        for name, value in weights.items():
            if match := EXPERT.match(name):
                stacks.setdefault((match[1], match[3]), {})[int(match[2])] = value.numpy()
            elif value.ndim == 2:
                router = name.endswith("gate.weight")
                plain[name] = add(name.removesuffix(".weight"), value.numpy(), pack_router if router else pack)
            else:
                files[name] = plain[name] = value
        for (module, matrix), experts in stacks.items():
            exact = add(f"{module}.switch_mlp.{matrix}", np.stack([experts[e] for e in sorted(experts)]))
            plain |= {f"{module}.experts.{e}.{matrix}.weight": value.clone() for e, value in enumerate(exact)}
        return files, plain
    return packed


def mlx_affine(group, bits):
    return lambda values: packing.mlx(values, group, bits)


def fp8(block, scales):
    return each_linear(lambda values: packing.fp8_blocks(values, block, scales))


def fp8_settings(block, **more):
    return dict(quantization_config=dict(
        quant_method="fp8", fmt="e4m3", activation_scheme="dynamic", weight_block_size=block) | more)


def mlx_settings(routers, **more):
    """Routers of newer files are affine, of 8 bits, whatever the others are."""
    own = {f"model.layers.{layer}.mlp.gate": dict(group_size=64, bits=8) for layer in routers}
    settings = more | own
    return dict(quantization=settings, quantization_config=settings)


def compressed_settings(symmetric):
    weights = dict(num_bits=4, type="int", strategy="group", group_size=32, symmetric=symmetric, dynamic=False, actorder=None,
                   block_structure=None, observer="minmax", observer_kwargs={})
    return dict(quantization_config=dict(
        quant_method="compressed-tensors", format="pack-quantized", quantization_status="compressed",
        ignore=["lm_head", "re:.*mlp.gate$"], kv_cache_scheme=None, global_compression_ratio=None,
        config_groups=dict(group_0=dict(targets=["Linear"], weights=weights, input_activations=None, output_activations=None))))


V3 = dict(q_lora_rank=20, num_experts_per_tok=2, n_shared_experts=1, topk_method="noaux_tc", scoring_func="sigmoid",
          norm_topk_prob=True, routed_scaling_factor=2.5, moe_layer_freq=1, num_nextn_predict_layers=0,
          max_position_embeddings=2560, rope_theta=10000, rope_scaling=DEEPSEEK_YARN | dict(mscale=1.0, mscale_all_dim=1.0))
QWEN3_PACKED = QWEN3 | dict(hidden_size=64, intermediate_size=64, moe_intermediate_size=32, num_experts=5, num_experts_per_tok=2)

PACKED = [
    Packed(family("deepseek_v3-fp8", 201, "deepseek_v3", tie_word_embeddings=True, **V3, **MLA | dict(
               hidden_size=144, moe_intermediate_size=10, num_hidden_layers=2), n_routed_experts=6, n_group=3, topk_group=2),
           fp8([128, 128], torch.float32), fp8_settings([128, 128])),
    Packed(family("deepseek_v3-fp8-e8m0", 202, "deepseek_v3", tie_word_embeddings=True, **V3, **MLA | dict(
               hidden_size=72, moe_intermediate_size=14, num_hidden_layers=2), n_routed_experts=5, n_group=1, topk_group=1),
           fp8([32, 32], torch.float8_e8m0fnu), fp8_settings([32, 32], scale_fmt="ue8m0")),
    Packed(family("gpt_oss-mxfp4", 203, "gpt_oss", hidden_size=64, intermediate_size=32, num_attention_heads=4,
                  num_key_value_heads=1, head_dim=16, num_hidden_layers=2, num_local_experts=6, num_experts_per_tok=2,
                  experts_per_token=2, sliding_window=24, layer_types=["sliding_attention", "full_attention"],
                  attention_bias=True, swiglu_limit=7.0, rms_norm_eps=1e-5, max_position_embeddings=2048, rope_theta=150000,
                  rope_scaling=dict(rope_type="yarn", factor=32.0, beta_fast=32.0, beta_slow=1.0, truncate=False,
                                    original_max_position_embeddings=64)),
           gpt_oss_experts, dict(quantization_config=dict(quant_method="mxfp4", modules_to_not_convert=[
               "model.layers.*.self_attn", "model.layers.*.mlp.router", "model.embed_tokens", "lm_head"]))),
    Packed(family("mixtral-gptq", 204, "mixtral", num_local_experts=3, num_experts_per_tok=2, **MIXTRAL | dict(
               hidden_size=64, intermediate_size=64, num_attention_heads=4, num_key_value_heads=2, head_dim=16)),
           each_linear(lambda values: packing.gptq(values, 32)),
           dict(quantization_config=dict(quant_method="gptq", bits=4, group_size=32, damp_percent=0.1, desc_act=False, sym=False,
                                         true_sequential=True, model_name_or_path=None, model_file_base_name="model")),
           floats=torch.float16),
    Packed(family("qwen3_moe-awq", 205, "qwen3_moe", **QWEN3_PACKED), each_linear(lambda values: packing.awq(values, 32)),
           dict(quantization_config=dict(quant_method="awq", bits=4, group_size=32, version="gemm", zero_point=True,
                                         modules_to_not_convert=["mlp.gate"])),
           floats=torch.float16),
    Packed(family("qwen3_moe-ct", 206, "qwen3_moe", **QWEN3_PACKED),
           each_linear(lambda values: packing.compressed(values, 32, True)), compressed_settings(True)),
    Packed(family("olmoe-ct-zeros", 207, "olmoe", hidden_size=64, intermediate_size=32, num_attention_heads=4,
                  num_key_value_heads=4, num_hidden_layers=2, num_experts=5, num_experts_per_tok=2, norm_topk_prob=False,
                  rms_norm_eps=1e-5, rope_theta=1e4, rope_scaling=None, clip_qkv=None, attention_bias=False),
           each_linear(lambda values: packing.compressed(values, 32, False)), compressed_settings(False)),
    Packed(family("qwen3_moe-mlx32", 208, "qwen3_moe", **QWEN3_PACKED),
           mlx_folder(mlx_affine(32, 4), mlx_affine(32, 4)), mlx_settings([], group_size=32, bits=4)),
    Packed(family("qwen3_moe-mlx64", 209, "qwen3_moe", **QWEN3_PACKED | dict(moe_intermediate_size=64)),
           mlx_folder(mlx_affine(64, 4), mlx_affine(64, 8)), mlx_settings([0, 1], group_size=64, bits=4, mode="affine")),
    Packed(family("qwen3_moe-mlx-mxfp4", 210, "qwen3_moe", **QWEN3_PACKED),
           mlx_folder(packing.mlx_mxfp4, mlx_affine(64, 8)), mlx_settings([0, 1], group_size=32, bits=4, mode="mxfp4")),
]
