"""Records what transformers builds from published configurations (fewer layers, smaller
vocabularies): every parameter's shape, gguf-py's name for it, and each layer's scale, window and parts.
Run: python src/tools/golden/modelSpecs.py > src/models/fixtures/modelSpecs.json"""
import copy
import json

import torch
from gguf import MODEL_ARCH, get_tensor_name_map
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.models.gemma3.modeling_gemma3 import Gemma3ForCausalLM

ARCHITECTURES = {
    "llama": MODEL_ARCH.LLAMA, "mistral": MODEL_ARCH.LLAMA, "qwen2": MODEL_ARCH.QWEN2, "qwen3": MODEL_ARCH.QWEN3,
    "gemma3_text": MODEL_ARCH.GEMMA3,
}

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
}


def record(config: dict) -> dict:
    given = copy.deepcopy(config)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(AutoConfig.for_model(**given))
    inner = model.model
    layers = []
    for layer in inner.layers:
        attention = layer.self_attn
        window = getattr(attention, "sliding_window", None)
        if config["model_type"] == "mistral":
            window = model.config.sliding_window
        layers.append({
            "scale": attention.scaling, "window": window or 0, "headDim": attention.head_dim,
            "heads": attention.q_proj.out_features // attention.head_dim,
            "kvHeads": attention.k_proj.out_features // attention.head_dim,
            "qkNorm": hasattr(attention, "q_norm"), "qkvBias": attention.q_proj.bias is not None,
            "outBias": attention.o_proj.bias is not None, "inner": layer.mlp.gate_proj.out_features,
            "activation": type(layer.mlp.act_fn).__name__, "postNorms": hasattr(layer, "pre_feedforward_layernorm"),
        })
    scale = {"float32": 1.0, "bfloat16": 1.0, "float16": 1.0}
    if isinstance(model, Gemma3ForCausalLM):
        root = torch.tensor(inner.embed_tokens.scalar_embed_scale)
        scale = {name: root.to(getattr(torch, name)).item() for name in scale}
    norm = inner.norm
    names = get_tensor_name_map(ARCHITECTURES[config["model_type"]], len(layers))
    return {
        "parameters": [
            {"name": name, "gguf": names.get_name(name, try_suffixes=(".weight", ".bias")), "shape": list(value.shape)}
            for name, value in model.named_parameters()
        ],
        "layers": layers, "embedScale": scale, "normEps": getattr(norm, "variance_epsilon", None) or norm.eps,
        "tiedHead": bool(model.config.tie_word_embeddings), "contextLength": model.config.max_position_embeddings,
        "logitSoftCap": getattr(model.config, "final_logit_softcapping", None) or 0,
    }


print(json.dumps([{"title": title, "config": config, **record(config)} for title, config in CASES.items()], indent=None, separators=(",", ":")).replace('{"title"', '\n{"title"'))
