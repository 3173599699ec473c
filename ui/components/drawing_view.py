"""What a model makes of a visitor's drawing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ui.store import cache


@dataclass(frozen=True)
class Look:
    """One epoch's view of a drawing."""

    mean: np.ndarray  # (d,)
    std: np.ndarray | None  # (d,); None without noise
    rebuilt: np.ndarray  # (height, width) uint8, the mean decoded
    imagined: np.ndarray  # (n, height, width) uint8, decoded from draws of the bubble


@cache.cached(500)
def look(path: str, epoch: int, image: bytes, draws: int, seed: int = 0) -> Look:
    """Encode and decode a drawing, a byte a pixel, with the same noise at every epoch."""
    from vae_core.analysis.sampling import decode, encode, noise

    model = cache.model(path, epoch)
    mean, logvar = encode(model, model.shape.picture(image)[None])
    std = None if logvar is None else np.exp(logvar[0] / 2)
    codes = mean + (0 if std is None else std * noise(draws, mean.shape[1], seed))
    decoded = decode(model, np.concatenate([mean, np.broadcast_to(codes, (draws, mean.shape[1]))]))
    return Look(mean[0], std, decoded[0], decoded[1:])


def neighbours(path: str, epoch: int, mean: np.ndarray, count: int = 10) -> tuple[int, ...]:
    """Places of the kept test images whose means are nearest to a mean (d,), nearest first."""
    away = np.linalg.norm(cache.latents(path, epoch).mean - mean, axis=1)
    return tuple(int(place) for place in np.argsort(away)[:count])
