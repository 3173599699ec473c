"""How clear the gallery's digits are that come from dice of five shapes, at each epoch whose decoder ships.

The codes of the first 2,000 of the 5,000 embedded digits give the dice their shape; the next 2,000, rebuilt, are what
invented pictures are compared with. No other data are needed.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from vae_core.analysis import clearness
from vae_core.datasets import registry
from vae_core.measured import gallery
from vae_core.runs.run import Run

if TYPE_CHECKING:
    from vae_core.model import Autoencoder

MODELS = ("lecture", "autoencoder", "two-knobs", "two-knobs-autoencoder", "beta-0", "beta-0.1", "beta-4", "beta-10")
SEEDS, ROLLS = 10, 500


def pixels_of(model: Autoencoder, codes: np.ndarray) -> np.ndarray:
    """Codes (n, d) to pictures (n, pixels) from 0 to 1."""
    from vae_core.analysis.sampling import decode

    return decode(model, codes).reshape(len(codes), -1) / np.float32(255)


def known_of(run: Run, epoch: int) -> clearness.Known:
    """What the pictures of a model of the gallery are held against."""
    from vae_core.analysis.sampling import encode
    from vae_core.training.checkpoint import load_model

    model, test = load_model(run, epoch), registry.load_test(run.config.dataset)
    codes = encode(model, test.images[: 2 * clearness.LEARNED])[0]
    found = clearness.known(codes, test.labels[: len(codes)], partial(pixels_of, model))
    assert found is not None
    return found


def of_epoch(run: Run, epoch: int, seeds: int = SEEDS, rolls: int = ROLLS) -> dict[str, Any]:
    """One row: the copies, and for each shape mean and std over the seeds, 0 to 1."""
    from vae_core.training.checkpoint import load_model

    found, decode = known_of(run, epoch), partial(pixels_of, load_model(run, epoch))
    row: dict[str, Any] = {"copies": round(clearness.of_copies(found, decode, rolls), 4)}
    for name, pair in clearness.table(found, decode, seeds, rolls).items():
        row[name] = [round(value, 4) for value in pair]
    return row


def measure() -> dict[str, Any]:
    """``models``: by name and epoch, a row (``of_epoch``).

    Not of epoch 0: there all pictures are one haze, and which of them are alike says nothing.
    """
    models: dict[str, Any] = {}
    for name in MODELS:
        run = gallery(name)
        models[name] = {str(epoch): of_epoch(run, epoch) for epoch in run.weight_epochs() if epoch}
    return {"seeds": SEEDS, "rolls": ROLLS, "compared": clearness.LEARNED, "models": models}
