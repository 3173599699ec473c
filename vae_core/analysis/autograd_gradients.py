"""What pulls at a bubble: the slopes of the reconstruction term at its draws, by autograd. Needs the pictures."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from vae_core.analysis.posterior import Draws, Forces
from vae_core.analysis.sampling import noise
from vae_core.losses import kl_per_dimension, per_image
from vae_core.model import Autoencoder, Posterior
from vae_core.runs.run import Run
from vae_core.training.checkpoint import load_model

DRAWS = 64  # throws of the dice over which a force is averaged
THROWS = 200  # throws that the page on noise shows


def slopes(model: Autoencoder, x: Tensor, z: Tensor, reconstruction: str) -> tuple[Tensor, Tensor]:
    """The reconstruction term of images x (b, pixels) decoded from codes z (b, d), (b,) nats, and its slope, (b, d)."""
    z = z.detach().requires_grad_(True)
    without_penalty = Posterior(z, None)
    loss = per_image(model.decode_logits(z), x, without_penalty, reconstruction, beta=0)
    (slope,) = torch.autograd.grad(loss.sum(), z)  # each image's loss depends on its own code alone
    return loss.detach(), slope


def forces(
    model: Autoencoder, images: np.ndarray, reconstruction: str, draws: int = DRAWS, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of E[reconstruction] of images (n, pixels) uint8 with respect to mean and logvar, (n, d) each.

    The expectation is an average over ``draws`` rolls of the dice, the same for each image. By the chain rule through
    z = mean + eps * exp(logvar / 2).
    """
    _, slope, eps, std = _thrown(model, images, reconstruction, draws, seed)
    return slope.mean(1), (slope * eps * std[:, None] / 2).mean(1)


def pull_of_the_penalty(posterior: Posterior, beta: float) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of beta * KL with respect to mean and logvar, (n, d) each, by autograd."""
    assert posterior.logvar is not None
    mean, logvar = (t.detach().clone().requires_grad_(True) for t in posterior)  # type: ignore[union-attr]
    kl = kl_per_dimension(Posterior(mean, logvar)).sum()
    on_mean, on_logvar = torch.autograd.grad(beta * kl, (mean, logvar))
    return on_mean.numpy(), on_logvar.numpy()


def measure_forces(run: Run, test_images: np.ndarray, places: np.ndarray) -> Forces:
    """The forces at every epoch of a run whose weights are all here, on pictures of its whole test set (n, pixels)."""
    images = test_images[run.test_indices()[places]]
    found = [forces(load_model(run, epoch), images, run.config.reconstruction) for epoch in run.weight_epochs()]
    return Forces(places, np.stack([f[0] for f in found]), np.stack([f[1] for f in found]))


def measure_draws(run: Run, test_images: np.ndarray, places: np.ndarray) -> Draws:
    """Loss and slope of ``THROWS`` draws from some bubbles, at the last epoch."""
    images = test_images[run.test_indices()[places]]
    model = load_model(run, run.weight_epochs()[-1])
    loss, slope, eps, _ = _thrown(model, images, run.config.reconstruction, THROWS, seed=0)
    return Draws(places, eps, loss, slope)


def _thrown(
    model: Autoencoder, images: np.ndarray, reconstruction: str, draws: int, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Loss (n, draws), slope (n, draws, d), eps (draws, d), std (n, d)."""
    x = torch.tensor(model.shape.flat(images)).float() / 255
    eps = noise(draws, model.latent_dim, seed)
    with torch.no_grad():
        mean, logvar = model.encode(x)
        assert logvar is not None
        std = torch.exp(logvar / 2)
        z = mean[:, None] + torch.from_numpy(eps) * std[:, None]  # (n, draws, d)
    flat = z.reshape(-1, model.latent_dim)
    loss, slope = slopes(model, x.repeat_interleave(draws, 0), flat, reconstruction)
    return loss.view(len(x), draws).numpy(), slope.view(z.shape).numpy(), eps, std.numpy()
