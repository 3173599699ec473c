"""A run's decoder for the browser, and for Python without torch."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import numpy as np

from ui.components.bridge import publish_bytes, size_of
from ui.store import cache
from vae_core import inference
from vae_core.architecture import weights_of
from vae_core.runs.run import Run, RunError, look_into


def weights_at(run: Run, epoch: int) -> dict[str, np.ndarray]:
    """All weights of an epoch by torch's names, read without torch. Raises RunError."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        look_into(run.weights_file(epoch), run.id)
        return dict(load_file(run.weights_file(epoch)))
    except (OSError, SafetensorError):
        raise RunError(f"The weights of epoch {epoch} of the run {run.id} cannot be read.") from None


EVERYWHERE = 12.0  # far beyond where any code of a trained VAE lies; a classic autoencoder's may lie farther
BEYOND = 3.0  # times as far as the farthest mean, at least
TOO_FAR = 1000.0  # a plane so wide would have to be looked at in too many places: such a decoder is sent whole
PLACES = 97  # along each side of the plane, at which units are looked at
SOME = 4  # one in so many of these is looked at for its pixels
UNLIT = -10.0  # a pixel with no more than that at any of these has a hundredth of the darkest of 255 greys
BLACK = -20.0


@cache.cached(8)
def packed_decoder(path: str, epoch: int, reach: float = 0.0) -> tuple[dict[str, Any], list[bytes]]:
    """The decoder in half its room or less, as head and parts of ``bridge.packed``.

    Of a model of two numbers, units that are off at each of many places of the plane, up to ``far`` from its middle
    both ways (at least ``reach``), are left out: they draw nothing there; and so are the weights of pixels that stay
    black. Half floats travel as their high bytes, which
    are much alike, and then their low ones, all of it deflated. ``static/lib/decoder.js`` reads it (``unpacked``).
    """
    run = Run(Path(path))
    layers = run.architecture.to_json()["decoder"]
    weights = {k: w.astype(np.float16) for k, w in weights_at(run, epoch).items() if k.startswith("decoder.")}
    head: dict[str, Any] = {"size": size_of(run), "latent_dim": run.config.latent_dim}
    if run.config.latent_dim == 2:
        head["far"] = _far(path, epoch, reach)
        if head["far"] <= TOO_FAR:
            layers, weights = _without_idle(layers, weights, head["far"])
            weights = _without_black(layers, weights, head["far"])
    bits = [w.astype("<f2").reshape(-1).view("<u2") for w in weights.values()]
    raw = b"".join(part.astype(np.uint8).tobytes() for each in bits for part in (each >> 8, each & 255))
    sizes = [[name.removeprefix("decoder."), w.size] for name, w in weights.items()]
    return {**head, "layers": layers, "weights": sizes}, [zlib.compress(raw, 9)]


def _far(path: str, epoch: int, reach: float) -> float:
    """How far from the middle a decoder of two numbers is known: where no code of the run lies any more."""
    farthest = float(np.abs(cache.latents(path, epoch).mean).max())
    return max(EVERYWHERE, reach, round(BEYOND * farthest, 1))


def _halved(far: float) -> list[float]:
    """From ``far`` inwards: where the codes lie, the places at which units are looked at stand close together."""
    return [far / 2**k for k in range(1 + int(np.ceil(np.log2(max(far / EVERYWHERE, 1.0)))))]


def _grid(far: float) -> np.ndarray:
    side = np.linspace(-far, far, PLACES, dtype=np.float32)
    return np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)


def _without_idle(
    layers: list[dict[str, Any]], weights: dict[str, np.ndarray], far: float
) -> tuple[list[dict[str, Any]], dict[str, np.ndarray]]:
    """The same layers without the units between two linear ones that are off everywhere on the plane."""
    x = np.concatenate([_grid(reach) for reach in _halved(far)])
    layers, weights = [dict(layer) for layer in layers], dict(weights)
    for place, layer in enumerate(layers[:-2]):
        if layer["type"] not in ("linear", "relu"):
            break  # its pictures at so many places would be gigabytes
        own = {n: weights[f"decoder.{place}.{n}"].astype(np.float32) for n in weights_of(layer)}
        x = inference.LAYERS[layer["type"]](layer, own, x)
        if [each["type"] for each in layers[place : place + 3]] != ["linear", "relu", "linear"]:
            continue
        on = (x > 0).any(0)
        x, after = x[:, on], layers[place + 2]
        layer["outputs"] = after["inputs"] = int(on.sum())
        for name in ("weight", "bias"):
            weights[f"decoder.{place}.{name}"] = weights[f"decoder.{place}.{name}"][on]
        weights[f"decoder.{place + 2}.weight"] = weights[f"decoder.{place + 2}.weight"][:, on]
    return layers, weights


def _without_black(layers: list[dict[str, Any]], weights: dict[str, np.ndarray], far: float) -> dict[str, np.ndarray]:
    """The same weights, but zeros, which take no room, for the pixels of a linear network that are black everywhere."""
    if {layer["type"] for layer in layers} != {"linear", "relu"} or layers[-1]["type"] != "linear":
        return weights
    places = np.concatenate([_grid(reach)[::SOME] for reach in _halved(far)])
    black = inference.run(layers, weights, "decoder", places).max(0) < UNLIT
    weight, bias = (f"decoder.{len(layers) - 1}.{name}" for name in ("weight", "bias"))
    kept = {weight: weights[weight].copy(), bias: weights[bias].copy()}
    kept[weight][black], kept[bias][black] = 0, BLACK
    return {**weights, **kept}


def name_of(run: Run, epoch: int) -> str:
    """By which a component hears of the decoder (``whenDecoder`` of ``static/understand/shared.js``)."""
    return f"decoder of {run.id} {epoch}"


def send_decoder(key: str, run: Run, epoch: int, reach: float = 0.0) -> str:
    """Send it as bytes, beside a component whose own message stays small. Returns its name. Raises RunError."""
    publish_bytes(key, name_of(run, epoch), *packed_decoder(str(run.path), epoch, reach))
    return name_of(run, epoch)


def decoded(run: Run, epoch: int, z: np.ndarray) -> np.ndarray:
    """Codes (n, d) to pictures (n, pixels) in [0, 1], without torch, which a first picture must not wait for."""
    layers = run.architecture.decoder
    return inference.sigmoid(inference.run(layers, weights_at(run, epoch), "decoder", z.astype(np.float32)))


def encoded(run: Run, epoch: int, images: np.ndarray) -> np.ndarray:
    """Images (n, pixels) uint8 to their means (n, d), without torch."""
    code = inference.run(run.architecture.encoder, weights_at(run, epoch), "encoder", images / np.float32(255))
    return code[:, : run.config.latent_dim]


def bubbles(run: Run, epoch: int, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, pixels) uint8 to the means and standard deviations (n, d) of their codes, without torch; a VAE's."""
    code = inference.run(run.architecture.encoder, weights_at(run, epoch), "encoder", images / np.float32(255))
    mean, logvar = np.split(code, 2, axis=1)
    return mean, np.exp(logvar / 2)
