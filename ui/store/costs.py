"""What pictures cost to describe: a drawing, and the test pictures that it is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ui.store import cache
from vae_core.analysis import cost
from vae_core.analysis.cost import Costs
from vae_core.measured import scribbles
from vae_core.runs.run import Run

COMPARED = scribbles.COMPARED  # test pictures among which a drawing is placed, at every epoch of a film


def test_losses(path: str, epochs: Sequence[int]) -> list[np.ndarray] | None:
    """The losses of the first test pictures at each epoch, z sampled, nats, (n,) each; None without the dataset."""
    found = [_test_losses(path, epoch) for epoch in epochs]
    known = [losses for losses in found if losses is not None]
    return known if len(known) == len(epochs) else None


def _test_pictures(path: str) -> np.ndarray | None:
    return cache.originals(Run(Path(path)), np.arange(min(COMPARED, len(cache.labels(path)))))


@cache.of_pictures(200)
def _test_losses(path: str, epoch: int) -> np.ndarray | None:
    from vae_core.analysis.sampling import sampled_losses

    run, images = Run(Path(path)), _test_pictures(path)
    if images is None:
        return None
    return sampled_losses(cache.model(path, epoch), images, run.config.reconstruction, run.config.beta)


@cache.of_pictures(50)
def _test_floors(path: str) -> tuple[np.ndarray, np.ndarray] | None:
    """What perfect copies of the same pictures cost, and how grey they are, (n,) each in nats."""
    images = _test_pictures(path)
    if images is None:
        return None
    return cost.floor(images, Run(Path(path)).config.reconstruction), cost.grey(images)


def known(path: str, losses: np.ndarray) -> Costs:
    """What the test pictures cost whose ``losses`` at some epoch these are (``test_losses``)."""
    floors, greys = _test_floors(path) or (np.zeros(0), np.zeros(0))
    return Costs(losses.astype(np.float64), floors, greys)


@cache.cached(500)
def own(path: str, epoch: int, image: bytes) -> Costs:
    """What one picture costs, a byte a pixel."""
    return of_several(path, epoch, cache.model(path, epoch).shape.picture(image)[None])


def of_several(path: str, epoch: int, images: np.ndarray) -> Costs:
    """What pictures (n, ...) uint8 cost at an epoch, with the same draws for each."""
    from vae_core.analysis.sampling import sampled_losses

    config = Run(Path(path)).config
    losses = sampled_losses(
        cache.model(path, epoch), images, config.reconstruction, config.beta, draws=scribbles.DRAWS
    )  # fmt: skip
    return Costs(losses.astype(np.float64), cost.floor(images, config.reconstruction), cost.grey(images))
