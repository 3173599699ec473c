"""The grid of samples, and where the chosen one is on the map."""

from __future__ import annotations

import numpy as np

from ui.components import latent_map, mini_map
from ui.components.bridge import component
from ui.components.images import sprite
from ui.components.payloads.base import Mark
from ui.components.payloads.samples import GridData
from ui.store import cache
from vae_core.runs.run import Run


@cache.cached(60)
def grid_film(path: str, epochs: tuple[int, ...], count: int, seed: int, spread: float, dice: str = "") -> str:
    """The samples of every epoch as one PNG in base64, a line for each epoch. ``dice``: as ``cache.codes`` has it."""
    from vae_core.analysis.sampling import decode

    codes = [cache.codes(path, epoch, count, seed, spread, dice) for epoch in epochs]
    return sprite(np.stack([decode(cache.model(path, e), z) for e, z in zip(epochs, codes, strict=True)]))


def marks(run: Run, epochs: list[int], count: int, seed: int, spread: float, chosen: int, dice: str) -> list[Mark]:
    """For the small map: all codes, and the chosen one large."""
    path = str(run.path)
    basis = mini_map.basis(path, epochs[-1])
    moving = epochs if dice != "prior" else epochs[-1:]  # the same noise at every epoch
    places = [mini_map.project(basis, cache.codes(path, epoch, count, seed, spread, dice)) for epoch in moving]
    return [
        {**latent_map.mark("all samples", "z", places), "size": 6},
        {**latent_map.mark(f"sample {chosen + 1}", "z", [p[chosen : chosen + 1] for p in places]), "size": 16},
    ]


_grid = component("grid", "samples/grid.js")


def samples_grid(payload: GridData) -> None:
    """Samples; ``chosen_on("sampling_grid", ...)`` hears the place of the one clicked, -1: none."""
    _grid(key="sampling_grid", data=payload)
