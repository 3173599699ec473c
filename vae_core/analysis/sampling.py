"""What to ask of a trained model: decode, encode, sample, morph, walk along a dimension.

Images come back as uint8 (n, height, width). Codes are float32 arrays (n, d). torch is imported with this module, so a
page imports it where it first needs a picture.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import torch

from vae_core.losses import per_image
from vae_core.model import Autoencoder, Posterior


@torch.inference_mode()
def decode(model: Autoencoder, z: np.ndarray) -> np.ndarray:
    """Codes (..., d) to images (..., height, width) uint8; of colours (..., height, width, channels)."""
    flat = torch.tensor(z, dtype=torch.float32).reshape(-1, model.latent_dim)
    images = model.decode(flat).nan_to_num_(0.0).mul_(255).round_().byte().numpy()
    return model.shape.pictures(images.reshape(*z.shape[:-1], model.shape.pixels))


@torch.inference_mode()
def encode(model: Autoencoder, images: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Images (n, pixels) or (n, height, width) uint8 to mean and logvar, (n, d) each; logvar is None without noise."""
    x = torch.tensor(model.shape.flat(images)).float() / 255
    mean, logvar = model.encode(x)
    return mean.numpy(), None if logvar is None else logvar.numpy()


@torch.inference_mode()
def losses(model: Autoencoder, images: np.ndarray, reconstruction: str, beta: float) -> np.ndarray:
    """The loss of each image (n, pixels) or (n, height, width) uint8 with its mean decoded, (n,) in nats."""
    x = torch.tensor(model.shape.flat(images)).float() / 255
    posterior = model.encode(x)
    return per_image(model.decode_logits(posterior.mean), x, posterior, reconstruction, beta).numpy()


@torch.inference_mode()
def sampled_losses(
    model: Autoencoder, images: np.ndarray, reconstruction: str, beta: float, draws: int = 1, seed: int = 0
) -> np.ndarray:
    """The loss of each image (n, pixels) or (n, height, width) uint8 with codes drawn from its bubble, (n,) in nats.

    The mean over ``draws`` codes for each image. With ``bce`` and beta 1 it estimates minus the ELBO (Kingma & Welling
    2014, eq. 7). A classic autoencoder has nothing to draw: there it is the loss of its one code.
    """
    x = torch.tensor(model.shape.flat(images)).float() / 255
    posterior = model.encode(x)
    if posterior.logvar is None:
        return per_image(model.decode_logits(posterior.mean), x, posterior, reconstruction, beta).numpy()
    each = Posterior(posterior.mean.repeat(draws, 1), posterior.logvar.repeat(draws, 1))  # (draws * n, d)
    z = each.sample(torch.from_numpy(noise(len(each.mean), model.latent_dim, seed)))
    found = per_image(model.decode_logits(z), x.repeat(draws, 1), each, reconstruction, beta)
    return found.view(draws, -1).mean(0).numpy()


def noise(count: int, latent_dim: int, seed: int) -> np.ndarray:
    """The same standard normal numbers (count, d) for the same seed, for any epoch and any model of that size.

    Drawn by column: the first d numbers of a model with more dimensions are those of one with fewer.
    """
    return np.stack(
        [np.random.default_rng([seed, dim]).standard_normal(count, np.float32) for dim in range(latent_dim)], axis=1
    )


def sample_prior(count: int, latent_dim: int, seed: int, spread: float = 1.0) -> np.ndarray:
    """Codes (count, d) from N(0, spread**2), the lecture's "bubble of bubbles" when spread is 1."""
    return spread * noise(count, latent_dim, seed)


def sample_codes(mean: np.ndarray, count: int, seed: int, spread: float = 1.0) -> np.ndarray:
    """Codes (count, d) from a Gaussian with the average and standard deviation of ``mean`` (n, d), per dimension.

    A classic autoencoder has no prior to draw from; this is the fairest random code it can get.
    """
    return mean.mean(0) + spread * mean.std(0) * noise(count, mean.shape[1], seed)


