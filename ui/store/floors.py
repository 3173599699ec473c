"""What even a perfect copy of a run's test pictures costs: every comparison of its errors says it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ui.store import cache
from vae_core import loss_registry, measured
from vae_core.runs.run import Run

AT_ONCE = 500  # pictures whose floors are computed together
GREY = "the unavoidable cost of grey"  # what the floor is called wherever it is shown


def floor_of(run: Run) -> float:
    """Nats a test picture, averaged; 0 under a term without a floor, or where the pictures are not here to be asked."""
    if run.config.reconstruction == "bce":
        known = measured.load("floor")["datasets"].get(run.config.dataset)
        if known:
            return float(known["mean"])
    return _computed(str(run.path)) if cache.test_pictures(run) is not None else 0.0


@cache.of_pictures(64)
def _computed(path: str) -> float:
    run = Run(Path(path))
    split, floor = cache.test_pictures(run), loss_registry.get(run.config.reconstruction).floor
    if split is None or not len(split.images):
        return 0.0
    flat = split.images.reshape(len(split.images), -1)
    parts = [floor(flat[k : k + AT_ONCE] / 255) for k in range(0, len(flat), AT_ONCE)]
    return float(np.concatenate(parts).mean())


def in_words(floor: float) -> str:
    """A sentence for beside a comparison of losses; "" where there is no floor."""
    return f"Of each loss, **{floor:.1f} nats** are {GREY}: even a perfect copy costs them." if floor > 0.05 else ""
