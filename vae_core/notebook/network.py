"""A model's network as plain PyTorch: its layers (``vae_core.architecture``) written out. Imports no torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vae_core.architecture import Architecture, Layer
from vae_core.notebook.cells import Cell, code

LINES: dict[str, Callable[[Layer], str]] = {
    "linear": lambda layer: f"nn.Linear({layer['inputs']}, {layer['outputs']})",
    "relu": lambda layer: "nn.ReLU()",
    "reshape": lambda layer: f"nn.Unflatten(1, {tuple(layer['shape'])})" if len(layer["shape"]) > 1 else "nn.Flatten()",
    "convolution": lambda layer: f"nn.Conv2d({_window(layer)})",
    "transposed_convolution": lambda layer: (
        f"nn.ConvTranspose2d({_window(layer)}, output_padding={tuple(layer['output_padding'])})"
    ),
}  # of each type of layer


def _window(layer: Layer) -> str:
    return (
        f"{layer['inputs']}, {layer['outputs']}, kernel_size={layer['kernel']}, stride={layer['stride']}, "
        f"padding={layer['padding']}"
    )


def cell(architecture: Architecture, *, variational: bool) -> Cell:
    """The class of the network. Raises KeyError for a type of layer that has no line here."""
    parts = {name: _stacked(getattr(architecture, name)) for name in ("encoder", "decoder")}
    return code("network", (VAE if variational else CLASSIC).format(pixels=architecture.shape.pixels, **parts))


def _stacked(layers: Sequence[Layer]) -> str:
    return "".join(f"            {LINES[layer['type']](layer)},\n" for layer in layers).rstrip()


VAE = '''
class VAE(nn.Module):
    """An encoder, a bubble in the middle, a decoder."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
{encoder}
        )
        self.decoder = nn.Sequential(
{decoder}
        )

    def encode(self, x):
        """Pictures (b, {pixels}) to their bubbles: mean and log variance, (b, d) each."""
        mean, logvar = self.encoder(x).view(-1, 2, d).unbind(1)
        return mean, logvar

    def sample(self, mean, logvar):
        """A random point z of each bubble, (b, d). The dice are in the noise, so mean and std keep their slopes."""
        std = torch.exp(logvar / 2)
        noise = torch.randn_like(std)
        return mean + std * noise

    def decode(self, z):
        """Codes (b, d) to pictures (b, {pixels}), from 0 (black) to 1 (white)."""
        return torch.sigmoid(self.decoder(z).flatten(1))

    def forward(self, x):
        """The picture rebuilt from a random point of its bubble, before the sigmoid; and the bubble."""
        mean, logvar = self.encode(x)
        z = self.sample(mean, logvar)
        return self.decoder(z).flatten(1), mean, logvar


torch.manual_seed(seed)
model = VAE().to(device)
'''
CLASSIC = '''
class Autoencoder(nn.Module):
    """An encoder and a decoder: a picture becomes a code, and the code becomes a picture."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
{encoder}
        )
        self.decoder = nn.Sequential(
{decoder}
        )

    def encode(self, x):
        """Pictures (b, {pixels}) to codes (b, d)."""
        return self.encoder(x)

    def decode(self, z):
        """Codes (b, d) to pictures (b, {pixels}), from 0 (black) to 1 (white)."""
        return torch.sigmoid(self.decoder(z).flatten(1))

    def forward(self, x):
        """The picture rebuilt from its code, before the sigmoid."""
        return self.decoder(self.encode(x)).flatten(1)


torch.manual_seed(seed)
model = Autoencoder().to(device)
'''
