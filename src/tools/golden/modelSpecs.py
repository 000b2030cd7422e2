"""Records what transformers builds from published configurations (fewer layers, smaller
vocabularies): every tensor's name and shape as on the hub, as transformers itself holds it where
that differs, and as llama.cpp's converter would write it under gguf-py's names; and of each layer
what its modules say. '{E}' stands for one expert of `each`.
Run: python src/tools/golden/modelSpecs.py > src/models/fixtures/modelSpecs.json"""
import copy
import json
import re

import torch
from gguf import MODEL_ARCH, MODEL_TENSOR, TENSOR_NAMES, get_tensor_name_map
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.core_model_loading import revert_weight_conversion
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
from transformers.models.gemma3.modeling_gemma3 import Gemma3ForCausalLM
from transformers.models.mistral4.modeling_mistral4 import Mistral4ForCausalLM

ARCHITECTURES = {
    "llama": MODEL_ARCH.LLAMA, "mistral": MODEL_ARCH.LLAMA, "qwen2": MODEL_ARCH.QWEN2, "qwen3": MODEL_ARCH.QWEN3,
    "gemma3_text": MODEL_ARCH.GEMMA3, "smollm3": MODEL_ARCH.SMOLLM3, "mixtral": MODEL_ARCH.LLAMA, "olmoe": MODEL_ARCH.OLMOE,
    "granitemoe": MODEL_ARCH.GRANITE_MOE, "qwen2_moe": MODEL_ARCH.QWEN2MOE, "qwen3_moe": MODEL_ARCH.QWEN3MOE,
    "gpt_oss": MODEL_ARCH.GPT_OSS, "deepseek_v2": MODEL_ARCH.DEEPSEEK2, "deepseek_v3": MODEL_ARCH.DEEPSEEK2,
    "glm4_moe_lite": MODEL_ARCH.DEEPSEEK2, "mistral4": MODEL_ARCH.MISTRAL4, "llama4_text": MODEL_ARCH.LLAMA4,
    "lfm2_moe": MODEL_ARCH.LFM2MOE,
}

# llama.cpp's qwen2moe has experts in every layer.
NO_GGUF = {"Qwen2-MoE, some layers dense, some windowed"}

