"""The model: an encoder, a Gaussian in the middle, a decoder. Shapes: b images, d latent, h hidden."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from vae_core.architecture import Architecture, Layer, of_config
from vae_core.config import Config
from vae_core.convolutions import TransposedConvolution
from vae_core.datasets.spec import Shape


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


MODULES: dict[str, Callable[[Layer], nn.Module]] = {
    "linear": lambda layer: nn.Linear(layer["inputs"], layer["outputs"]),
    "relu": lambda layer: nn.ReLU(),
    "reshape": lambda layer: nn.Unflatten(1, layer["shape"]) if len(layer["shape"]) > 1 else nn.Flatten(),
    "convolution": lambda layer: nn.Conv2d(
        layer["inputs"], layer["outputs"], layer["kernel"], layer["stride"], layer["padding"]
    ),
    "transposed_convolution": lambda layer: TransposedConvolution(
        layer["inputs"], layer["outputs"], layer["kernel"], layer["stride"], layer["padding"], layer["output_padding"]
    ),
}  # of each kind of layer in ``architecture``


class Autoencoder(nn.Module):
    """Encoder and decoder. The lecture's: 784 -> h -> 2d and d -> h -> 784 (NYU Deep Learning, week 8, practicum 3).

    The classic autoencoder is the same network with the code as its only output: 784 -> h -> d.
    """

    def __init__(self, architecture: Architecture, latent_dim: int, *, variational: bool = True) -> None:
        super().__init__()
        self.architecture, self.latent_dim, self.variational = architecture, latent_dim, variational
        self.encoder = nn.Sequential(*(MODULES[layer["type"]](layer) for layer in architecture.encoder))
        self.decoder = nn.Sequential(*(MODULES[layer["type"]](layer) for layer in architecture.decoder))

    @property
    def shape(self) -> Shape:
        """Of a picture."""
        return self.architecture.shape

    def encode(self, x: Tensor) -> Posterior:
        """Images (b, pixels) in [0, 1] to where they might sit in the latent space."""
        code = self.encoder(x)  # (b, 2d), or (b, d)
        if not self.variational:
            return Posterior(code, None)
        mean, logvar = code.view(-1, 2, self.latent_dim).unbind(1)  # rows 0 and 1 of (b, 2, d)
        return Posterior(mean, logvar)

    def decode_logits(self, z: Tensor) -> Tensor:
        """Codes (b, d) to images before the sigmoid, (b, pixels); the loss is stabler and faster from these."""
        return self.decoder(z).flatten(1)

    def decode(self, z: Tensor) -> Tensor:
        """Codes (b, d) to images (b, pixels) in [0, 1]."""
        return torch.sigmoid(self.decode_logits(z))


def build(config: Config, architecture: Architecture | None = None) -> Autoencoder:
    """The untrained network of a run, with torch's initial weights from the current random state."""
    return Autoencoder(architecture or of_config(config), config.latent_dim, variational=config.is_vae)
