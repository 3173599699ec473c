"""What networks are made of: lists of layers, which torch, the checks of imported files and the browser all read.

A layer is a record that JSON can hold; pictures and codes go in and come out flat::

    {"type": "linear", "inputs": 784, "outputs": 400}
    {"type": "relu"}
    {"type": "convolution", "inputs": 1, "outputs": 32, "kernel": 4, "stride": 2, "padding": 1}
    {"type": "transposed_convolution", (the same), "output_padding": [0, 0]}
    {"type": "reshape", "shape": [32, 14, 14]}

A new network is one ``register(Network(...))``; a new kind of layer is one entry each in ``SHAPES`` here,
``model.MODULES``, ``inference.LAYERS`` and ``static/lib/decoder.js``. Imports no torch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from vae_core.datasets import registry
from vae_core.datasets.spec import Shape

if TYPE_CHECKING:
    from vae_core.config import Config

Layer = Mapping[str, Any]
Sizes = tuple[int, ...]
TITLES: dict[str, str] = {}  # of the networks by name, in the order in which a form lists them
_networks: dict[str, Network] = {}


@dataclass(frozen=True)
class Architecture:
    """The layers of one model."""

    shape: Shape  # of a picture
    encoder: tuple[Layer, ...]  # (pixels,) to (outputs,)
    decoder: tuple[Layer, ...]  # (latent_dim,) to (pixels,), before the sigmoid

    @cached_property
    def parameter_shapes(self) -> dict[str, Sizes]:
        """Names and shapes of all weights and biases, as torch has them in ``model.build(...).state_dict()``."""
        found: dict[str, Sizes] = {}
        for part in ("encoder", "decoder"):
            for place, layer in enumerate(getattr(self, part)):
                for name, sizes in weights_of(layer).items():
                    found[f"{part}.{place}.{name}"] = sizes
        return found

    def to_json(self) -> dict[str, Any]:
        return {part: [dict(layer) for layer in getattr(self, part)] for part in ("encoder", "decoder")}


@dataclass(frozen=True)
class Network:
    """A kind of network, for any size of picture."""

    name: str  # in settings
    title: str
    sentence: str  # for the form
    # From the pictures' shape, latent_dim, hidden_dim and the encoder's outputs (2 * latent_dim with noise).
    layers: Callable[[Shape, int, int, int], tuple[Sequence[Layer], Sequence[Layer]]]


def register(network: Network) -> None:
    """From now on a network can be chosen and trained."""
    _networks[network.name], TITLES[network.name] = network, network.title


def unregister(name: str) -> None:
    del _networks[name], TITLES[name]


def get(name: str) -> Network:
    """Raises KeyError for a name that ``config`` would not have let through."""
    return _networks[name]


def of_config(config: Config) -> Architecture:
    """The layers of a run with these settings."""
    assert config.hidden_dim is not None
    d, shape = config.latent_dim, registry.get(config.dataset).shape
    encoder, decoder = get(config.network).layers(shape, d, config.hidden_dim, 2 * d if config.is_vae else d)
    return Architecture(shape, tuple(encoder), tuple(decoder))


# ---- layers


def weights_of(layer: Layer) -> dict[str, Sizes]:
    """Names and shapes of a layer's weights and biases."""
    kind = layer["type"]
    if kind == "linear":
        return {"weight": (layer["outputs"], layer["inputs"]), "bias": (layer["outputs"],)}
    window = (layer.get("kernel", 0),) * 2
    if kind == "convolution":
        return {"weight": (layer["outputs"], layer["inputs"], *window), "bias": (layer["outputs"],)}
    if kind == "transposed_convolution":
        return {"weight": (layer["inputs"], layer["outputs"], *window), "bias": (layer["outputs"],)}
    return {}


def _linear(layer: Layer, sizes: Sizes) -> Sizes:
    _expect(sizes == (layer["inputs"],), layer, sizes)
    return (layer["outputs"],)


def _reshape(layer: Layer, sizes: Sizes) -> Sizes:
    _expect(math.prod(layer["shape"]) == math.prod(sizes), layer, sizes)
    return tuple(layer["shape"])


def _convolution(layer: Layer, sizes: Sizes) -> Sizes:
    _expect(len(sizes) == 3 and sizes[0] == layer["inputs"], layer, sizes)
    return (layer["outputs"], *((s + 2 * layer["padding"] - layer["kernel"]) // layer["stride"] + 1 for s in sizes[1:]))


def _transposed_convolution(layer: Layer, sizes: Sizes) -> Sizes:
    _expect(len(sizes) == 3 and sizes[0] == layer["inputs"], layer, sizes)
    more = zip(sizes[1:], layer["output_padding"], strict=True)
    grown = ((s - 1) * layer["stride"] - 2 * layer["padding"] + layer["kernel"] + extra for s, extra in more)
    return (layer["outputs"], *grown)


SHAPES: dict[str, Callable[[Layer, Sizes], Sizes]] = {
    "linear": _linear, "relu": lambda layer, sizes: sizes, "reshape": _reshape, "convolution": _convolution,
    "transposed_convolution": _transposed_convolution,
}  # fmt: skip


def _expect(good: bool, layer: Layer, sizes: Sizes) -> None:
    if not good:
        raise ValueError(f"a layer {dict(layer)} cannot follow what has the shape {sizes}")


def sizes_through(layers: Sequence[Layer], sizes: Sizes) -> list[Sizes]:
    """The shape of one picture or code before the first layer and after each. Raises ValueError."""
    found = [sizes]
    for layer in layers:
        found.append(SHAPES[layer["type"]](layer, found[-1]))
    return found


# ---- the networks there are


def perceptron(*sizes: int) -> list[Layer]:
    """Linear layers from each size to the next, ReLU between them."""
    layers: list[Layer] = []
    for inputs, outputs in pairwise(sizes):
        layers += [{"type": "linear", "inputs": inputs, "outputs": outputs}, {"type": "relu"}]
    return layers[:-1]


register(
    Network(
        "lecture",
        "The lecture’s",
        "One hidden layer on each side.",
        lambda shape, d, h, outputs: (perceptron(shape.pixels, h, outputs), perceptron(d, h, shape.pixels)),
    )
)