CASES = {
    "SmolLM2-135M": {
        "model_type": "llama", "hidden_act": "silu", "hidden_size": 576, "intermediate_size": 1536,
        "max_position_embeddings": 8192, "num_attention_heads": 9, "num_hidden_layers": 2, "num_key_value_heads": 3,
        "rms_norm_eps": 1e-05, "rope_scaling": None, "rope_theta": 100000, "tie_word_embeddings": True, "vocab_size": 128,
        "attention_bias": False,
    },
    "Llama-2-like, every default": {
        "model_type": "llama", "hidden_size": 128, "intermediate_size": 352, "num_hidden_layers": 1,
        "num_attention_heads": 4, "vocab_size": 128, "max_position_embeddings": 2048,
    },
    "Llama with attention bias": {
        "model_type": "llama", "hidden_size": 128, "intermediate_size": 352, "num_hidden_layers": 1, "attention_bias": True,
        "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 48, "vocab_size": 128, "max_position_embeddings": 2048,
    },
    "Mistral-7B-v0.1": {
        "model_type": "mistral", "hidden_act": "silu", "hidden_size": 256, "intermediate_size": 896,
        "max_position_embeddings": 32768, "num_attention_heads": 8, "num_hidden_layers": 2, "num_key_value_heads": 2,
        "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "sliding_window": 4096, "tie_word_embeddings": False, "vocab_size": 128,
    },
    "Qwen2.5-0.5B": {
        "model_type": "qwen2", "hidden_act": "silu", "hidden_size": 896, "intermediate_size": 4864,
        "max_position_embeddings": 32768, "max_window_layers": 24, "num_attention_heads": 14, "num_hidden_layers": 2,
        "num_key_value_heads": 2, "rms_norm_eps": 1e-06, "rope_theta": 1000000.0, "sliding_window": 32768,
        "tie_word_embeddings": True, "use_sliding_window": False, "vocab_size": 128,
    },
    "Qwen2 with windows": {
        "model_type": "qwen2", "hidden_size": 128, "intermediate_size": 96, "max_position_embeddings": 32768,
        "max_window_layers": 1, "num_attention_heads": 4, "num_hidden_layers": 3, "num_key_value_heads": 2,
        "sliding_window": 64, "use_sliding_window": True, "vocab_size": 128,
    },
    "Qwen3-0.6B": {
        "model_type": "qwen3", "attention_bias": False, "head_dim": 128, "hidden_act": "silu", "hidden_size": 1024,
        "intermediate_size": 3072, "max_position_embeddings": 40960, "max_window_layers": 28, "num_attention_heads": 16,
        "num_hidden_layers": 2, "num_key_value_heads": 8, "rms_norm_eps": 1e-06, "rope_scaling": None,
        "rope_theta": 1000000, "sliding_window": None, "tie_word_embeddings": True, "use_sliding_window": False, "vocab_size": 128,
    },
    "gemma-3-270m": {
        "model_type": "gemma3_text", "_sliding_window_pattern": 6, "attention_bias": False, "attn_logit_softcapping": None,
        "final_logit_softcapping": None, "head_dim": 256, "hidden_activation": "gelu_pytorch_tanh", "hidden_size": 640,
        "intermediate_size": 2048, "max_position_embeddings": 32768, "num_attention_heads": 4, "num_hidden_layers": 7,
        "num_key_value_heads": 1, "query_pre_attn_scalar": 256, "rms_norm_eps": 1e-06, "rope_local_base_freq": 10000.0,
        "rope_scaling": None, "rope_theta": 1000000.0, "sliding_window": 512, "vocab_size": 128,
        "layer_types": ["sliding_attention"] * 5 + ["full_attention", "sliding_attention"],
    },
    "gemma-3-27b's proportions": {
        "model_type": "gemma3_text", "head_dim": 128, "hidden_size": 1344, "intermediate_size": 2048, "num_attention_heads": 8,
        "num_hidden_layers": 3, "num_key_value_heads": 4, "query_pre_attn_scalar": 168, "sliding_window_pattern": 2,
        "rope_scaling": {"factor": 8.0, "rope_type": "linear"}, "sliding_window": 1024, "vocab_size": 128,
        "max_position_embeddings": 131072, "final_logit_softcapping": 30.0,
    },
    "SmolLM3-3B": {
        "model_type": "smollm3", "attention_bias": False, "hidden_act": "silu", "hidden_size": 2048, "intermediate_size": 11008,
        "max_position_embeddings": 65536, "max_window_layers": 28, "mlp_bias": False, "num_attention_heads": 16,
        "num_hidden_layers": 5, "num_key_value_heads": 4, "no_rope_layer_interval": 4, "no_rope_layers": [1, 1, 1, 0, 1],
        "rms_norm_eps": 1e-06, "rope_scaling": None, "rope_theta": 5000000.0, "sliding_window": None, "use_sliding_window": False,
        "vocab_size": 128,
    },
    "SmolLM3, windowed where it does not rotate": {
        "model_type": "smollm3", "hidden_size": 128, "intermediate_size": 96, "num_attention_heads": 4, "num_hidden_layers": 4,
        "no_rope_layer_interval": 2, "sliding_window": 64, "use_sliding_window": True, "vocab_size": 128,
    },
    "Mixtral-8x7B-v0.1": {
        "model_type": "mixtral", "hidden_act": "silu", "hidden_size": 4096, "intermediate_size": 14336,
        "max_position_embeddings": 32768, "num_attention_heads": 32, "num_experts_per_tok": 2, "num_hidden_layers": 1,
        "num_key_value_heads": 8, "num_local_experts": 8, "output_router_logits": False, "rms_norm_eps": 1e-05,
        "rope_theta": 1000000.0, "router_aux_loss_coef": 0.02, "sliding_window": None, "tie_word_embeddings": False, "vocab_size": 128,
    },
    "OLMoE-1B-7B-0924": {
        "model_type": "olmoe", "attention_bias": False, "clip_qkv": None, "hidden_act": "silu", "hidden_size": 2048,
        "intermediate_size": 1024, "max_position_embeddings": 4096, "norm_topk_prob": False, "num_attention_heads": 16,
        "num_experts": 64, "num_experts_per_tok": 8, "num_hidden_layers": 1, "num_key_value_heads": 16, "rms_norm_eps": 1e-05,
        "rope_scaling": None, "rope_theta": 10000.0, "tie_word_embeddings": False, "vocab_size": 128,
    },
    "granite-3.1-1b-a400m": {
        "model_type": "granitemoe", "attention_bias": False, "attention_multiplier": 0.015625, "embedding_multiplier": 12.0,
        "hidden_act": "silu", "hidden_size": 1024, "intermediate_size": 512, "logits_scaling": 6.0,
        "max_position_embeddings": 131072, "num_attention_heads": 16, "num_experts_per_tok": 8, "num_hidden_layers": 2,
        "num_key_value_heads": 8, "num_local_experts": 32, "residual_multiplier": 0.22, "rms_norm_eps": 1e-06,
        "rope_scaling": None, "rope_theta": 1500000, "tie_word_embeddings": True, "vocab_size": 128,
    },
    "Qwen1.5-MoE-A2.7B": {
        "model_type": "qwen2_moe", "decoder_sparse_step": 1, "hidden_act": "silu", "hidden_size": 2048, "intermediate_size": 5632,
        "max_position_embeddings": 8192, "max_window_layers": 21, "moe_intermediate_size": 1408, "norm_topk_prob": False,
        "num_attention_heads": 16, "num_experts": 60, "num_experts_per_tok": 4, "num_hidden_layers": 1, "num_key_value_heads": 16,
        "rms_norm_eps": 1e-06, "rope_theta": 1000000.0, "shared_expert_intermediate_size": 5632, "sliding_window": 32768,
        "tie_word_embeddings": False, "use_sliding_window": False, "vocab_size": 128,
    },
    "Qwen2-MoE, some layers dense, some windowed": {
        "model_type": "qwen2_moe", "decoder_sparse_step": 2, "mlp_only_layers": [3], "hidden_size": 64, "intermediate_size": 96,
        "max_window_layers": 3, "moe_intermediate_size": 32, "norm_topk_prob": True, "num_attention_heads": 4, "num_experts": 6,
        "num_experts_per_tok": 4, "num_hidden_layers": 6, "num_key_value_heads": 2, "shared_expert_intermediate_size": 48,
        "sliding_window": 24, "use_sliding_window": True, "vocab_size": 128,
    },
    "Qwen3-30B-A3B": {
        "model_type": "qwen3_moe", "attention_bias": False, "decoder_sparse_step": 1, "head_dim": 128, "hidden_act": "silu",
        "hidden_size": 2048, "intermediate_size": 6144, "max_position_embeddings": 40960, "max_window_layers": 48,
        "mlp_only_layers": [], "moe_intermediate_size": 768, "norm_topk_prob": True, "num_attention_heads": 32, "num_experts": 128,
        "num_experts_per_tok": 8, "num_hidden_layers": 1, "num_key_value_heads": 4, "rms_norm_eps": 1e-06, "rope_scaling": None,
        "rope_theta": 1000000.0, "sliding_window": None, "tie_word_embeddings": False, "use_sliding_window": False, "vocab_size": 128,
    },
    "gpt-oss-20b": {
        "model_type": "gpt_oss", "attention_bias": True, "experts_per_token": 4, "head_dim": 64, "hidden_act": "silu",
        "hidden_size": 2880, "initial_context_length": 4096, "intermediate_size": 2880,
        "layer_types": ["sliding_attention", "full_attention"], "max_position_embeddings": 131072, "num_attention_heads": 64,
        "num_experts_per_tok": 4, "num_hidden_layers": 2, "num_key_value_heads": 8, "num_local_experts": 32, "rms_norm_eps": 1e-05,
        "rope_scaling": {"beta_fast": 32.0, "beta_slow": 1.0, "factor": 32.0, "original_max_position_embeddings": 4096,
                         "rope_type": "yarn", "truncate": False},
        "rope_theta": 150000, "sliding_window": 128, "swiglu_limit": 7.0, "tie_word_embeddings": False, "vocab_size": 128,
    },
    "DeepSeek-V2-Lite": {
        "model_type": "deepseek_v2", "attention_bias": False, "first_k_dense_replace": 1, "hidden_act": "silu", "hidden_size": 2048,
        "intermediate_size": 10944, "kv_lora_rank": 512, "max_position_embeddings": 163840, "moe_intermediate_size": 1408,
        "moe_layer_freq": 1, "n_group": 1, "n_routed_experts": 64, "n_shared_experts": 2, "norm_topk_prob": False,
        "num_attention_heads": 16, "num_experts_per_tok": 6, "num_hidden_layers": 2, "num_key_value_heads": 16, "q_lora_rank": None,
        "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "rms_norm_eps": 1e-06,
        "rope_scaling": {"beta_fast": 32, "beta_slow": 1, "factor": 40, "mscale": 0.707, "mscale_all_dim": 0.707,
                         "original_max_position_embeddings": 4096, "type": "yarn"},
        "rope_theta": 10000, "routed_scaling_factor": 1.0, "scoring_func": "softmax", "seq_aux": True, "tie_word_embeddings": False,
        "topk_group": 1, "topk_method": "greedy", "v_head_dim": 128, "vocab_size": 128,
    },
    "DeepSeek-V2": {
        "model_type": "deepseek_v2", "first_k_dense_replace": 1, "hidden_size": 5120, "intermediate_size": 12288, "kv_lora_rank": 512,
        "max_position_embeddings": 163840, "moe_intermediate_size": 1536, "moe_layer_freq": 1, "n_group": 8, "n_routed_experts": 160,
        "n_shared_experts": 2, "norm_topk_prob": False, "num_attention_heads": 128, "num_experts_per_tok": 6, "num_hidden_layers": 2,
        "num_key_value_heads": 128, "q_lora_rank": 1536, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "rms_norm_eps": 1e-06,
        "rope_scaling": {"beta_fast": 32, "beta_slow": 1, "factor": 40, "mscale": 1.0, "mscale_all_dim": 1.0,
                         "original_max_position_embeddings": 4096, "type": "yarn"},
        "rope_theta": 10000, "routed_scaling_factor": 16.0, "scoring_func": "softmax", "topk_group": 3,
        "topk_method": "group_limited_greedy", "v_head_dim": 128, "vocab_size": 128,
    },
    "DeepSeek-V3": {
        "model_type": "deepseek_v3", "ep_size": 1, "first_k_dense_replace": 1, "hidden_act": "silu", "hidden_size": 7168,
        "intermediate_size": 18432, "kv_lora_rank": 512, "max_position_embeddings": 163840, "moe_intermediate_size": 2048,
        "moe_layer_freq": 1, "n_group": 8, "n_routed_experts": 256, "n_shared_experts": 1, "norm_topk_prob": True,
        "num_attention_heads": 128, "num_experts_per_tok": 8, "num_hidden_layers": 2, "num_key_value_heads": 128,
        "num_nextn_predict_layers": 1, "q_lora_rank": 1536, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "rms_norm_eps": 1e-06,
        "rope_scaling": {"beta_fast": 32, "beta_slow": 1, "factor": 40, "mscale": 1.0, "mscale_all_dim": 1.0,
                         "original_max_position_embeddings": 4096, "type": "yarn"},
        "rope_theta": 10000, "routed_scaling_factor": 2.5, "scoring_func": "sigmoid", "tie_word_embeddings": False, "topk_group": 4,
        "topk_method": "noaux_tc", "v_head_dim": 128, "vocab_size": 128,
    },
    "Moonlight-16B-A3B": {
        "model_type": "deepseek_v3", "first_k_dense_replace": 1, "hidden_act": "silu", "hidden_size": 2048, "intermediate_size": 11264,
        "kv_lora_rank": 512, "max_position_embeddings": 8192, "moe_intermediate_size": 1408, "moe_layer_freq": 1, "n_group": 1,
        "n_routed_experts": 64, "n_shared_experts": 2, "norm_topk_prob": True, "num_attention_heads": 16, "num_experts_per_tok": 6,
        "num_hidden_layers": 2, "num_key_value_heads": 16, "num_nextn_predict_layers": 0, "q_lora_rank": None,
        "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "rms_norm_eps": 1e-05, "rope_theta": 50000.0,
        "routed_scaling_factor": 2.446, "scoring_func": "sigmoid", "topk_group": 1, "topk_method": "noaux_tc", "v_head_dim": 128,
        "tie_word_embeddings": False, "vocab_size": 128,
    },
    "GLM-4.7-Flash": {
        "model_type": "glm4_moe_lite", "attention_bias": False, "first_k_dense_replace": 1, "hidden_act": "silu", "hidden_size": 2048,
        "intermediate_size": 10240, "kv_lora_rank": 512, "max_position_embeddings": 202752, "moe_intermediate_size": 1536,
        "n_group": 1, "n_routed_experts": 64, "n_shared_experts": 1, "norm_topk_prob": True, "num_attention_heads": 20,
        "num_experts_per_tok": 4, "num_hidden_layers": 2, "num_key_value_heads": 20, "num_nextn_predict_layers": 1,
        "partial_rotary_factor": 1.0, "q_lora_rank": 768, "qk_nope_head_dim": 192, "qk_rope_head_dim": 64, "rms_norm_eps": 1e-05,
        "rope_scaling": None, "rope_theta": 1000000, "routed_scaling_factor": 1.8, "tie_word_embeddings": False, "topk_group": 1,
        "topk_method": "noaux_tc", "v_head_dim": 256, "vocab_size": 128,
    },
    "Mistral 4, every default": {
        "model_type": "mistral4", "hidden_size": 4096, "intermediate_size": 12288, "num_hidden_layers": 2, "num_attention_heads": 32,
        "first_k_dense_replace": 1, "n_routed_experts": 128, "vocab_size": 128,
    },
    "Mistral 4 in groups": {
        "model_type": "mistral4", "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 1, "num_attention_heads": 4,
        "kv_lora_rank": 32, "q_lora_rank": 24, "qk_nope_head_dim": 16, "qk_rope_head_dim": 8, "v_head_dim": 12,
        "moe_intermediate_size": 16, "n_routed_experts": 12, "n_group": 3, "topk_group": 2, "n_shared_experts": 2,
        "routed_scaling_factor": 1.5, "vocab_size": 128, "max_position_embeddings": 2048,
        "rope_parameters": {"rope_type": "yarn", "rope_theta": 10000.0, "factor": 8.0, "original_max_position_embeddings": 256,
                            "beta_fast": 4.0, "beta_slow": 1.0, "mscale": 1.0, "mscale_all_dim": 0.5, "llama_4_scaling_beta": 0.2},
    },
    "Llama-4-Scout-17B-16E": {
        "model_type": "llama4_text", "attention_bias": False, "attention_chunk_size": 8192, "attn_scale": 0.1,
        "attn_temperature_tuning": True, "floor_scale": 8192, "head_dim": 128, "hidden_act": "silu", "hidden_size": 5120,
        "interleave_moe_layer_step": 1, "intermediate_size": 8192, "intermediate_size_mlp": 16384, "max_position_embeddings": 10485760,
        "no_rope_layers": [], "num_attention_heads": 40, "num_experts_per_tok": 1, "num_hidden_layers": 4, "num_key_value_heads": 8,
        "num_local_experts": 16, "rms_norm_eps": 1e-05,
        "rope_scaling": {"factor": 16.0, "high_freq_factor": 1.0, "low_freq_factor": 1.0, "original_max_position_embeddings": 8192,
                         "rope_type": "llama3"},
        "rope_theta": 500000.0, "tie_word_embeddings": False, "use_qk_norm": True, "vocab_size": 128,
    },
    "Llama-4-Maverick-17B-128E": {
        "model_type": "llama4_text", "attention_bias": False, "attention_chunk_size": 8192, "hidden_size": 5120, "head_dim": 128,
        "interleave_moe_layer_step": 2, "intermediate_size": 8192, "intermediate_size_mlp": 16384, "max_position_embeddings": 1048576,
        "num_attention_heads": 40, "num_experts_per_tok": 1, "num_hidden_layers": 2, "num_key_value_heads": 8,
        "num_local_experts": 128, "rms_norm_eps": 1e-05, "rope_scaling": None, "rope_theta": 500000.0, "use_qk_norm": False,
        "vocab_size": 128,
    },
    "LFM2-8B-A1B": {
        "model_type": "lfm2_moe", "conv_L_cache": 3, "conv_bias": False, "hidden_size": 2048, "intermediate_size": 7168,
        "layer_types": ["conv", "conv", "full_attention", "conv"], "max_position_embeddings": 128000, "moe_intermediate_size": 1792,
        "norm_eps": 1e-05, "norm_topk_prob": True, "num_attention_heads": 32, "num_dense_layers": 2, "num_experts": 32,
        "num_experts_per_tok": 4, "num_hidden_layers": 4, "num_key_value_heads": 8, "rope_theta": 1000000.0,
        "routed_scaling_factor": 1.0, "use_expert_bias": True, "vocab_size": 128,
    },
}


