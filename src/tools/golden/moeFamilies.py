"""
The tiny configurations of moeCheckpoints.py: one of each family whose layers are
not all alike dense ones, spelled as its published config.json is. Sizes are odd on
purpose: expert counts that are no power of two, widths that are no multiple of 64.
"""

from dataclasses import dataclass, field


@dataclass
class Family:
    name: str
    seed: int
    # config.json; with rope as files of before 2026 spell it where the published ones do.
    config: dict
    # Changes of the configuration that must change the logits: what the fixture proves.
    matters: list[dict] = field(default_factory=list)
    # Factors on the random weights of names that contain the key.
    scales: dict[str, float] = field(default_factory=dict)
    # 'hub': as published files name tensors; 'fused': as transformers 5 holds them.
    spelling: str = "hub"
    # Published inside a model that sees: (model_type, architecture) of that one.
    inside: tuple[str, str] | None = None


COMMON = dict(max_position_embeddings=256, bos_token_id=0, eos_token_id=1, pad_token_id=None, tie_word_embeddings=False,
              vocab_size=112)
LLAMA_LIKE = dict(hidden_act="silu", rms_norm_eps=1e-6)
SMALL_LATENTS = {"kv_a_proj_with_mqa": 0.03, "q_a_proj": 0.03, "embed_tokens": 0.1}


def family(name, seed, model_type, matters=(), scales=None, spelling="hub", inside=None, **config):
    common = COMMON if model_type == "lfm2_moe" else COMMON | LLAMA_LIKE
    return Family(name, seed, common | dict(model_type=model_type) | config, list(matters), scales or {}, spelling, inside)


MIXTRAL = dict(hidden_size=40, intermediate_size=18, num_attention_heads=3, num_key_value_heads=1, head_dim=12,
               num_hidden_layers=2, rms_norm_eps=1e-5, rope_theta=1e6, sliding_window=None)
QWEN3 = dict(hidden_size=36, intermediate_size=30, moe_intermediate_size=12, num_attention_heads=4,
             num_key_value_heads=2, head_dim=16, num_hidden_layers=2, num_experts=9, num_experts_per_tok=3,
             norm_topk_prob=True, decoder_sparse_step=1, mlp_only_layers=[], rope_theta=1e6, rope_scaling=None)
MLA = dict(hidden_size=40, intermediate_size=28, moe_intermediate_size=10, num_attention_heads=2, num_key_value_heads=2,
           kv_lora_rank=24, qk_nope_head_dim=12, qk_rope_head_dim=8, v_head_dim=12, num_hidden_layers=3,
           first_k_dense_replace=1)
DEEPSEEK_YARN = dict(type="yarn", factor=40, beta_fast=32, beta_slow=1, original_max_position_embeddings=64)
MISTRAL_ROPE = dict(type="yarn", rope_type="yarn", rope_theta=10000.0, factor=16.0, beta_fast=32.0, beta_slow=1.0,
                    original_max_position_embeddings=16, max_position_embeddings=256, mscale=1.0, mscale_all_dim=1.0,
                    llama_4_scaling_beta=0.4)

