"""
llama.cpp's own converter to GGUF, of the very version node-llama-cpp computes with:
its package holds the source as a git bundle, which is checked out into .cache/. To be
imported before gguf-py, of which it brings its own.
"""

import logging
import subprocess
import sys

from safetensors.torch import load_file

from fixture import ROOT

SOURCE = ROOT / ".cache/llama.cpp"
BUNDLE = ROOT / "node_modules/node-llama-cpp/llama/gitRelease.bundle"

if not SOURCE.exists():
    subprocess.run(["git", "-c", "advice.detachedHead=false", "clone", "-q", BUNDLE, SOURCE], check=True)
sys.path[:0] = [str(SOURCE), str(SOURCE / "gguf-py")]

import conversion  # noqa: E402
import gguf  # noqa: E402

logging.getLogger("hf-to-gguf").setLevel(logging.ERROR)
logging.getLogger("gguf").setLevel(logging.ERROR)


def convert(hf, path, name, more_keys=None, blocks=None, whole_latents=False):
    """
    The folder `hf` as a GGUF of bf16. `blocks`: what to write in place of a tensor's
    floats, by its name in the folder: (bytes, type). `whole_latents`: as files of
    latent attention were before llama.cpp absorbed it, in April 2025.
    """
    config = conversion.ModelBase.load_hparams(hf, False)
    told = conversion.get_model_architecture(config, conversion.ModelType.TEXT)
    # Known under the name of the model that sees alone.
    kind = "Mistral3ForConditionalGeneration" if told == "Mistral4ForCausalLM" else told
    model = conversion.get_model_class(kind)(hf, gguf.LlamaFileType.MOSTLY_BF16, path, model_name=name)
    model = getattr(model, "impl", model)
    # It knows tokenizers by what they make of a long text, and ours is no one's.
    model.get_vocab_base_pre = lambda _: "qwen2" if told.startswith("Qwen") else "llama-bpe"
    model.set_vocab = model._set_vocab_gpt2
    writer = model.gguf_writer
    for key, value in (more_keys or {}).items():
        (writer.add_float32 if isinstance(value, float) else writer.add_uint32)(key, value)
    left = {model.map_tensor_name(hf_name): block for hf_name, block in (blocks or {}).items()}
    if whole_latents:
        keep_latents_whole(model, hf)
    add_tensor = writer.add_tensor

    def add(name, tensor, raw_dtype=None):
        data, kind = left.pop(name, (tensor, raw_dtype))
        add_tensor(name, data, raw_dtype=kind)

    writer.add_tensor = add
    model.write()
    assert not left, f"{name} has no {list(left)}"


def keep_latents_whole(model, hf):
    """kv_b in one piece, and a head's own sizes under the plain keys."""
    writer, add_tensor, add_keys = model.gguf_writer, model.gguf_writer.add_tensor, model.set_gguf_parameters
    weights = load_file(hf / "model.safetensors")
    bf16 = gguf.GGMLQuantizationType.BF16

    def add(name, tensor, raw_dtype=None):
        if name.endswith("attn_k_b.weight"):
            kv_b = weights[f"model.layers.{name.split('.')[1]}.self_attn.kv_b_proj.weight"].float().numpy()
            add_tensor(name.replace("k_b", "kv_b"), gguf.quantize(kv_b, bf16), raw_dtype=bf16)
        elif not name.endswith("attn_v_b.weight"):
            add_tensor(name, tensor, raw_dtype=raw_dtype)

    def add_old_keys():
        add_keys()
        keys = writer.kv_data[0]
        for length in ("key_length", "value_length"):
            keys[f"deepseek2.attention.{length}"] = keys.pop(f"deepseek2.attention.{length}_mla")
        keys["deepseek2.attention.head_count_kv"] = keys["deepseek2.attention.head_count"]

    writer.add_tensor, model.set_gguf_parameters = add, add_old_keys