def attention_of(layer, config) -> dict:
    if hasattr(layer, "conv"):
        return {"kind": "conv", "width": layer.conv.conv_kernel_size, "bias": layer.conv.conv.bias is not None}
    attention = layer.self_attn
    rotates = bool(getattr(attention, "use_rope", True))
    temperature = None
    if hasattr(attention, "kv_lora_rank"):
        beta = config.rope_parameters.get("llama_4_scaling_beta")
        if beta:
            span = config.rope_parameters["original_max_position_embeddings"]
            temperature = {"scale": beta, "span": span, "offset": 0}
        return {
            "kind": "mla", "heads": attention.num_heads, "qRank": attention.q_lora_rank or 0, "kvRank": attention.kv_lora_rank,
            "nopeDim": attention.qk_nope_head_dim, "ropeDim": attention.qk_rope_head_dim, "valueDim": attention.v_head_dim,
            "scale": attention.scaling, "latentEps": attention.kv_a_layernorm.variance_epsilon, "temperature": temperature,
        }
    window = getattr(attention, "sliding_window", None)
    if config.model_type in ("mistral", "mixtral"):
        window = config.sliding_window
    types = getattr(config, "layer_types", None)
    chunked = types is not None and types[attention.layer_idx] == "chunked_attention"
    if getattr(attention, "attn_temperature_tuning", False) and not rotates:
        temperature = {"scale": attention.attn_scale, "span": attention.floor_scale, "offset": 1}
    norm = getattr(attention, "q_norm", None) or getattr(attention, "q_layernorm", None)
    out = getattr(attention, "o_proj", None) or attention.out_proj
    kind = "unit" if hasattr(attention, "qk_norm") else "none"
    if norm is not None:
        kind = "head" if norm.weight.numel() == attention.head_dim else "row"
    return {
        "kind": "gqa", "scale": attention.scaling, "window": window or 0, "chunk": config.attention_chunk_size if chunked else 0,
        "headDim": attention.head_dim, "heads": attention.q_proj.out_features // attention.head_dim,
        "kvHeads": attention.k_proj.out_features // attention.head_dim, "qkNorm": kind, "qkvBias": attention.q_proj.bias is not None,
        "outBias": out.bias is not None, "sinks": hasattr(attention, "sinks"), "rotates": rotates, "temperature": temperature,
    }


