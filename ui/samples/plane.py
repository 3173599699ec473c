"""The whole plane of a model with two numbers."""

from __future__ import annotations

import numpy as np

from ui.components.bridge import component, publish, settled_epoch, size_of, token
from ui.components.images import png, webp
from ui.components.payloads.samples import PlaneData
from ui.samples.knobs import frame_of, frames
from ui.store import cache
from vae_core.runs.run import Run


def _grid(size: int, even: bool) -> np.ndarray:
    """The codes of the pictures, (size, size, 2) in knob units."""
    from vae_core.analysis import interpolation

    return interpolation.manifold(size, 3.0) if even else interpolation.quantile_manifold(size)


def drawn(path: str, epoch: int, size: int, even: bool) -> np.ndarray:
    """What the decoder draws there after an epoch: size * size pictures."""
    from vae_core.analysis import sampling

    shift, scale = frame_of(path, epoch)
    return sampling.decode(cache.model(path, epoch), (shift + scale * _grid(size, even)).reshape(-1, 2))


@cache.cached(20)
def manifold_film(path: str, epochs: tuple[int, ...], size: int, even: bool) -> tuple[str, np.ndarray]:
    """A WebP with a line of size * size pictures for each epoch, and the two axes (2, size) in knob units.

    It is a little blurred, and is seen while the epochs pass by; where one rests, ``exact`` takes its place.
    """
    grid = _grid(size, even)
    lines = [drawn(path, epoch, size, even) for epoch in epochs]
    return webp(np.stack(lines)), np.stack([grid[0, :, 0], grid[:, 0, 1]])


@cache.cached(60)
def _exact(path: str, epoch: int, size: int, even: bool) -> str:
    return png(drawn(path, epoch, size, even)[None])


def exact(run: Run, epochs: list[int], size: int, even: bool) -> None:
    """The pictures of the epoch at which the visitor rests, with nothing changed; call it in a fragment."""
    epoch = settled_epoch("exact_plane", run.id, epochs)
    of = _version(run, epochs, size, even)
    publish("exact_plane", "exact plane", {"of": of, "epoch": epoch, "png": _exact(str(run.path), epoch, size, even)})


def _version(run: Run, epochs: list[int], size: int, even: bool) -> str:
    return token(str(run.path), epochs, size, even)


def manifold(run: Run, epochs: list[int], size: int, even: bool) -> PlaneData:
    """What ``static/samples/plane.js`` draws."""
    path = str(run.path)
    film, axes = manifold_film(path, tuple(epochs), size, even)
    return {
        "run": run.id, "epochs": epochs, "side": size, "size": size_of(run), "film": film,
        "axes": axes.round(3).tolist(), "even": even,
        "classic": not run.config.is_vae, **frames(path, epochs), "version": _version(run, epochs, size, even),
    }  # fmt: skip


_manifold = component("manifold", "samples/plane.js")


def manifold_grid(payload: PlaneData) -> None:
    """``ui.samples.plane.manifold``: the whole plane of a two-dimensional model, decoded."""
    _manifold(key="manifold_grid", data=payload)
