"""Records transformers' rotary frequencies for configurations written as models publish them.
Run: python src/tools/golden/rope.py > src/models/fixtures/rope.json"""
import copy
import json

from transformers import Gemma3TextConfig, LlamaConfig, Qwen2Config
from transformers.models.gemma3.modeling_gemma3 import Gemma3RotaryEmbedding
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding
from transformers.models.qwen2.modeling_qwen2 import Qwen2RotaryEmbedding

LLAMA = {
    "model_type": "llama", "hidden_size": 512, "num_attention_heads": 8, "num_hidden_layers": 2, "vocab_size": 64,
    "intermediate_size": 96, "max_position_embeddings": 131072, "rms_norm_eps": 1e-5,
}
GEMMA = {
    "model_type": "gemma3_text", "hidden_size": 640, "num_attention_heads": 4, "num_key_value_heads": 1, "head_dim": 256,
    "num_hidden_layers": 7, "vocab_size": 64, "intermediate_size": 96, "max_position_embeddings": 32768,
    "rms_norm_eps": 1e-6, "sliding_window": 512,
}
LLAMA3 = {
    "factor": 32.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0, "original_max_position_embeddings": 8192, "rope_type": "llama3",
}
QWEN_YARN = {"factor": 4.0, "original_max_position_embeddings": 32768, "type": "yarn"}

CASES = {
    "plain": {**LLAMA, "rope_theta": 10000.0},
    "theta unsaid": LLAMA,
    "plain, new form": {**LLAMA, "rope_parameters": {"rope_type": "default", "rope_theta": 100000}},
    "linear": {**LLAMA, "rope_theta": 10000.0, "rope_scaling": {"type": "linear", "factor": 4.0}},
    "llama3": {**LLAMA, "rope_theta": 500000.0, "rope_scaling": LLAMA3},
    "llama3, new form": {**LLAMA, "head_dim": 128, "rope_parameters": {**LLAMA3, "rope_theta": 500000.0, "factor": 8.0}},
    "yarn": {**LLAMA, "model_type": "qwen2", "rope_theta": 1e6, "rope_scaling": QWEN_YARN},
    "yarn, not truncated": {
        **LLAMA, "rope_theta": 150000.0,
        "rope_scaling": {"rope_type": "yarn", "factor": 32.0, "beta_fast": 32.0, "beta_slow": 1.0,
                         "original_max_position_embeddings": 4096, "truncate": False},
    },
    "yarn, own factors": {
        **LLAMA, "rope_theta": 10000.0,
        "rope_scaling": {"rope_type": "yarn", "factor": 16.0, "beta_fast": 64, "beta_slow": 2,
                         "original_max_position_embeddings": 8192, "attention_factor": 0.75},
    },
    "yarn, mscale": {
        **LLAMA, "rope_theta": 10000.0,
        "rope_scaling": {"rope_type": "yarn", "factor": 40, "mscale": 0.707, "mscale_all_dim": 1.0,
                         "original_max_position_embeddings": 4096},
    },
    "yarn, original context unsaid": {
        **LLAMA, "rope_theta": 10000.0, "rope_scaling": {"rope_type": "yarn", "factor": 2.0},
    },
    "gemma": {**GEMMA, "rope_theta": 1000000.0, "rope_local_base_freq": 10000.0},
    "gemma, linear": {**GEMMA, "rope_scaling": {"factor": 8.0, "rope_type": "linear"}},
    "gemma, new form": {
        **GEMMA,
        "rope_parameters": {
            "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1000000.0},
            "sliding_attention": {"rope_type": "default", "rope_theta": 12000.0},
        },
    },
}


def record(config: dict) -> dict:
    given = copy.deepcopy(config)
    if config["model_type"] == "gemma3_text":
        rope = Gemma3RotaryEmbedding(Gemma3TextConfig(**given))
        return {
            "global": {"inverseFrequencies": rope.full_attention_inv_freq.tolist(), "amplitude": rope.full_attention_attention_scaling},
            "local": {"inverseFrequencies": rope.sliding_attention_inv_freq.tolist(), "amplitude": rope.sliding_attention_attention_scaling},
        }
    rope = Qwen2RotaryEmbedding(Qwen2Config(**given)) if config["model_type"] == "qwen2" else LlamaRotaryEmbedding(LlamaConfig(**given))
    return {"global": {"inverseFrequencies": rope.inv_freq.tolist(), "amplitude": rope.attention_scaling}, "local": None}


print(json.dumps([{"title": title, "config": config, **record(config)} for title, config in CASES.items()], indent=1))
