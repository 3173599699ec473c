"""What a network is made of, as a small diagram: a bar for each layer, in the lecture's colours."""

from __future__ import annotations

from ui.components.bridge import component
from ui.components.payloads.base import Colour
from ui.components.payloads.train_and_map import NetworkBlock, NetworkDiagramData
from vae_core import architecture
from vae_core.architecture import Architecture, Layer, Sizes, sizes_through
from vae_core.config import Config

_diagram = component("network_diagram", "train/network_diagram.js")
CHANGES = ("linear", "convolution", "transposed_convolution")  # the layers that get a bar


def network_diagram(config: Config) -> None:
    _diagram(key="network_diagram", data=payload(architecture.of_config(config), config.latent_dim, config.is_vae))


def payload(network: Architecture, latent_dim: int, is_vae: bool) -> NetworkDiagramData:
    """A bar for the picture, for what each layer makes of it, and for the code in the middle."""
    shape: Sizes = tuple(network.shape)
    encoder = _blocks(network.encoder, (network.shape.pixels,), "encoder")[:-1]
    decoder = _blocks(network.decoder, (latent_dim,), "decoder")
    code: list[NetworkBlock] = [
        {"sizes": [latent_dim], "label": f"{latent_dim} means", "colour": "mean"},
        {"sizes": [latent_dim], "label": f"{latent_dim} stds", "colour": "mean", "beside": True},
        {"sizes": [latent_dim], "label": f"z: {latent_dim}", "colour": "z"},
    ]
    if not is_vae:
        code = [{"sizes": [latent_dim], "label": f"code: {latent_dim}", "colour": "z"}]
    picture: NetworkBlock = {"sizes": list(shape), "label": f"x: {_words(shape)}", "colour": "x"}
    decoder[-1] = {"sizes": list(shape), "label": f"x̂: {_words(shape)}", "colour": "decoder"}
    blocks = [picture, *encoder, *code, *decoder]
    return {"blocks": blocks, "label": "The network: " + ", ".join(block["label"] for block in blocks)}


def _blocks(layers: tuple[Layer, ...], sizes: Sizes, colour: Colour) -> list[NetworkBlock]:
    after, kinds = sizes_through(layers, sizes)[1:], [layer["type"] for layer in layers]
    blocks: list[NetworkBlock] = []
    for place, kind in enumerate(kinds):
        if kind in CHANGES:
            shown = after[place + 1] if kinds[place + 1 : place + 2] == ["reshape"] else after[place]
            blocks.append({"sizes": list(shown), "label": _words(shown), "colour": colour})
    return blocks


def _words(sizes: Sizes) -> str:
    """``784``, or ``32 of 14 × 14`` for the pictures that a convolution makes."""
    if len(sizes) == 1:
        return f"{sizes[0]:,}"
    channels, height, width = sizes
    return f"{height} × {width}" if channels == 1 else f"{channels} of {height} × {width}"
