"""The lecture's networks: one hidden layer each way, a Gaussian in the middle. Shapes: b images, d latent, h hidden."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from vae_core.config import Config
from vae_core.data import PIXELS


class Posterior(NamedTuple):
    """q(z|x), what the encoder says of each image: a Gaussian with independent dimensions (a "bubble")."""

    mean: Tensor  # (b, d)
    logvar: Tensor | None  # (b, d), log of the variance; None in the classic autoencoder, which has no noise

    def sample(self, eps: Tensor | None = None) -> Tensor:
        """z = mean + eps * std, (b, d): the reparameterisation trick (Kingma & Welling 2014, section 2.4).

        The dice are in ``eps``, standard normal, (b, d), so that gradients pass through mean and std.
        """
        if self.logvar is None:
            return self.mean
        return self.mean + (torch.randn_like(self.mean) if eps is None else eps) * torch.exp(self.logvar / 2)


class Autoencoder(nn.Module):
    """Encoder 784 -> h -> 2d and decoder d -> h -> 784 (NYU Deep Learning, week 8, practicum 3).

    The classic autoencoder is the same network with the code as its only output: 784 -> h -> d.
    """

    def __init__(self, latent_dim: int, hidden_dim: int, *, variational: bool = True) -> None:
        super().__init__()
        self.latent_dim, self.hidden_dim, self.variational = latent_dim, hidden_dim, variational
        outputs = 2 * latent_dim if variational else latent_dim
        self.encoder = nn.Sequential(nn.Linear(PIXELS, hidden_dim), nn.ReLU(), nn.Linear(hidden_dim, outputs))
        self.decoder = nn.Sequential(nn.Linear(latent_dim, hidden_dim), nn.ReLU(), nn.Linear(hidden_dim, PIXELS))

    def encode(self, x: Tensor) -> Posterior:
        """Images (b, 784) in [0, 1] to where they might sit in the latent space."""
        code = self.encoder(x)  # (b, 2d), or (b, d)
        if not self.variational:
            return Posterior(code, None)
        mean, logvar = code.view(-1, 2, self.latent_dim).unbind(1)  # rows 0 and 1 of (b, 2, d)
        return Posterior(mean, logvar)

    def decode_logits(self, z: Tensor) -> Tensor:
        """Codes (b, d) to images before the sigmoid, (b, 784); the loss is stabler and faster from these."""
        return self.decoder(z)

    def decode(self, z: Tensor) -> Tensor:
        """Codes (b, d) to images (b, 784) in [0, 1]."""
        return torch.sigmoid(self.decode_logits(z))


def build(config: Config) -> Autoencoder:
    """The untrained network of a run, with torch's initial weights from the current random state."""
    assert config.hidden_dim is not None
    return Autoencoder(config.latent_dim, config.hidden_dim, variational=config.is_vae)
