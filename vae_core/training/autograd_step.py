"""A step of any network with any loss: autograd finds the gradients. ``manual_step`` is the lecture's, and quicker."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from vae_core import loss_registry
from vae_core.config import Config
from vae_core.losses import Terms, kl_per_dimension
from vae_core.model import Autoencoder
from vae_core.training.manual_step import side_by_side


class AutogradStep:
    """What a training asks of ``Step``: a call fills ``grad`` of each of the model's weights."""

    def __init__(self, model: Autoencoder, config: Config, device: torch.device) -> None:
        self.listen: Callable[[], object] = lambda: None
        self.model, self.config, self.d = model, config, model.latent_dim
        self.formulas = loss_registry.get(config.reconstruction).formulas()
        self.weights = [p.detach() for p in model.parameters()]
        self.flat, gradients = side_by_side(self.weights)
        for parameter, gradient in zip(model.parameters(), gradients, strict=True):
            parameter.grad = gradient
        self.sums = torch.zeros(2, dtype=torch.float64, device=device)  # of both terms, since ``take_sums``

    @property
    def changed(self) -> list[Tensor]:
        """What a step changes besides the weights."""
        return [self.sums]

    def take_sums(self) -> Tensor:
        """Both terms summed over all images since the last call: reconstruction and KL, (2,) float64 in nats."""
        sums = self.sums.clone()
        self.sums.zero_()
        return sums

    def __call__(
        self, images: Tensor, indices: Tensor, eps: Tensor, batch: int | None = None, sums: Tensor | None = None
    ) -> None:
        """As ``Step``: learn from the images (n, pixels) uint8 at ``indices`` (b,), with the noise ``eps`` (b, d)."""
        self.flat.zero_()
        if len(indices):  # else this process has no share in the last batch of an epoch
            x = images[indices].float().mul_(1 / 255)  # (b, pixels)
            posterior = self.model.encode(x)
            self.listen()
            logits = self.model.decode_logits(posterior.sample(eps))
            total = self.formulas.total
            error = total(logits, x) if total else self.formulas.of_each(logits, x).sum()
            terms = Terms(error, kl_per_dimension(posterior).sum())
            self.listen()
            (terms.loss(self.config.beta) / (batch or len(indices))).backward()
            self.listen()
            self.sums += torch.stack([term.detach().double() for term in terms])
        if sums is not None:
            sums.copy_(self.take_sums())
