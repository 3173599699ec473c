"""What to ask of a trained model: decode, encode, sample, morph, walk along a dimension.

Images come back as uint8 (n, height, width). Codes are float32 arrays (n, d). torch is imported with this module, so a
page imports it where it first needs a picture.
"""

from __future__ import annotations

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

    A classic autoencoder has no prior to draw from. How its numbers go together is left out: ``measured.clearness``
    says what that costs.
    """
    return mean.mean(0) + spread * mean.std(0) * noise(count, mean.shape[1], seed)