FAMILIES = [
    family("mixtral", 101, "mixtral", num_local_experts=5, num_experts_per_tok=2, **MIXTRAL,
           matters=[dict(num_experts_per_tok=1), dict(num_experts_per_tok=3), dict(rope_theta=1e4)]),
    family("mixtral-all", 122, "mixtral", num_local_experts=4, num_experts_per_tok=4,
           **MIXTRAL | dict(hidden_size=44, intermediate_size=14),
           matters=[dict(num_experts_per_tok=3)]),
    family("olmoe", 103, "olmoe", hidden_size=40, intermediate_size=10, num_attention_heads=2, num_key_value_heads=2,
           num_hidden_layers=2, num_experts=12, num_experts_per_tok=3, norm_topk_prob=False, rms_norm_eps=1e-5,
           rope_theta=1e4, rope_scaling=None, clip_qkv=None, attention_bias=False,
           matters=[dict(norm_topk_prob=True), dict(num_experts_per_tok=2)]),
    family("granitemoe", 104, "granitemoe", hidden_size=48, intermediate_size=8, num_attention_heads=4,
           num_key_value_heads=2, num_hidden_layers=2, num_local_experts=10, num_experts_per_tok=4,
           tie_word_embeddings=True, embedding_multiplier=3.5, attention_multiplier=0.17, residual_multiplier=0.6,
           logits_scaling=1.7, rope_theta=1e4, rope_scaling=None, attention_bias=False,
           scales={"embed_tokens": 0.2, "down_proj": 3.0, "o_proj": 2.0},
           matters=[dict(embedding_multiplier=1.0), dict(attention_multiplier=12**-0.5), dict(residual_multiplier=1.0),
                    dict(logits_scaling=1.0), dict(num_experts_per_tok=3)]),
    family("qwen2_moe", 105, "qwen2_moe", hidden_size=36, intermediate_size=30, moe_intermediate_size=10,
           shared_expert_intermediate_size=20, num_attention_heads=3, num_key_value_heads=1, num_hidden_layers=3,
           num_experts=6, num_experts_per_tok=2, norm_topk_prob=False, decoder_sparse_step=1, mlp_only_layers=[0],
           use_sliding_window=False, sliding_window=64, max_window_layers=3, rope_theta=1e6,
           matters=[dict(norm_topk_prob=True), dict(num_experts_per_tok=3)]),
    family("qwen3_moe", 106, "qwen3_moe", **QWEN3,
           matters=[dict(norm_topk_prob=False), dict(num_experts_per_tok=2)]),
    family("qwen3_moe-fused", 106, "qwen3_moe", **QWEN3, spelling="fused"),
    family("qwen3_moe-top1", 107, "qwen3_moe",
           **QWEN3 | dict(num_hidden_layers=3, num_experts=5, num_experts_per_tok=1, norm_topk_prob=False,
                          decoder_sparse_step=2, tie_word_embeddings=True),
           matters=[dict(norm_topk_prob=True), dict(num_experts_per_tok=2)]),
    family("gpt_oss", 108, "gpt_oss", hidden_size=48, intermediate_size=14, num_attention_heads=4,
           num_key_value_heads=2, head_dim=16, num_hidden_layers=2, num_local_experts=6, num_experts_per_tok=2,
           experts_per_token=2, sliding_window=24, layer_types=["sliding_attention", "full_attention"],
           attention_bias=True, swiglu_limit=7.0, rms_norm_eps=1e-5, max_position_embeddings=2048, rope_theta=150000,
           rope_scaling=dict(rope_type="yarn", factor=32.0, beta_fast=32.0, beta_slow=1.0, truncate=False,
                             original_max_position_embeddings=64),
           scales={"gate_up_proj": 3.0},
           matters=[dict(sliding_window=200), dict(swiglu_limit=100.0), dict(num_experts_per_tok=3),
                    dict(layer_types=["full_attention", "sliding_attention"])]),
    family("deepseek_v2", 109, "deepseek_v2",
           **MLA, q_lora_rank=None, n_routed_experts=7, num_experts_per_tok=3, n_shared_experts=2, n_group=1,
           topk_group=1,
           topk_method="greedy", scoring_func="softmax", norm_topk_prob=False, routed_scaling_factor=1.0,
           moe_layer_freq=1, max_position_embeddings=2560, rope_theta=10000,
           rope_scaling=DEEPSEEK_YARN | dict(mscale=0.707, mscale_all_dim=0.707),
           matters=[dict(num_experts_per_tok=2), dict(rope_theta=20000),
                    dict(rope_scaling=DEEPSEEK_YARN), dict(rope_scaling=None)]),
    family("deepseek_v2-groups", 110, "deepseek_v2",
           **MLA, q_lora_rank=20, n_routed_experts=9, num_experts_per_tok=3, n_shared_experts=2, n_group=3,
           topk_group=2,
           topk_method="group_limited_greedy", scoring_func="softmax", norm_topk_prob=False, routed_scaling_factor=4.0,
           moe_layer_freq=1, max_position_embeddings=2560, rope_theta=10000,
           rope_scaling=DEEPSEEK_YARN | dict(mscale=1.0, mscale_all_dim=1.0),
           matters=[dict(topk_method="greedy"), dict(topk_group=1), dict(routed_scaling_factor=1.0)]),
    family("deepseek_v3", 111, "deepseek_v3",
           **MLA | dict(moe_intermediate_size=8), q_lora_rank=20, n_routed_experts=12, num_experts_per_tok=3,
           n_shared_experts=1, n_group=4, topk_group=2, topk_method="noaux_tc", scoring_func="sigmoid",
           norm_topk_prob=True, routed_scaling_factor=2.5, moe_layer_freq=1, num_nextn_predict_layers=0,
           max_position_embeddings=2560, rope_theta=10000,
           rope_scaling=DEEPSEEK_YARN | dict(mscale=1.0, mscale_all_dim=1.0),
           matters=[dict(topk_group=4), dict(topk_group=1), dict(norm_topk_prob=False),
                    dict(routed_scaling_factor=1.0), dict(num_experts_per_tok=2)]),
    family("moonlight", 112, "deepseek_v3",
           **MLA, q_lora_rank=None, n_routed_experts=7, num_experts_per_tok=3, n_shared_experts=2, n_group=1,
           topk_group=1,
           topk_method="noaux_tc", scoring_func="sigmoid", norm_topk_prob=True, routed_scaling_factor=2.446,
           moe_layer_freq=1, num_nextn_predict_layers=0, rms_norm_eps=1e-5, rope_theta=50000, rope_scaling=None,
           scales=SMALL_LATENTS,
           matters=[dict(rms_norm_eps=1e-6), dict(norm_topk_prob=False), dict(num_experts_per_tok=2)]),
    family("glm4_moe_lite", 118, "glm4_moe_lite",
           **MLA | dict(hidden_size=44, v_head_dim=16, moe_intermediate_size=8), q_lora_rank=20, n_routed_experts=10,
           num_experts_per_tok=4, n_shared_experts=1, n_group=1, topk_group=1, topk_method="noaux_tc",
           norm_topk_prob=True, routed_scaling_factor=1.8, num_nextn_predict_layers=0, rms_norm_eps=1e-5, rope_theta=1e6,
           rope_scaling=None, scales=SMALL_LATENTS | {"embed_tokens": 0.05},
           matters=[dict(rms_norm_eps=1e-6), dict(norm_topk_prob=False), dict(num_experts_per_tok=2)]),
    family("llama4", 114, "llama4_text", hidden_size=40, intermediate_size=12, intermediate_size_mlp=28,
           num_attention_heads=4, num_key_value_heads=2, head_dim=12, num_hidden_layers=4, num_local_experts=5,
           num_experts_per_tok=1, interleave_moe_layer_step=2, no_rope_layer_interval=3, attention_chunk_size=24,
           attn_temperature_tuning=True, floor_scale=8, attn_scale=0.4, use_qk_norm=True, rms_norm_eps=1e-5,
           attention_bias=False, rope_theta=500000.0, rope_scaling=None,
           inside=("llama4", "Llama4ForConditionalGeneration"),
           matters=[dict(attention_chunk_size=200), dict(attn_temperature_tuning=False), dict(use_qk_norm=False),
                    dict(floor_scale=16), dict(no_rope_layer_interval=9)]),
    family("mistral4", 115, "mistral4",
           **MLA | dict(num_hidden_layers=2, first_k_dense_replace=0), q_lora_rank=20, n_routed_experts=7,
           num_experts_per_tok=2, n_shared_experts=1, n_group=1, topk_group=1, norm_topk_prob=True,
           routed_scaling_factor=1.0,
           rope_parameters=MISTRAL_ROPE, inside=("mistral3", "Mistral3ForConditionalGeneration"),
           matters=[dict(norm_topk_prob=False), dict(num_experts_per_tok=3),
                    dict(rope_parameters=MISTRAL_ROPE | dict(llama_4_scaling_beta=0.0)),
                    dict(rope_parameters=MISTRAL_ROPE | dict(mscale=0.0, mscale_all_dim=0.0))]),
    family("lfm2_moe", 116, "lfm2_moe", hidden_size=48, intermediate_size=32, moe_intermediate_size=10,
           num_attention_heads=4, num_key_value_heads=2, num_hidden_layers=3, num_dense_layers=1, num_experts=7,
           num_experts_per_tok=3, layer_types=["conv", "full_attention", "conv"], conv_L_cache=3, conv_bias=False,
           use_expert_bias=True, norm_topk_prob=True, routed_scaling_factor=1.0, norm_eps=1e-5, tie_word_embeddings=True,
           rope_theta=1e6,
           matters=[dict(norm_topk_prob=False), dict(num_experts_per_tok=2)]),
    family("smollm3", 117, "smollm3", hidden_size=60, intermediate_size=44, num_attention_heads=3,
           num_key_value_heads=1, num_hidden_layers=3, no_rope_layers=[1, 0, 1], no_rope_layer_interval=2,
           layer_types=["full_attention"] * 3, attention_bias=False, mlp_bias=False, use_sliding_window=False,
           sliding_window=None, tie_word_embeddings=True, rope_theta=5e6, rope_scaling=None,
           matters=[dict(no_rope_layers=[1, 1, 1])]),
]
