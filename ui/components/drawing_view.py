"""A visitor's drawing, or picture, as a model's pictures are, and what the model makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ui.store import cache
from vae_core.datasets.drawing import as_mnist
from vae_core.datasets.spec import Shape
from vae_core.pictures import fitting, preparing
from vae_core.pictures.fitting import Fitted
from vae_core.pictures.reading import KEPT
from vae_core.runs.run import Run

LOOKED_AT = 100  # test pictures that say whether a set's ground is dark or light


@dataclass(frozen=True)
class Look:
    """One epoch's view of a drawing."""

    mean: np.ndarray  # (d,)
    std: np.ndarray | None  # (d,); None without noise
    rebuilt: np.ndarray  # (height, width) uint8, the mean decoded
    imagined: np.ndarray  # (n, height, width) uint8, decoded from draws of the bubble


def as_picture(run: Run, epoch: int, pixels: np.ndarray) -> np.ndarray | None:
    """What the pad has as a picture like the run's; None if nothing is on it.

    A drawing (PAD, PAD), white on black, becomes dark on light where theirs are; a picture (64, 64, 4) is made fit.
    """
    light = light_ground(str(run.path), epoch)
    if pixels.ndim == 3:
        return _fitted(run.config.dataset, run.dataset.shape, light, pixels.tobytes()).picture
    return as_mnist(pixels, run.dataset.shape, dark_on_light=light)


@cache.cached(50)
def _fitted(dataset: str, shape: Shape, light: bool, rgba: bytes) -> Fitted:
    picture = np.frombuffer(rgba, np.uint8).reshape(KEPT, KEPT, 4)
    return fitting.fitted(picture, shape, light_ground=light, how=preparing.of_version(dataset))


def called(pixels: np.ndarray | None) -> str:
    """What one calls what the pad has."""
    return "drawing" if pixels is None or pixels.ndim == 2 else "picture"


@cache.of_pictures(100)
def light_ground(path: str, epoch: int) -> bool:
    """Whether the rim of the first kept pictures, as the model redraws them at an epoch, is mostly light."""
    run = Run(Path(path))
    places = tuple(range(min(LOOKED_AT, len(cache.labels(path)))))
    pictures = cache.originals(run, places)
    if pictures is None:
        pictures = cache.decoded_means(path, epoch, places)
    rim = np.concatenate([pictures[:, [0, -1]].ravel(), pictures[:, :, [0, -1]].ravel()])
    return bool(np.median(rim) > 127)


def made_fit(run: Run, epoch: int, pixels: np.ndarray | None) -> str:
    """What happens to it before a model like this gets it; "" for a drawing where its pictures are like MNIST's."""
    light, colour = light_ground(str(run.path), epoch), run.dataset.shape.channels > 1
    if pixels is not None and pixels.ndim == 3:
        return _fitted(run.config.dataset, run.dataset.shape, light, pixels.tobytes()).words
    words = ["in grey, since the pad has no colours"] * colour + ["dark on light, as its pictures mostly are"] * light
    return f"The model gets your drawing {', and '.join(words)}." if words else ""


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