def interpolate(start: np.ndarray, end: np.ndarray, steps: int, path: str = "straight") -> np.ndarray:
    """Codes (steps, d) from start (d,) to end (d,), both included.

    ``straight``: (1 - t) * start + t * end, the lecture's. ``spherical``: along the great circle (Shoemake 1985), with
    the length going evenly from one to the other; in many dimensions it keeps to the shell where a Gaussian lives.
    """
    t = np.linspace(0, 1, steps, dtype=np.float32)[:, None]
    straight = (1 - t) * start + t * end
    if path == "straight":
        return straight
    if path != "spherical":
        raise ValueError(f"unknown path: {path}")
    start, end = start.astype(np.float64), end.astype(np.float64)
    lengths = np.linalg.norm(start), np.linalg.norm(end)
    if min(lengths) < 1e-6:
        return straight
    angle = np.arccos(np.clip(start @ end / (lengths[0] * lengths[1]), -1, 1))
    if np.sin(angle) < 1e-4:  # parallel or opposite: no single great circle
        return straight
    a, b = np.sin((1 - t) * angle) / np.sin(angle), np.sin(t * angle) / np.sin(angle)
    direction = a * start / lengths[0] + b * end / lengths[1]
    return (direction * ((1 - t) * lengths[0] + t * lengths[1])).astype(np.float32)


def cross_fade(start: np.ndarray, end: np.ndarray, steps: int) -> np.ndarray:
    """Images (steps, height, width) uint8: plain mixing of pixels, to compare with a morph."""
    t = np.linspace(0, 1, steps)[:, None, None]
    return np.rint((1 - t) * start + t * end).astype(np.uint8)


def traverse(z: np.ndarray, dimension: int, values: np.ndarray) -> np.ndarray:
    """Codes (len(values), d): z (d,) with one dimension replaced by each value."""
    codes = np.repeat(z[None].astype(np.float32), len(values), axis=0)
    codes[:, dimension] = values
    return codes


def manifold(size: int, reach: float = 2.0) -> np.ndarray:
    """Codes (size, size, 2) of a regular grid from -reach to reach, first row at the top (largest second number)."""
    axis = np.linspace(-reach, reach, size, dtype=np.float32)
    return np.stack(np.meshgrid(axis, axis[::-1]), axis=-1)


def quantile_manifold(size: int) -> np.ndarray:
    """Codes (size, size, 2) on a grid of equal shares of the prior, first row at the top (largest second number).

    Even steps through the unit square, sent through the inverse of the normal distribution (Kingma & Welling 2014,
    figure 4): each picture stands for as much of N(0, 1) as any other.
    """
    axis = np.array([NormalDist().inv_cdf((k + 0.5) / size) for k in range(size)], np.float32)
    return np.stack(np.meshgrid(axis, axis[::-1]), axis=-1)


def walk_coefficients(latent_dim: int, seed: int, waves: int = 10) -> np.ndarray:
    """The random numbers of a walk, (2, waves, d): how much of each cosine and sine every dimension's path has."""
    rng = np.random.default_rng([seed, 2])  # not the dice of ``noise``
    return (rng.standard_normal((2, waves, latent_dim)) / np.sqrt(waves)).astype(np.float32)


def random_walk(coefficients: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Codes (n, d) at times t (n,) of a smooth closed walk through the prior; it is back at its start after 1.

    z(t) = sum over k of a_k cos(2 pi k t) + b_k sin(2 pi k t), a_k and b_k from N(0, 1 / waves): the random Fourier
    series of a stationary Gaussian process (Rice 1944). As cos**2 + sin**2 = 1, z(t) is N(0, 1) at every single moment,
    so that each picture of the walk is as fair a throw of the dice as any sample.
    """
    turns = 2 * np.pi * np.outer(t, np.arange(1, coefficients.shape[1] + 1))  # (n, waves)
    return (np.cos(turns) @ coefficients[0] + np.sin(turns) @ coefficients[1]).astype(np.float32)