def ffn_of(layer) -> dict:
    ffn = next(getattr(layer, name) for name in ("mlp", "feed_forward", "block_sparse_moe") if hasattr(layer, name))
    if not hasattr(ffn, "experts"):
        gate = getattr(ffn, "gate_proj", None) or ffn.w1
        act = getattr(ffn, "act_fn", None) or getattr(ffn, "activation_fn", None)
        return {"kind": "dense", "inner": gate.out_features, "activation": type(act).__name__ if act is not None else "SiLUActivation"}
    router = getattr(ffn, "gate", None) or ffn.router
    experts = ffn.experts
    shared = getattr(ffn, "shared_expert", None) or getattr(ffn, "shared_experts", None)
    inner = getattr(experts, "intermediate_dim", None) or experts.intermediate_size
    bias = hasattr(router, "e_score_correction_bias") or getattr(ffn, "expert_bias", None) is not None
    return {
        "kind": "moe", "experts": router.num_experts, "topK": router.top_k, "inner": inner, "router": type(router).__name__,
        "norm": getattr(router, "norm_topk_prob", None), "scale": getattr(router, "routed_scaling_factor", 1.0),
        "groups": [getattr(router, "num_group", None) or 1, getattr(router, "topk_group", None) or 1],
        "method": getattr(router, "topk_method", None), "selectBias": bias, "routerBias": getattr(router, "bias", None) is not None,
        "expertBias": hasattr(experts, "gate_up_proj_bias"), "sharedInner": 0 if shared is None else shared.gate_proj.out_features,
        "gatedShared": hasattr(ffn, "shared_expert_gate"),
    }


