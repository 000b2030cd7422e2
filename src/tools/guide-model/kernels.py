"""
The parts of the network whose gradients are written by hand, since autograd's own
way through them takes most of the time on a CPU: the norm, the experts, and the
head with its loss. checkModel.py compares each with the plain form.
"""

import torch
import torch.nn.functional as F


class RmsNormFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, eps):
        scale = torch.linalg.vector_norm(x, dim=-1, keepdim=True).square_().div_(x.shape[-1]).add_(eps).rsqrt_()
        normed = x * scale
        ctx.save_for_backward(normed, scale, weight)
        return normed * weight

    @staticmethod
    def backward(ctx, grad):
        normed, scale, weight = ctx.saved_tensors
        product = grad * normed
        grad_weight = product.reshape(-1, weight.shape[0]).sum(0)
        along = product.matmul(weight).div_(-weight.shape[0]).unsqueeze_(-1)
        return (grad * weight).addcmul_(normed, along).mul_(scale), grad_weight, None


def rms_norm(x, weight, eps):
    return RmsNormFunction.apply(x, weight, eps)


def linear(x, weight, brief):
    """`brief` multiplies in bf16, twice as quick here, and adds up in f32; weights and sums stay f32."""
    if not brief:
        return F.linear(x, weight)
    return F.linear(x.bfloat16(), weight.bfloat16()).float()


def attention(q, k, v, mask, brief):
    """q, k [B, S, H, W], v [B, S, H, V], mask [B, 1, S, past + S] added to the scores, or None for causal -> [B, S, H, V]"""
    q, k, v = (part.transpose(1, 2) for part in (q, k, v))
    if not brief:
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None).transpose(1, 2)
    # Windows are short, so whole products are quicker than the blocks of flash attention.
    scores = (q * q.shape[-1] ** -0.5).bfloat16() @ k.bfloat16().transpose(2, 3)
    return (scores.add_(mask).softmax(-1) @ v.bfloat16()).float().transpose(1, 2)


class ExpertsFunction(torch.autograd.Function):
    """
    Tokens sorted by expert, a matrix product for each expert's slice, and back.
    x [T, D], chosen [T, K], weights [T, K], gate_up [E, 2M, D], down [E, D, M].
    """

    @staticmethod
    def forward(ctx, x, chosen, weights, gate_up, down):
        per_token = chosen.shape[1]
        flat = chosen.reshape(-1)
        order = flat.argsort(stable=True)
        back = torch.empty_like(order)
        back[order] = torch.arange(len(order))
        counts = torch.bincount(flat, minlength=gate_up.shape[0])
        bounds = [0, *counts.cumsum(0).tolist()]
        xs = x.index_select(0, order // per_token)
        weight = weights.reshape(-1, 1).index_select(0, order)
        inner = down.shape[2]
        both = x.new_empty(len(order), 2 * inner)
        for e, (a, b) in enumerate(zip(bounds, bounds[1:])):
            if a < b:
                torch.mm(xs[a:b], gate_up[e].T, out=both[a:b])
        gate, up = both[:, :inner], both[:, inner:]
        hidden = F.silu(gate) * up
        weighted = hidden * weight
        ys = torch.empty_like(xs)
        for e, (a, b) in enumerate(zip(bounds, bounds[1:])):
            if a < b:
                torch.mm(weighted[a:b], down[e].T, out=ys[a:b])
        ctx.save_for_backward(xs, both, hidden, weighted, weight, gate_up, down, order, back)
        ctx.bounds = bounds
        return sum_of_chosen(ys, back, per_token)

    @staticmethod
    def backward(ctx, grad):
        xs, both, hidden, weighted, weight, gate_up, down, order, back = ctx.saved_tensors
        per_token, inner = len(order) // len(grad), down.shape[2]
        grad_ys = grad.index_select(0, order // per_token)
        grad_gate_up, grad_down = torch.zeros_like(gate_up), torch.zeros_like(down)
        grad_weighted = torch.empty_like(hidden)
        slices = [(e, a, b) for e, (a, b) in enumerate(zip(ctx.bounds, ctx.bounds[1:])) if a < b]
        for e, a, b in slices:
            torch.mm(grad_ys[a:b], down[e], out=grad_weighted[a:b])
            torch.mm(grad_ys[a:b].T, weighted[a:b], out=grad_down[e])
        grad_weight = (grad_weighted * hidden).sum(1)
        grad_hidden = grad_weighted.mul_(weight)
        gate, up = both[:, :inner], both[:, inner:]
        grad_both = torch.empty_like(both)
        sigmoid = gate.sigmoid()
        torch.mul(grad_hidden, gate * sigmoid, out=grad_both[:, inner:])
        # d silu(g)/dg = s + g s (1 - s)
        slope = torch.addcmul(sigmoid, gate * sigmoid, 1 - sigmoid)
        torch.mul(grad_hidden.mul_(up), slope, out=grad_both[:, :inner])
        grad_xs = torch.empty_like(xs)
        for e, a, b in slices:
            torch.mm(grad_both[a:b], gate_up[e], out=grad_xs[a:b])
            torch.mm(grad_both[a:b].T, xs[a:b], out=grad_gate_up[e])
        grad_x = sum_of_chosen(grad_xs, back, per_token)
        return grad_x, None, grad_weight.index_select(0, back).view(-1, per_token), grad_gate_up, grad_down


def sum_of_chosen(ys, back, per_token):
    """ys [T * K, D] sorted by expert -> [T, D]"""
    places = back.view(-1, per_token)
    total = ys.index_select(0, places[:, 0])
    for k in range(1, per_token):
        total += ys.index_select(0, places[:, k])
    return total


def experts_forward(x, chosen, weights, gate_up, down):
    """The experts' weighted sum [T, D]."""
    return ExpertsFunction.apply(x, chosen, weights, gate_up, down)


class HeadLossFunction(torch.autograd.Function):
    """
    Sum over positions of weight * cross-entropy, in chunks, so that the scores of
    the whole vocabulary never lie in memory. hidden [N, D], head [V, D],
    wanted [N], weights [N].
    """

    CHUNK = 512

    @staticmethod
    def forward(ctx, hidden, head, wanted, weights, brief):
        grad_hidden, grad_head = torch.empty_like(hidden), torch.zeros_like(head)
        brief_hidden, brief_head = (hidden.bfloat16(), head.bfloat16()) if brief else (hidden, head)
        total = hidden.new_zeros(())
        for start in range(0, len(hidden), HeadLossFunction.CHUNK):
            part = slice(start, start + HeadLossFunction.CHUNK)
            goal, weight = wanted[part, None], weights[part, None]
            scores = (brief_hidden[part] @ brief_head.T).to(hidden.dtype)
            top = scores.amax(1, keepdim=True)
            right = scores.gather(1, goal) - top
            scores.sub_(top).exp_()
            sums = scores.sum(1, keepdim=True)
            total += (weight * (sums.log() - right)).sum()
            scores.mul_(weight / sums)
            scores.scatter_add_(1, goal, -weight)
            scores = scores.to(brief_head.dtype)
            grad_hidden[part] = scores @ brief_head
            grad_head += scores.T @ brief_hidden[part]
        ctx.save_for_backward(grad_hidden, grad_head)
        return total

    @staticmethod
    def backward(ctx, grad):
        grad_hidden, grad_head = ctx.saved_tensors
        return grad_hidden * grad, grad_head * grad, None, None, None


def head_loss(hidden, head, wanted, weights, brief=False):
    return HeadLossFunction.apply(hidden, head, wanted, weights, brief)
