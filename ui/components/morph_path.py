"""A morph's codes and pictures at every epoch."""

from __future__ import annotations

import numpy as np

from ui.components import image_picker
from ui.components.image_picker import End
from ui.store import cache

PATHS = {"straight": "Straight", "spherical": "Spherical"}


@cache.cached(100)
def codes(path: str, epochs: tuple[int, ...], start: End, end: End, frames: int, way: str) -> np.ndarray:
    """The codes (epochs, frames, d) along a way (``PATHS``) between the means of two ends."""
    from vae_core.analysis.interpolation import interpolate

    return np.stack(
        [interpolate(image_picker.code(path, e, start), image_picker.code(path, e, end), frames, way) for e in epochs]
    )


@cache.cached(100)
def walk(path: str, epochs: tuple[int, ...], start: End, end: End, frames: int, way: str) -> np.ndarray:
    """Those codes decoded, each epoch's by its own decoder, (epochs, frames, height, width) uint8."""
    from vae_core.analysis.sampling import decode

    paths = codes(path, epochs, start, end, frames, way)
    return np.stack([decode(cache.model(path, e), z) for e, z in zip(epochs, paths, strict=True)])
