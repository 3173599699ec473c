"""The layers of ``architecture`` without torch, for which a first picture must not wait: as ``model`` has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from vae_core.architecture import Layer

Weights = Mapping[str, np.ndarray]


def run(layers: Sequence[Layer], weights: Weights, part: str, x: np.ndarray) -> np.ndarray:
    """Send x (n, inputs) through the layers of a ``part`` (encoder, decoder), whose weights have torch's names."""
    for place, layer in enumerate(layers):
        own = {
            n: weights[f"{part}.{place}.{n}"].astype(np.float32)
            for n in ("weight", "bias")
            if f"{part}.{place}.{n}" in weights
        }
        x = LAYERS[layer["type"]](layer, own, x)
    return x.reshape(len(x), -1)


def sigmoid(logits: np.ndarray) -> np.ndarray:
    return 0.5 + 0.5 * np.tanh(0.5 * logits)


def _convolve(x: np.ndarray, weight: np.ndarray, stride: int) -> np.ndarray:
    """x (n, in, h, w), weight (out, in, k, k); no padding."""
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    return np.einsum("nihwab,oiab->nohw", windows, weight, optimize=True)


def _padded(x: np.ndarray, low: int, high: Sequence[int]) -> np.ndarray:
    return np.pad(x, ((0, 0), (0, 0), *((low, more) for more in high)))


def _convolution(layer: Layer, own: Weights, x: np.ndarray) -> np.ndarray:
    p = layer["padding"]
    return _convolve(_padded(x, p, (p, p)), own["weight"], layer["stride"]) + own["bias"][:, None, None]


def _transposed_convolution(layer: Layer, own: Weights, x: np.ndarray) -> np.ndarray:
    """A convolution, with the kernel turned, of the picture with zeros put between its pixels."""
    stride, room = layer["stride"], layer["kernel"] - 1 - layer["padding"]
    wide = np.zeros((*x.shape[:2], *((s - 1) * stride + 1 for s in x.shape[2:])), np.float32)
    wide[:, :, ::stride, ::stride] = x
    turned = own["weight"].transpose(1, 0, 2, 3)[:, :, ::-1, ::-1]
    return (
        _convolve(_padded(wide, room, [room + e for e in layer["output_padding"]]), turned, 1)
        + own["bias"][:, None, None]
    )


LAYERS: dict[str, Callable[[Layer, Weights, np.ndarray], np.ndarray]] = {
    "linear": lambda layer, own, x: x @ own["weight"].T + own["bias"],
    "relu": lambda layer, own, x: np.maximum(x, 0),
    "reshape": lambda layer, own, x: x.reshape(len(x), *layer["shape"]),
    "convolution": _convolution,
    "transposed_convolution": _transposed_convolution,
}
