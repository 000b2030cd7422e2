"""
Outside truth for the forward pass: tiny random checkpoints of each family, run by
PyTorch `transformers`, with the logits it computes for 70 prompt tokens and 8
greedy ones. The dense fixtures under src/graph/fixtures/ come from this one command
(moeCheckpoints.py makes the others; torch 2.15, transformers 5.23, gguf 0.19, numpy 2.4):

    /opt/shoal-venv/bin/python src/tools/golden/checkpoints.py

Each folder holds hf/ (config.json, model.safetensors, tokenizer files), model.gguf
(the same weights), logits.bin (little-endian f32, [78, vocab], every position) and
truth.json (the tokens). The weights are rounded so that bf16 and f16 hold them
exactly, and stored in these to keep the files small; PyTorch computes in f32.
The quantised ones have no hf/: their truth is PyTorch on the dequantised weights.

src/tools/realModel/tinyModels.check.ts lets llama.cpp compute the same logits, which
proves the conversion.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.models.gemma3 import modeling_gemma3

sys.path.insert(0, str(Path(__file__).parent))
from fixture import described, exact_in_halves, fresh_folder, logits_of, run, spread, write_hf, write_truth
from quantised import quantise_all
from to_gguf import write_gguf
from toy_tokenizer import toy_tokens


@dataclass
class Checkpoint:
    name: str
    seed: int
    config: dict
    # How config.json spells rope: as transformers 5 writes it, or as files of before 2026 do.
    old_rope_keys: dict | None = None
    safetensors: torch.dtype = torch.bfloat16
    gguf: str = "BF16"
    quant: str | None = None


def llama(hidden, inner, heads, kv_heads, head_dim, layers, vocab, **more):
    return dict(model_type="llama", hidden_size=hidden, intermediate_size=inner, num_attention_heads=heads,
                num_key_value_heads=kv_heads, head_dim=head_dim, num_hidden_layers=layers, vocab_size=vocab,
                max_position_embeddings=256, rms_norm_eps=1e-5, tie_word_embeddings=True, bos_token_id=0,
                eos_token_id=1, pad_token_id=None) | more


SMALL = dict(hidden=42, inner=56, heads=3, kv_heads=1, head_dim=20, layers=2, vocab=160)
PLAIN_ROPE = dict(rope_type="default", rope_theta=10000.0)
LLAMA3 = dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
              original_max_position_embeddings=32)

CHECKPOINTS = [
    Checkpoint("llama", 1, llama(84, 52, 6, 2, 20, 2, 220, rope_parameters=PLAIN_ROPE), gguf="F16"),
    Checkpoint("llama-untied", 2, llama(**SMALL, tie_word_embeddings=False, rope_parameters=PLAIN_ROPE)),
    Checkpoint("llama-linear", 3, llama(**SMALL, rope_parameters=dict(
        rope_type="linear", rope_theta=10000.0, factor=4.0)), gguf="F32"),
    Checkpoint("llama-llama3", 4, llama(**SMALL, rope_parameters=dict(rope_theta=50000.0, **LLAMA3)),
               old_rope_keys=dict(rope_theta=50000.0, rope_scaling=LLAMA3), gguf="F16"),
    Checkpoint("llama-yarn", 5, llama(**SMALL, rope_parameters=dict(
        rope_type="yarn", rope_theta=10000.0, factor=4.0, original_max_position_embeddings=64)),
        safetensors=torch.float16),
    Checkpoint("qwen2", 6, llama(64, 44, 2, 1, 32, 2, 160, rms_norm_eps=1e-6,
                                 rope_parameters=dict(rope_type="default", rope_theta=1e6)) | dict(model_type="qwen2"),
               old_rope_keys=dict(rope_theta=1e6, rope_scaling=None)),
    Checkpoint("qwen3", 7, llama(64, 44, 4, 1, 20, 2, 160, rms_norm_eps=1e-6,
                                 rope_parameters=dict(rope_type="default", rope_theta=1e6)) | dict(model_type="qwen3")),
    Checkpoint("gemma3", 8, dict(
        model_type="gemma3_text", hidden_size=44, intermediate_size=44, num_attention_heads=2,
        num_key_value_heads=1, head_dim=20, num_hidden_layers=7, vocab_size=160, max_position_embeddings=256,
        rms_norm_eps=1e-6, query_pre_attn_scalar=20, sliding_window=24, hidden_activation="gelu_pytorch_tanh",
        bos_token_id=0, eos_token_id=1, pad_token_id=None, tie_word_embeddings=True,
        rope_parameters=dict(
            full_attention=dict(rope_type="linear", rope_theta=1e6, factor=8.0),
            sliding_attention=dict(rope_type="default", rope_theta=10000.0))),
        old_rope_keys=dict(rope_theta=1e6, rope_local_base_freq=10000.0, sliding_window_pattern=6,
                           rope_scaling=dict(rope_type="linear", factor=8.0)), gguf="F16",
        # In bf16 transformers would round the embedding's scale, sqrt(44), too.
        safetensors=torch.float32),
    Checkpoint("gemma3-caps", 12, dict(
        model_type="gemma3_text", hidden_size=32, intermediate_size=40, num_attention_heads=2,
        num_key_value_heads=1, head_dim=16, num_hidden_layers=2, vocab_size=112, max_position_embeddings=256,
        rms_norm_eps=1e-6, query_pre_attn_scalar=16, sliding_window=40, hidden_activation="gelu_pytorch_tanh",
        bos_token_id=0, eos_token_id=1, pad_token_id=None, tie_word_embeddings=True,
        attn_logit_softcapping=1.5, final_logit_softcapping=4.0,
        rope_parameters=dict(
            full_attention=dict(rope_type="default", rope_theta=1e6),
            sliding_attention=dict(rope_type="default", rope_theta=10000.0))),
        safetensors=torch.float32),
    Checkpoint("llama-q8_0", 9, llama(64, 96, 4, 2, 32, 2, 160, rope_parameters=PLAIN_ROPE), quant="Q8_0"),
    Checkpoint("llama-q4_0", 10, llama(64, 96, 4, 2, 32, 2, 160, rope_parameters=PLAIN_ROPE), quant="Q4_0"),
    Checkpoint("qwen2-k", 11, llama(256, 256, 4, 1, 64, 1, 160, rms_norm_eps=1e-6,
                                    rope_parameters=dict(rope_type="default", rope_theta=1e6)) | dict(model_type="qwen2"),
               quant="Q4_K_M"),
]


def seeded_weights(model, seed):
    """Random weights under which attention mixes and logits are far from flat."""
    rng = np.random.default_rng(seed)
    state = {}
    for name, tensor in model.state_dict().items():
        shape = tuple(tensor.shape)
        noise = rng.standard_normal(shape)
        if name.endswith("embed_tokens.weight") or name.endswith("lm_head.weight"):
            value = 0.3 * noise
        elif len(shape) == 2:
            value = 1.2 * noise / np.sqrt(shape[1])
        elif name.endswith("bias"):
            value = 0.3 * noise
        else:
            # Gemma's norms multiply by 1 + w.
            value = 0.3 * noise + (0 if model.config.model_type == "gemma3_text" else 1)
        state[name] = exact_in_halves(value)
    if model.config.tie_word_embeddings:
        state["lm_head.weight"] = state["model.embed_tokens.weight"]
    return state


def stored(state, config):
    """As files hold it: a tied head is not written."""
    return {k: v for k, v in state.items() if not (k == "lm_head.weight" and config.tie_word_embeddings)}


def cap_attention():
    """transformers hands Gemma 3's attention no soft cap, though its config has one and its code the sum."""
    plain = modeling_gemma3.eager_attention_forward
    modeling_gemma3.eager_attention_forward = lambda module, *args, **more: plain(
        module, *args, **more, softcap=module.attn_logit_softcapping)


