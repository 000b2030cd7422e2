"""
The guide's network: DeepSeek-V3's form (latent attention, sigmoid routing with a
selection bias, one shared expert) written for quick training on a CPU. Its
parameters carry the names and shapes of transformers' DeepseekV3ForCausalLM, so a
state dict moves between the two as it is; checkModel.py compares their logits. In
training mode products are made in bf16 (kernels.py), else in f32.

Letters in the shapes: B rows, S positions, T = B * S tokens, D width, H heads,
E experts, K experts per token, M width of an expert.
"""

from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import nn

from kernels import attention, experts_forward, linear, rms_norm


@dataclass(frozen=True)
class Shape:
    """What config.json says, in its own words."""

    vocab_size: int = 2048
    hidden_size: int = 192
    intermediate_size: int = 512
    moe_intermediate_size: int = 64
    num_hidden_layers: int = 5
    first_k_dense_replace: int = 1
    num_attention_heads: int = 6
    kv_lora_rank: int = 64
    qk_nope_head_dim: int = 32
    qk_rope_head_dim: int = 16
    v_head_dim: int = 32
    n_routed_experts: int = 16
    num_experts_per_tok: int = 2
    n_shared_experts: int = 1
    routed_scaling_factor: float = 1.5
    max_position_embeddings: int = 512
    rope_theta: float = 10000.0
    rms_norm_eps: float = 1e-6

    def config(self, bos: int = 0, eos: int = 1) -> dict:
        """config.json, complete."""
        return dict(
            architectures=["DeepseekV3ForCausalLM"], model_type="deepseek_v3", **asdict(self),
            num_key_value_heads=self.num_attention_heads, q_lora_rank=None, n_group=1, topk_group=1,
            topk_method="noaux_tc", scoring_func="sigmoid", norm_topk_prob=True, moe_layer_freq=1,
            num_nextn_predict_layers=0, rope_scaling=None, rope_interleave=True, hidden_act="silu",
            attention_bias=False, attention_dropout=0.0, tie_word_embeddings=True, use_cache=True,
            initializer_range=0.02, bos_token_id=bos, eos_token_id=eos, pad_token_id=None)


class Linear(nn.Module):
    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return linear(x, self.weight, self.training)


