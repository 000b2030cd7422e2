"""
Muon for matrices, AdamW for the embedding, routers and norms. Each worker updates
its own share of the parameters, reading the gradients of all; the parameters lie in
shared memory, so nothing is sent.
"""

import torch

MUON_RATE, ADAM_RATE = 0.02, 4e-3
MOMENTUM, DECAY = 0.95, 0.1


@torch.no_grad()
def orthogonal(stack, steps: int = 5):
    """stack [N, rows, columns] -> about the nearest matrices with all singular values 1 (Newton–Schulz, Muon's own coefficients)."""
    turned = stack.shape[1] > stack.shape[2]
    x = (stack.transpose(1, 2) if turned else stack).bfloat16()
    x = x / (torch.linalg.matrix_norm(x.float(), keepdim=True) + 1e-7).bfloat16()
    for _ in range(steps):
        gram = x @ x.transpose(1, 2)
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    return (x.transpose(1, 2) if turned else x).float()


def as_matrices(name: str, tensor):
    """A parameter as a stack of the matrices it is made of."""
    if name.endswith("gate_up_proj"):
        return tensor.view(-1, tensor.shape[1] // 2, tensor.shape[2])
    return tensor if tensor.dim() == 3 else tensor[None]


def is_matrix(name: str, tensor) -> bool:
    return tensor.dim() >= 2 and "embed_tokens" not in name and not name.endswith("mlp.gate.weight")


def work_of(name: str, tensor) -> float:
    """How long updating takes, roughly: products of a short and a long side."""
    if not is_matrix(name, tensor):
        return tensor.numel() * 40
    shape = as_matrices(name, tensor).shape
    return shape[0] * 5 * min(shape[1:]) ** 2 * (2 * max(shape[1:]) + min(shape[1:]))


def shares(parameters: dict, workers: int) -> list[list[str]]:
    """Names for each worker, of about equal work, matrices of one shape together."""
    groups = {}
    for name, tensor in parameters.items():
        groups.setdefault((is_matrix(name, tensor), tuple(tensor.shape)), []).append(name)
    done, taken = [0.0] * workers, [[] for _ in range(workers)]
    for _, names in sorted(groups.items(), key=lambda item: -work_of(item[1][0], parameters[item[1][0]])):
        for name in names:
            least = done.index(min(done))
            taken[least].append(name)
            done[least] += work_of(name, parameters[name])
    return taken


class Optimiser:
    """For the parameters of one worker; `gradients` are those of every worker, by name."""

    def __init__(self, parameters: dict, gradients: list[dict]):
        self.parameters, self.gradients = parameters, gradients
        self.state = {name: [torch.zeros_like(value)] if is_matrix(name, value) else [torch.zeros_like(value), torch.zeros_like(value)]
                      for name, value in parameters.items()}
        self.steps = 0

    @torch.no_grad()
    def step(self, rate: float):
        """`rate` between 0 and 1 of the full learning rates."""
        self.steps += 1
        by_shape = {}
        for name, value in self.parameters.items():
            gradient = sum(one[name] for one in self.gradients) / len(self.gradients)
            if not is_matrix(name, value):
                self.adam(value, gradient, *self.state[name], rate * ADAM_RATE)
                continue
            (momentum,) = self.state[name]
            momentum.lerp_(gradient, 1 - MOMENTUM)
            ahead = gradient.lerp_(momentum, MOMENTUM)
            matrices = as_matrices(name, ahead)
            by_shape.setdefault(matrices.shape[1:], []).append((name, matrices))
        for (rows, columns), group in by_shape.items():
            update = orthogonal(torch.cat([matrices for _, matrices in group]))
            step = rate * MUON_RATE * max(1, rows / columns) ** 0.5
            for (name, matrices), part in zip(group, update.split([len(matrices) for _, matrices in group])):
                as_matrices(name, self.parameters[name]).mul_(1 - rate * MUON_RATE * DECAY).add_(part, alpha=-step)

    def adam(self, value, gradient, first, second, rate):
        first.lerp_(gradient, 0.1)
        second.lerp_(gradient.square(), 0.05)
        size = (second / (1 - 0.95**self.steps)).sqrt_().add_(1e-8)
        value.addcdiv_(first, size, value=-rate / (1 - 0.9**self.steps))

    def state_dict(self):
        return dict(state=self.state, steps=self.steps)

    def load_state_dict(self, saved):
        self.state, self.steps = saved["state"], saved["steps"]
