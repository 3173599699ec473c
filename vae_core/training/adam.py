"""Adam (Kingma & Ba 2015) as torch's own fused kernel, without torch's optimizer class around it.

Constructing any ``torch.optim`` optimizer imports torch's compiler, which takes over a second of every start. The steps
are the same to the bit as ``torch.optim.Adam(fused=True)`` (tests/core/test_loop.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor


class Adam:
    """Minimise with steps of size ``learning_rate`` along the gradient's mean over the root of its square's mean."""

    def __init__(self, parameters: Iterable[Tensor], lr: float, betas: tuple[float, float] = (0.9, 0.999)) -> None:
        self.parameters: list[Tensor] = list(parameters)
        self.lr, self.betas, self.eps = lr, betas, 1e-8
        self.means = [torch.zeros_like(p) for p in self.parameters]  # exp_avg: running mean of the gradient
        self.squares = [torch.zeros_like(p) for p in self.parameters]  # exp_avg_sq: and of its square
        self.counts = torch.zeros(len(self.parameters), device=self.parameters[0].device)
        self.steps = list(self.counts.unbind())  # for each parameter, as torch has them; all are told at once

    @property
    def tensors(self) -> list[Tensor]:
        """All that it remembers between steps."""
        return [*self.means, *self.squares, *self.steps]

    def zero_grad(self) -> None:
        for parameter in self.parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        self.counts.add_(1)
        gradients = [p.grad if p.grad is not None else torch.zeros_like(p) for p in self.parameters]
        torch._fused_adam_(
            self.parameters, gradients, self.means, self.squares, [], self.steps, lr=self.lr, beta1=self.betas[0],
            beta2=self.betas[1], weight_decay=0.0, eps=self.eps, amsgrad=False, maximize=False,
        )  # fmt: skip

    def state_dict(self) -> dict[str, Any]:
        """In the form of torch's: ``state`` by the parameter's number, with step, exp_avg and exp_avg_sq."""
        columns = zip(self.steps, self.means, self.squares, strict=True)
        state = {i: {"step": s, "exp_avg": m, "exp_avg_sq": q} for i, (s, m, q) in enumerate(columns)}
        return {"state": state, "param_groups": []}

    @torch.no_grad()
    def load_state_dict(self, saved: dict[str, Any]) -> None:
        """Raises KeyError or RuntimeError if it is another network's."""
        for i, mine in self.state_dict()["state"].items():
            for name, tensor in mine.items():
                if saved["state"][i][name].shape != tensor.shape:
                    raise RuntimeError(f"optimizer state {i}.{name} has another shape")
                tensor.copy_(saved["state"][i][name])
