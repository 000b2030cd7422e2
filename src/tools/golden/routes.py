"""Which experts a model's routers chose, and by how much the last of them won."""

import re

import numpy as np
import torch


class RouteRecorder:
    """
    Listens to every router of a model. The choice is recomputed from the router's
    logits in f64, ties to the lower index, and must be the model's own where the
    margin is not tiny.
    """

    def __init__(self, model):
        self.config = model.config
        self.state = model.state_dict()
        self.heard = {}
        for name, module in model.named_modules():
            if type(module).__name__.endswith("Router"):
                module.register_forward_hook(lambda _, __, out, name=name: self.heard.__setitem__(name, out))

    def routes(self):
        """(indices of the MoE layers, experts [layer][token] ascending, margins [layer][token])"""
        layers, routes, margins = [], [], []
        for name, out in self.heard.items():
            layers.append(int(re.search(r"layers\.(\d+)\.", name)[1]))
            logits, said = self.read(out)
            chosen, margin = self.choose(logits.double().numpy(), self.bias_of(name))
            clear = margin > 1e-5
            assert np.array_equal(np.sort(said.numpy(), axis=1)[clear], chosen[clear]), name
            routes.append(chosen.tolist())
            margins.append([None if np.isinf(m) else float(f"{m:.3g}") for m in margin])
        return layers, routes, margins

    def read(self, out):
        if self.config.model_type == "llama4_text":
            scores, logits = out
            return logits, scores.topk(self.config.num_experts_per_tok, dim=1)[1]
        logits, _, indices = out
        return logits, indices

    def bias_of(self, router):
        """What is added to the sigmoid scores for the choice alone, or None where logits decide."""
        for name in (f"{router}.e_score_correction_bias", f"{router.removesuffix('.gate')}.expert_bias"):
            if name in self.state:
                return self.state[name].double().numpy()
        return None

    def choose(self, logits, bias):
        """Softmax and sigmoid keep the order, so without a bias the margin is one of logits."""
        scores = logits if bias is None else 1 / (1 + np.exp(-logits)) + bias
        tokens, experts = scores.shape
        margin = np.full(tokens, np.inf)
        groups = getattr(self.config, "n_group", None) or 1
        if groups > 1:
            parts = np.sort(scores.reshape(tokens, groups, -1), axis=2)
            of_group = parts[:, :, -1] if bias is None else parts[:, :, -1] + parts[:, :, -2]
            kept, margin = best(of_group, self.config.topk_group)
            allowed = np.zeros((tokens, groups), bool)
            np.put_along_axis(allowed, kept, True, axis=1)
            scores = np.where(np.repeat(allowed, experts // groups, axis=1), scores, -np.inf)
        chosen, gap = best(scores, self.config.num_experts_per_tok)
        return chosen, np.minimum(margin, gap)


def best(scores, count):
    """(ascending indices of the `count` largest, the least of them less the best of the others)"""
    order = np.argsort(-scores, axis=1, kind="stable")
    ranked = np.take_along_axis(scores, order, axis=1)
    others = ranked[:, count] if count < scores.shape[1] else np.full(len(scores), -np.inf)
    return np.sort(order[:, :count], axis=1), ranked[:, count - 1] - others
