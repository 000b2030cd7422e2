"""
Hugging Face weights to GGUF, after llama.cpp's conventions: the llama family's q
and k rows are reordered so that rope pairs neighbours, Gemma's norms are stored
as 1 + w, llama3 rope scaling becomes the tensor rope_freqs.
"""

import math

import gguf
import numpy as np

ARCH = {"llama": "llama", "qwen2": "qwen2", "qwen3": "qwen3", "gemma3_text": "gemma3"}
TYPES = {"F32": gguf.GGMLQuantizationType.F32, "F16": gguf.GGMLQuantizationType.F16,
         "BF16": gguf.GGMLQuantizationType.BF16}

LAYER_NAMES = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def gguf_name(name, gemma):
    if name == "model.embed_tokens.weight":
        return "token_embd.weight"
    if name == "model.norm.weight":
        return "output_norm.weight"
    if name == "lm_head.weight":
        return "output.weight"
    _, _, layer, middle = name.split(".", 3)
    middle, kind = middle.rsplit(".", 1)
    norms = {"post_attention_layernorm": "post_attention_norm" if gemma else "ffn_norm",
             "pre_feedforward_layernorm": "ffn_norm", "post_feedforward_layernorm": "post_ffw_norm"}
    return f"blk.{layer}.{(LAYER_NAMES | norms)[middle]}.{kind}"


def interleaved(rows, heads):
    """Half-split rope rows (i, i + d/2) to neighbours (2i, 2i + 1), head by head."""
    shape = rows.shape
    return rows.reshape(heads, 2, shape[0] // heads // 2, *shape[1:]).swapaxes(1, 2).reshape(shape)


def write_gguf(path, name, config, state, blocks, dtype, tokenizer):
    """`blocks`: already quantised matrices by HF name, as (bytes [rows, row bytes], type)."""
    family = config.model_type
    writer = gguf.GGUFWriter(path, ARCH[family])
    writer.add_name(name)
    write_keys(writer, config)
    write_rope(writer, config)
    write_tokenizer(writer, family, tokenizer)
    for hf_name, tensor in state.items():
        name = gguf_name(hf_name, family == "gemma3_text")
        if hf_name in blocks:
            data, kind = blocks[hf_name]
            writer.add_tensor(name, reorder(data, hf_name, config), raw_dtype=kind)
            continue
        data = tensor.numpy()
        if family == "gemma3_text" and hf_name.endswith("norm.weight"):
            data = data + np.float32(1)
        data = np.ascontiguousarray(reorder(data, hf_name, config))
        kind = TYPES[dtype] if data.ndim == 2 else gguf.GGMLQuantizationType.F32
        writer.add_tensor(name, gguf.quantize(data, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def reorder(data, hf_name, config):
    if config.model_type != "llama":
        return data
    if "q_proj" in hf_name:
        return np.ascontiguousarray(interleaved(data, config.num_attention_heads))
    if "k_proj" in hf_name:
        return np.ascontiguousarray(interleaved(data, config.num_key_value_heads))
    return data


def write_keys(writer, config):
    writer.add_vocab_size(config.vocab_size)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    head_dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    writer.add_key_length(head_dim)
    writer.add_value_length(head_dim)
    writer.add_rope_dimension_count(head_dim)
    if config.model_type == "gemma3_text":
        writer.add_sliding_window(config.sliding_window)
        if config.attn_logit_softcapping:
            writer.add_attn_logit_softcapping(config.attn_logit_softcapping)
        if config.final_logit_softcapping:
            writer.add_final_logit_softcapping(config.final_logit_softcapping)


def write_rope(writer, config):
    rope = config.rope_parameters
    rope = rope.get("full_attention", rope)
    theta = rope["rope_theta"]
    writer.add_rope_freq_base(theta)
    kind = rope["rope_type"]
    if kind == "linear":
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(rope["factor"])
    elif kind == "yarn":
        writer.add_rope_scaling_type(gguf.RopeScalingType.YARN)
        writer.add_rope_scaling_factor(rope["factor"])
        writer.add_rope_scaling_orig_ctx_len(rope["original_max_position_embeddings"])
    elif kind == "llama3":
        writer.add_tensor("rope_freqs.weight", llama3_divisors(rope, theta, config.head_dim))


def llama3_divisors(rope, theta, head_dim):
    """What each pair's frequency is divided by, f32 [head_dim / 2]."""
    divisors = []
    low = rope["original_max_position_embeddings"] / rope["low_freq_factor"]
    high = rope["original_max_position_embeddings"] / rope["high_freq_factor"]
    for i in range(0, head_dim, 2):
        wavelength = 2 * math.pi * theta ** (i / head_dim)
        if wavelength < high:
            divisors.append(1)
        elif wavelength > low:
            divisors.append(rope["factor"])
        else:
            smooth = (rope["original_max_position_embeddings"] / wavelength - rope["low_freq_factor"]) / (
                rope["high_freq_factor"] - rope["low_freq_factor"])
            divisors.append(1 / ((1 - smooth) / rope["factor"] + smooth))
    return np.array(divisors, dtype=np.float32)


def write_tokenizer(writer, family, tokenizer):
    tokens, merges = tokenizer
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2" if family.startswith("qwen") else "llama-bpe")
    writer.add_token_list(tokens)
    writer.add_token_types([3, 3] + [1] * (len(tokens) - 2))
    writer.add_token_merges(merges)
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(1)
    writer.add_add_bos_token(False)
    writer.add_chat_template("{% for m in messages %}{{ m['content'] }}{% endfor %}")
