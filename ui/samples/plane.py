"""The whole plane of a model with two numbers."""

from __future__ import annotations

import numpy as np

from ui.components.bridge import component, size_of, token
from ui.components.images import webp
from ui.components.payloads import PlaneData
from ui.samples.knobs import frame_of, frames
from ui.store import cache
from vae_core.runs.run import Run


@cache.cached(20)
def manifold_film(path: str, epochs: tuple[int, ...], size: int, even: bool) -> tuple[str, np.ndarray]:
    """A WebP with a line of size * size pictures for each epoch, and the two axes (2, size) in knob units."""
    from vae_core.analysis import interpolation, sampling

    grid = interpolation.manifold(size, 3.0) if even else interpolation.quantile_manifold(size)
    lines = []
    for epoch in epochs:
        shift, scale = frame_of(path, epoch)
        lines.append(sampling.decode(cache.model(path, epoch), (shift + scale * grid).reshape(-1, 2)))
    return webp(np.stack(lines)), np.stack([grid[0, :, 0], grid[:, 0, 1]])


def manifold(run: Run, epochs: list[int], size: int, even: bool) -> PlaneData:
    """What ``static/samples/plane.js`` draws."""
    path = str(run.path)
    film, axes = manifold_film(path, tuple(epochs), size, even)
    return {
        "run": run.id, "epochs": epochs, "side": size, "size": size_of(run), "film": film,
        "axes": axes.round(3).tolist(), "even": even,
        "classic": not run.config.is_vae, **frames(path, epochs), "version": token(path, epochs, size, even),
    }  # fmt: skip


_manifold = component("manifold", "samples/plane.js")


def manifold_grid(payload: PlaneData) -> None:
    """``ui.samples.plane.manifold``: the whole plane of a two-dimensional model, decoded."""
    _manifold(key="manifold_grid", data=payload)