def collapsed(tensors: dict) -> list[dict]:
    """A tensor for each expert becomes one entry."""
    found: dict[str, dict] = {}
    for name, value in tensors.items():
        short = re.sub(r"experts\.\d+\.", "experts.{E}.", name)
        entry = found.setdefault(short, {"name": short, "shape": list(value.shape), "each": 0})
        entry["each"] += 1
    return list(found.values())


def gguf_tensors(config: dict, tensors: list[dict], layers: int) -> list[dict]:
    """As llama.cpp's conversion writes them (conversion/*.py): experts stacked, gate and up apart, kv_b cut."""
    names = get_tensor_name_map(ARCHITECTURES[config["model_type"]], layers)

    def named(name: str) -> str:
        found = names.get_name(name, try_suffixes=(".weight", ".bias"))
        assert found is not None, name
        return found

    def block(tensor: MODEL_TENSOR, layer: str, suffix: str = ".weight") -> str:
        return TENSOR_NAMES[tensor].format(bid=layer) + suffix

    out = []
    for entry in tensors:
        name, shape = entry["name"], entry["shape"]
        layer = (re.findall(r"layers\.(\d+)", name) or [""])[0]
        stem = name.rsplit(".", 1)[-1]
        if entry["each"] > 1:
            name = name.replace("block_sparse_moe.experts.{E}", "feed_forward.experts").replace("experts.{E}", "experts")
            if "feed_forward" in name:
                name = name.removeprefix("model.")
            out.append({"name": named(name), "shape": [entry["each"], *shape]})
        elif "input_linear" in name or stem == "gate_up_proj":
            turned = config["model_type"] in ("gpt_oss", "llama4_text")
            inner = (shape[-1] if turned else shape[1]) // 2
            hidden = shape[1] if turned else shape[2]
            if config["model_type"] == "mistral4":
                out.append({"name": block(MODEL_TENSOR.FFN_GATE_UP_EXP, layer), "shape": shape})
                continue
            for tensor in (MODEL_TENSOR.FFN_GATE_EXP, MODEL_TENSOR.FFN_UP_EXP):
                out.append({"name": block(tensor, layer), "shape": [shape[0], inner, hidden]})
        elif stem == "gate_up_proj_bias":
            for tensor in (MODEL_TENSOR.FFN_GATE_EXP, MODEL_TENSOR.FFN_UP_EXP):
                out.append({"name": block(tensor, layer, ".bias"), "shape": [shape[0], shape[1] // 2]})
        elif stem == "down_proj":
            turned = config["model_type"] in ("gpt_oss", "llama4_text")
            out.append({"name": block(MODEL_TENSOR.FFN_DOWN_EXP, layer), "shape": [shape[0], *shape[:0:-1]] if turned else shape})
        elif stem == "down_proj_bias":
            out.append({"name": block(MODEL_TENSOR.FFN_DOWN_EXP, layer, ".bias"), "shape": shape})
        elif "kv_b_proj" in name:
            heads, nope, value = config["num_attention_heads"], entry["nope"], entry["value"]
            out.append({"name": named(name.replace("kv_b_proj", "k_b_proj")), "shape": [heads, shape[1], nope]})
            out.append({"name": named(name.replace("kv_b_proj", "v_b_proj")), "shape": [heads, value, shape[1]]})
        elif "conv.conv" in name:
            out.append({"name": named(name), "shape": [shape[0], shape[2]]})
        elif stem == "sinks":
            out.append({"name": named(name + ".weight"), "shape": shape})
        elif stem == "expert_bias" or stem == "e_score_correction_bias":
            out.append({"name": block(MODEL_TENSOR.FFN_EXP_PROBS_B, layer, ".bias"), "shape": shape})
        elif stem == "weight" and "shared_expert_gate" in name:
            out.append({"name": named(name), "shape": shape[1:]})
        else:
            out.append({"name": named(name), "shape": shape})
    return out


def frequencies_of(inner) -> dict:
    """The first, a middle and the last of the global table, and what multiplies its cosines."""
    rotary = getattr(inner, "rotary_emb", None) or inner.pos_emb
    if not hasattr(rotary, "attention_scaling"):
        return {}  # Gemma 3 has a table for each kind of layer
    with torch.device("cpu"):
        table, amplitude = (
            rotary.compute_default_rope_parameters(rotary.config, device="cpu") if rotary.rope_type == "default"
            else ROPE_INIT_FUNCTIONS[rotary.rope_type](rotary.config, device="cpu")
        )
    return {"amplitude": amplitude, "count": table.numel(), "picked": [table[i].item() for i in (0, table.numel() // 2, -1)]}


def record(title: str, config: dict) -> dict:
    given = {**copy.deepcopy(config), "pad_token_id": None}
    with torch.device("meta"):
        settings = AutoConfig.for_model(**given)
        own_class = Mistral4ForCausalLM if config["model_type"] == "mistral4" else None  # not in the auto classes
        model = AutoModelForCausalLM.from_config(settings) if own_class is None else own_class(settings)
    inner = model.model
    layers = [
        {
            "attention": attention_of(layer, model.config), "ffn": ffn_of(layer),
            "postNorms": hasattr(layer, "pre_feedforward_layernorm"),
        }
        for layer in inner.layers
    ]
    scale = {"float32": 1.0, "bfloat16": 1.0, "float16": 1.0}
    if isinstance(model, Gemma3ForCausalLM):
        root = torch.tensor(inner.embed_tokens.scalar_embed_scale)
        scale = {name: root.to(getattr(torch, name)).item() for name in scale}
    elif hasattr(inner, "embedding_multiplier"):
        scale = {name: inner.embedding_multiplier for name in scale}
    own = {name: value for name, value in model.state_dict().items() if not (name == "lm_head.weight" and model.config.tie_word_embeddings)}
    hub = collapsed(revert_weight_conversion(model, own))
    for entry in hub:
        if "kv_b_proj" in entry["name"]:
            attention = inner.layers[0].self_attn
            entry |= {"nope": attention.qk_nope_head_dim, "value": attention.v_head_dim}
    held = collapsed(own)
    norm = getattr(inner, "norm", None) or inner.embedding_norm
    gguf = None if title in NO_GGUF else gguf_tensors(config, hub, len(layers))
    plain = [{key: value for key, value in entry.items() if key not in ("nope", "value")} for entry in hub]
    return {
        "tensors": plain, "held": None if {entry["name"] for entry in held} == {entry["name"] for entry in plain} else held, "gguf": gguf, "layers": layers, "embedScale": scale,
        "normEps": getattr(norm, "variance_epsilon", None) or norm.eps, "tiedHead": bool(model.config.tie_word_embeddings),
        "contextLength": model.config.max_position_embeddings,
        "logitSoftCap": getattr(model.config, "final_logit_softcapping", None) or 0,
        "residualScale": getattr(inner.layers[0], "residual_multiplier", 1.0),
        "logitScale": 1 / getattr(model, "logits_scaling", 1.0),
        "rope": model.config.rope_parameters, "frequencies": frequencies_of(inner),
    }


print(json.dumps([{"title": title, "config": config, **record(title, config)} for title, config in CASES.items()], indent=None, separators=(",", ":")).replace('{"title"', '\n{"title"'))
