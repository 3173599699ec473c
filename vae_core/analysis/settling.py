"""A bubble that chooses for itself: mean and logvar of single pictures, moved down the slope of the loss; needs torch.

The decoder stays as it is. What the encoder's answer costs more than the bubble's own choice is its amortisation gap:
one encoder serves all pictures, and gives none of them exactly what it wants (Cremer et al. 2018).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from vae_core import loss_registry
from vae_core.losses import kl_per_dimension
from vae_core.model import Autoencoder, Posterior

STEPS = 180  # the same in static/lib/settle.js, and so are the next five
DRAWS = 10  # rolls of the noise in a step, in pairs: each with its opposite
OF_MEAN = 0.2  # Adam's rate at first, in the encoder's std
OF_LOGVAR = 0.1  # the same
FINAL = 0.05  # share of it at the last step
AVERAGED = 40  # steps at the end whose bubbles are averaged: each alone still trembles with its noise


@dataclass(frozen=True)
class Settled:
    """The bubbles of n pictures before and after, and what they cost, each an average over rolls of the noise."""

    mean: np.ndarray  # (n, d), the encoder's
    logvar: np.ndarray  # (n, d)
    own_mean: np.ndarray  # (n, d), where they settle
    own_logvar: np.ndarray  # (n, d)
    before: np.ndarray  # (n, 2): reconstruction and KL, nats
    after: np.ndarray  # (n, 2)

    def gap(self, beta: float) -> np.ndarray:
        """What the encoder's bubble costs more, (n,) nats."""
        return (self.before - self.after) @ np.array([1.0, beta])

    def moved(self) -> np.ndarray:
        """How far each mean moves, in the encoder's std: root mean square over the numbers of the code, (n,)."""
        return np.sqrt(np.square((self.own_mean - self.mean) / np.exp(self.logvar / 2)).mean(1))


def settle(
    model: Autoencoder, images: np.ndarray, reconstruction: str, beta: float, *, seed: int = 0, rolls: int = 256
) -> Settled:
    """Let the bubbles of images (n, pixels) uint8 settle. ``rolls``: over which their costs are averaged."""
    x = torch.tensor(model.shape.flat(images)).float() / 255
    with torch.no_grad():
        mean, logvar = model.encode(x)
    assert logvar is not None, "a classic autoencoder has no bubbles"
    random = torch.Generator().manual_seed(seed)
    own = _descended(model, x, (mean, logvar), reconstruction, beta, random)
    eps = _pairs(rolls, 1, mean.shape[1], random)
    before, after = (_cost(model, x, *each, eps, reconstruction) for each in ((mean, logvar), own))
    return Settled(mean.numpy(), logvar.numpy(), own[0].numpy(), own[1].numpy(), before, after)


def _pairs(draws: int, n: int, d: int, random: torch.Generator) -> Tensor:
    """(draws, n, d) from N(0, 1), the second half the opposite of the first."""
    half = torch.randn(draws // 2, n, d, generator=random)
    return torch.cat([half, -half])


def _descended(
    model: Autoencoder, x: Tensor, start: tuple[Tensor, Tensor], reconstruction: str, beta: float,
    random: torch.Generator,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    std = torch.exp(start[1] / 2)
    moved, logvar = torch.zeros_like(std, requires_grad=True), start[1].clone().requires_grad_(True)
    adam = torch.optim.Adam([{"params": [moved], "lr": OF_MEAN}, {"params": [logvar], "lr": OF_LOGVAR}])
    slower = torch.optim.lr_scheduler.ExponentialLR(adam, FINAL ** (1 / (STEPS - 1)))
    sums = [torch.zeros_like(std), torch.zeros_like(std)]
    for step in range(STEPS):
        mean = start[0] + moved * std
        eps = _pairs(DRAWS, mean.shape[0], mean.shape[1], random)
        z = mean + eps * torch.exp(logvar / 2)
        logits = model.decode_logits(z.flatten(0, 1))
        errors = loss_registry.get(reconstruction).formulas().of_each(logits, x.repeat(DRAWS, 1))
        loss = errors.sum() / DRAWS + beta * kl_per_dimension(Posterior(mean, logvar)).sum()
        moved.grad, logvar.grad = torch.autograd.grad(loss, (moved, logvar))  # of the weights none is needed
        adam.step()
        slower.step()
        if step >= STEPS - AVERAGED:
            sums = [total + each.detach() / AVERAGED for total, each in zip(sums, (moved, logvar), strict=True)]
    return start[0] + sums[0] * std, sums[1]


@torch.no_grad()
def _cost(model: Autoencoder, x: Tensor, mean: Tensor, logvar: Tensor, eps: Tensor, reconstruction: str) -> np.ndarray:
    """Reconstruction, averaged over rolls eps (rolls, 1, d), and KL of each picture: (n, 2)."""
    errors = torch.zeros(len(x))
    for roll in eps:
        logits = model.decode_logits(mean + roll * torch.exp(logvar / 2))
        errors += loss_registry.get(reconstruction).formulas().of_each(logits, x) / len(eps)
    return torch.stack([errors, kl_per_dimension(Posterior(mean, logvar)).sum(1)], 1).numpy()