def write_folder(folder, checkpoint, model, state):
    config = described(model.config) | dict(architectures=[type(model).__name__])
    if checkpoint.old_rope_keys is not None:
        config.pop("rope_parameters")
        config.pop("layer_types", None)
        config |= checkpoint.old_rope_keys
    write_hf(folder, config, {k: v.to(checkpoint.safetensors) for k, v in state.items()})
    assert_same_model(folder, state)


def assert_same_model(folder, state):
    """The folder as written loads to the same weights and rope, so config.json tells the truth."""
    again = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    for name, value in state.items():
        assert torch.equal(again.state_dict()[name], value), name


def make(checkpoint):
    torch.manual_seed(0)
    config = AutoConfig.for_model(**checkpoint.config)
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32, attn_implementation="eager").eval()
    state = seeded_weights(model, checkpoint.seed)
    blocks = {}
    if checkpoint.quant is not None:
        state, blocks = quantise_all(stored(state, config), checkpoint.quant, checkpoint.seed)
        state["lm_head.weight"] = state["model.embed_tokens.weight"]
    model.load_state_dict(state)
    tokens, logits = run(model, checkpoint.seed)

    folder = fresh_folder(checkpoint.name)
    weights = stored(state, config)
    if checkpoint.quant is None:
        write_folder(folder / "hf", checkpoint, model, weights)
        hf = AutoModelForCausalLM.from_pretrained(folder / "hf", dtype=torch.float32, attn_implementation="eager")
        again = logits_of(hf.eval(), tokens)
        assert np.array_equal(again, logits), "config.json does not describe the model that ran"
    names = toy_tokens(config.vocab_size)
    write_gguf(folder / "model.gguf", checkpoint.name, config, weights, blocks, checkpoint.gguf, names)
    write_truth(folder, tokens, logits)
    print(f"{checkpoint.name}: {spread(logits)}")


if __name__ == "__main__":
    cap_attention()
    wanted = sys.argv[1:]
    for checkpoint in CHECKPOINTS:
        if not wanted or checkpoint.name in wanted:
            make(checkpoint)
