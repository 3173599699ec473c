"""The two terms of the loss, in nats per image: summed over pixels and dimensions, averaged over images."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from vae_core import loss_registry
from vae_core.loss_registry import Formulas
from vae_core.model import Posterior


class Terms(NamedTuple):
    """Both terms: two numbers, two scalar tensors, or two tensors with a value for each image (b,)."""

    reconstruction: Any
    kl: Any  # 0 for the classic autoencoder, which has no such term

    def loss(self, beta: float) -> Any:
        """reconstruction + beta * KL (the lecture; beta as in Higgins et al. 2017). Beta 1: minus the ELBO."""
        return self.reconstruction + beta * self.kl


class _BinaryCrossEntropy(torch.autograd.Function):
    """The sum of -(x log x^ + (1-x) log(1-x^)) with its gradient by hand: x^ - x. Three times as fast as torch's own.

    From logits l, the term is max(l, 0) - x l + log(1 + exp(-|l|)), and the last part is -log(sigmoid(|l|)).
    """

    @staticmethod
    def forward(ctx: Any, logits: Tensor, x: Tensor) -> Tensor:
        ctx.save_for_backward(logits, x)
        return _total(torch.relu(logits).sub_(logits.abs().sigmoid_().log_()).addcmul_(x, logits, value=-1))

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        logits, x = ctx.saved_tensors
        return torch.sigmoid(logits).sub_(x).mul_(gradient), None


def bce(logits: Tensor, x: Tensor) -> Tensor:
    """Binary cross-entropy -sum(x log x^ + (1-x) log(1-x^)), x^ = sigmoid(logits), of (b, pixels). Nats per image."""
    return _BinaryCrossEntropy.apply(logits, x) / len(x)


def mse(logits: Tensor, x: Tensor) -> Tensor:
    """0.5 * ||x - x^||**2: minus the log-likelihood of a unit Gaussian about x^, but for a constant. Nats per image."""
    return 0.5 * _total(F.mse_loss(torch.sigmoid(logits), x, reduction="none")) / len(x)


def _total(values: Tensor) -> Tensor:
    """Sum of (b, n). Row by row first: each row is one thread's, so the result does not depend on their number."""
    return values.sum(1).sum()


def bce_step(logits: Tensor, x: Tensor, copy: Tensor, spare: Tensor) -> tuple[Tensor, Tensor]:
    """Cross-entropy of each image (b,) and its gradient by the logits, copy - x (b, pixels). Overwrites all but ``x``.

    With the copy x^ = sigmoid(l), the term is max(l, 0) - x l - log max(x^, 1 - x^): one sigmoid for both.
    """
    torch.sigmoid(logits, out=copy)
    torch.sub(copy.new_ones(()), copy, out=spare)
    torch.maximum(spare, copy, out=spare).log_().addcmul_(x, logits)
    return logits.clamp_(min=0).sub_(spare).sum(1), copy.sub_(x)


def mse_step(logits: Tensor, x: Tensor, copy: Tensor, spare: Tensor) -> tuple[Tensor, Tensor]:
    """Half the squared distance of each image (b,) and its gradient by the logits (b, pixels). Overwrites all but x."""
    torch.sigmoid(logits, out=copy)
    torch.sub(copy, x, out=spare)
    value = torch.mul(spare, spare, out=logits).sum(1).mul_(0.5)
    return value, copy.addcmul_(copy, copy, value=-1).mul_(spare)  # the slope of the sigmoid is x^ (1 - x^)


def kl_per_dimension(posterior: Posterior) -> Tensor:
    """KL(q(z|x) || N(0, 1)) = (v - log v - 1 + mean**2) / 2 of each image and dimension, (b, d) in nats.

    Kingma & Welling 2014, appendix B; the lecture's figure 4 draws v - log v - 1.
    """
    mean, logvar = posterior
    if logvar is None:
        return torch.zeros_like(mean)
    return 0.5 * (torch.exp(logvar) - logvar - 1 + mean.square())


def terms(logits: Tensor, x: Tensor, posterior: Posterior, reconstruction: str = "bce") -> Terms:
    """Both terms for a batch of images x (b, pixels) in [0, 1] and what was decoded from their codes.

    Raises KeyError for a reconstruction that is not registered.
    """
    formulas = loss_registry.get(reconstruction).formulas()
    kl = _total(kl_per_dimension(posterior)) / len(x) if posterior.logvar is not None else logits.new_zeros(())
    error = formulas.total(logits, x) if formulas.total else formulas.of_each(logits, x).sum()
    return Terms(error / len(x), kl)


def _bce_of_each(logits: Tensor, x: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)


def _mse_of_each(logits: Tensor, x: Tensor) -> Tensor:
    return 0.5 * F.mse_loss(torch.sigmoid(logits), x, reduction="none").sum(1)


def per_image(logits: Tensor, x: Tensor, posterior: Posterior, reconstruction: str, beta: float) -> Tensor:
    """The loss of each image of a batch on its own, (b,) in nats; their mean is ``terms(...).loss(beta)``.

    Raises KeyError for a reconstruction that is not registered.
    """
    errors = loss_registry.get(reconstruction).formulas().of_each(logits, x)
    if posterior.logvar is None:
        return errors
    loss: Tensor = Terms(errors, kl_per_dimension(posterior).sum(1)).loss(beta)
    return loss


BCE = Formulas(_bce_of_each, bce_step, _BinaryCrossEntropy.apply)
MSE = Formulas(_mse_of_each, mse_step)