class RmsNorm(nn.Module):
    def __init__(self, width: int, eps: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return rms_norm(x, self.weight, self.eps)


class Mlp(nn.Module):
    def __init__(self, width: int, inner: int):
        super().__init__()
        self.gate_proj = Linear(width, inner)
        self.up_proj = Linear(width, inner)
        self.down_proj = Linear(inner, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Router(nn.Module):
    """Sigmoid scores; the bias takes part in choosing and not in weighing."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.weight = nn.Parameter(torch.empty(shape.n_routed_experts, shape.hidden_size))
        self.register_buffer("e_score_correction_bias", torch.zeros(shape.n_routed_experts))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """x [T, D] -> weights [T, K], experts [T, K]"""
        scores = F.linear(x, self.weight).sigmoid()
        chosen = (scores.detach() + self.e_score_correction_bias).topk(self.shape.num_experts_per_tok, dim=-1).indices
        weights = scores.gather(1, chosen)
        return weights / weights.sum(-1, keepdim=True) * self.shape.routed_scaling_factor, chosen


class Experts(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        e, d, m = shape.n_routed_experts, shape.hidden_size, shape.moe_intermediate_size
        self.gate_up_proj = nn.Parameter(torch.empty(e, 2 * m, d))
        self.down_proj = nn.Parameter(torch.empty(e, d, m))


class Moe(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.gate = Router(shape)
        self.experts = Experts(shape)
        self.shared_experts = Mlp(shape.hidden_size, shape.moe_intermediate_size * shape.n_shared_experts)
        # Tokens each expert got since somebody last looked; not part of the model.
        self.register_buffer("load", torch.zeros(shape.n_routed_experts), persistent=False)

    def forward(self, x: torch.Tensor, real: torch.Tensor | None) -> torch.Tensor:
        """Only tokens that are `real` [T] are counted: filling is alike everywhere and would have an expert of its own."""
        flat = x.reshape(-1, x.shape[-1])
        weights, chosen = self.gate(flat)
        routed = experts_forward(flat, chosen, weights, self.experts.gate_up_proj, self.experts.down_proj)
        self.load += torch.bincount((chosen if real is None else chosen[real]).flatten(), minlength=len(self.load))
        return routed.view_as(x) + self.shared_experts(x)


class Attention(nn.Module):
    """Keys and values come from one latent of kv_lora_rank values and one rotated key for all heads."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        heads, query = shape.num_attention_heads, shape.qk_nope_head_dim + shape.qk_rope_head_dim
        self.q_proj = Linear(shape.hidden_size, heads * query)
        self.kv_a_proj_with_mqa = Linear(shape.hidden_size, shape.kv_lora_rank + shape.qk_rope_head_dim)
        self.kv_a_layernorm = RmsNorm(shape.kv_lora_rank, 1e-6)
        self.kv_b_proj = Linear(shape.kv_lora_rank, heads * (shape.qk_nope_head_dim + shape.v_head_dim))
        self.o_proj = Linear(heads * shape.v_head_dim, shape.hidden_size)

    def forward(self, x, rope, mask, cache):
        """x [B, S, D]; rope: cosines and sines [S, rope/2]; mask [B, 1, S, past + S] added to the scores, or None for causal."""
        s = self.shape
        rows, length, _ = x.shape
        nope, rotary, width = s.qk_nope_head_dim, s.qk_rope_head_dim, s.qk_nope_head_dim + s.qk_rope_head_dim
        q = self.q_proj(x).view(rows, length, -1, width)
        q = torch.cat([q[..., :nope], rotate(q[..., nope:], *(part[:, None] for part in rope))], dim=-1)
        latent, k_rope = self.kv_a_proj_with_mqa(x).split([s.kv_lora_rank, rotary], dim=-1)
        kv = self.kv_b_proj(self.kv_a_layernorm(latent)).view(rows, length, -1, nope + s.v_head_dim)
        k_rope = rotate(k_rope, *rope)[:, :, None].expand(-1, -1, s.num_attention_heads, -1)
        k = torch.cat([kv[..., :nope], k_rope], dim=-1)
        v = kv[..., nope:]
        if cache is not None:
            k, v = cache.extend(self, k, v)
        return self.o_proj(attention(q, k, v, mask, self.training).reshape(rows, length, -1))


def rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """Pairs of neighbours turn together; what comes out holds the pairs' first values, then their second ones."""
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)


class Layer(nn.Module):
    def __init__(self, shape: Shape, index: int):
        super().__init__()
        self.self_attn = Attention(shape)
        dense = index < shape.first_k_dense_replace
        self.mlp = Mlp(shape.hidden_size, shape.intermediate_size) if dense else Moe(shape)
        self.input_layernorm = RmsNorm(shape.hidden_size, shape.rms_norm_eps)
        self.post_attention_layernorm = RmsNorm(shape.hidden_size, shape.rms_norm_eps)

    def forward(self, x, rope, mask, cache, real):
        x = x + self.self_attn(self.input_layernorm(x), rope, mask, cache)
        normed = self.post_attention_layernorm(x)
        return x + (self.mlp(normed, real) if isinstance(self.mlp, Moe) else self.mlp(normed))


class Trunk(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.embed_tokens = nn.Embedding(shape.vocab_size, shape.hidden_size)
        self.layers = nn.ModuleList(Layer(shape, index) for index in range(shape.num_hidden_layers))
        self.norm = RmsNorm(shape.hidden_size, shape.rms_norm_eps)


class Cache:
    """Keys and values of every layer so far, for generating."""

    def __init__(self):
        self.length = 0
        self.held = {}

    def extend(self, layer, k, v):
        if layer in self.held:
            k, v = (torch.cat(pair, dim=1) for pair in zip(self.held[layer], (k, v)))
        self.held[layer] = (k, v)
        return k, v


class GuideModel(nn.Module):
    def __init__(self, shape: Shape = Shape()):
        super().__init__()
        self.shape = shape
        self.model = Trunk(shape)
        angles = torch.outer(torch.arange(4 * shape.max_position_embeddings).float(),
                             shape.rope_theta ** -(torch.arange(0, shape.qk_rope_head_dim, 2) / shape.qk_rope_head_dim))
        self.register_buffer("rope_cos", angles.cos(), persistent=False)
        self.register_buffer("rope_sin", angles.sin(), persistent=False)

    def forward(self, ids, mask=None, cache=None, real=None):
        """ids [B, S] (real [B * S]: which are no filling) -> hidden states after the last norm [B, S, D]; `logits` turns them into scores."""
        start = cache.length if cache is not None else 0
        end = start + ids.shape[1]
        rope = self.rope_cos[start:end], self.rope_sin[start:end]
        x = self.model.embed_tokens(ids)
        for layer in self.model.layers:
            x = layer(x, rope, mask, cache, real)
        if cache is not None:
            cache.length = end
        return self.model.norm(x)

    def logits(self, hidden):
        return F.linear(hidden, self.model.embed_tokens.weight)

    def routed_layers(self) -> list[tuple[int, Moe]]:
        return [(i, layer.mlp) for i, layer in enumerate(self.model.layers) if isinstance(layer.mlp, Moe)]

    def take_loads(self) -> torch.Tensor:
        """Tokens per expert [layers with experts, E] since the last call."""
        loads = torch.stack([moe.load.clone() for _, moe in self.routed_layers()])
        for _, moe in self.routed_layers():
            moe.load.zero_()
        return loads

    @torch.no_grad()
    def initialise(self, seed: int):
        """Orthogonal-ish sizes for Muon; what writes into the residual starts small."""
        generator = torch.Generator().manual_seed(seed)
        for name, value in self.named_parameters():
            if name.endswith("norm.weight"):
                value.fill_(1)
            elif "embed_tokens" in name:
                value.normal_(0, 0.05, generator=generator)
            else:
                residual = name.endswith(("o_proj.weight", "down_proj.weight", "down_proj"))
                value.normal_(0, (0.3 if residual else 0.6) * value.shape[-1] ** -0.5, generator=generator)
