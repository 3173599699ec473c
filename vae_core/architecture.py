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
    has_hidden_dim: bool = False  # whether ``hidden_dim`` matters to it


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

SMALL = 8  # pixels to a side, down to which a convolutional network halves pictures
CHANNELS = 32  # of its smallest picture; each larger one has half as many


def perceptron(*sizes: int) -> list[Layer]:
    """Linear layers from each size to the next, ReLU between them."""
    layers: list[Layer] = []
    for inputs, outputs in pairwise(sizes):
        layers += [{"type": "linear", "inputs": inputs, "outputs": outputs}, {"type": "relu"}]
    return layers[:-1]


def _lecture(shape: Shape, d: int, h: int, outputs: int) -> tuple[list[Layer], list[Layer]]:
    return perceptron(shape.pixels, h, outputs), perceptron(d, h, shape.pixels)


def _deep(shape: Shape, d: int, h: int, outputs: int) -> tuple[list[Layer], list[Layer]]:
    return perceptron(shape.pixels, 512, 256, outputs), perceptron(d, 256, 512, shape.pixels)


def _convolutional(shape: Shape, d: int, h: int, outputs: int) -> tuple[list[Layer], list[Layer]]:
    """Convolutions that halve a picture until it is SMALL, a dense layer, and the same backwards."""
    sides = [shape[1:]]
    while max(sides[-1]) > SMALL and min(sides[-1]) > 1:
        sides.append((sides[-1][0] // 2, sides[-1][1] // 2))
    halvings = len(sides) - 1
    channels = [shape.channels, *(CHANNELS >> (halvings - 1 - k) for k in range(halvings))]
    flat = channels[-1] * math.prod(sides[-1])
    encoder: list[Layer] = [{"type": "reshape", "shape": [*shape]}]
    decoder: list[Layer] = []
    for k in range(halvings):
        window = {"kernel": 4, "stride": 2, "padding": 1}
        encoder += [
            {"type": "convolution", "inputs": channels[k], "outputs": channels[k + 1], **window}, {"type": "relu"},
        ]  # fmt: skip
        odd = [side - 2 * half for side, half in zip(sides[k], sides[k + 1], strict=True)]
        back = {"inputs": channels[k + 1], "outputs": channels[k], **window, "output_padding": odd}
        decoder = [{"type": "relu"}, {"type": "transposed_convolution", **back}, *decoder]
    encoder += [{"type": "reshape", "shape": [flat]}, *perceptron(flat, outputs)]
    into = [*perceptron(d, flat), {"type": "reshape", "shape": [channels[-1], *sides[-1]]}]
    return encoder, [*into, *decoder, {"type": "reshape", "shape": [shape.pixels]}]


register(Network("lecture", "The lecture’s", "One hidden layer on each side.", _lecture, has_hidden_dim=True))
register(
    Network(
        "deep",
        "Deep",
        # Measured: tests/core/test_reference.py
        "Two hidden layers on each side. It helps a model of two numbers a lot, one of twenty hardly at all.",
        _deep,
    )
)
register(
    Network(
        "convolutional",
        "Convolutional",
        # Measured: the same test
        "Looks at small patches first, and then at larger ones. Best on digits by a few nats; made for larger pictures "
        "and for colour.",
        _convolutional,
    )
)
