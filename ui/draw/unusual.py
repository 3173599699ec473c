"""What a drawing is like to a model: its neighbours in a sentence, how unusual it is, and its bubble on the map."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ui.components.bridge import component
from ui.components.drawing_view import Look
from ui.components.payloads import UnusualData, UnusualView
from ui.store import cache
from vae_core.analysis.projections import Basis
from vae_core.runs.run import Run

FEWEST = 20  # test pictures that a judgement needs
COMPARED = 500  # test pictures that a drawing is compared with, at every epoch of a film
BINS = 36


def test_losses(path: str, epochs: Sequence[int]) -> list[np.ndarray] | None:
    """The losses of the first test pictures at each epoch, z sampled, nats, (n,) each; None without the dataset."""
    here = cache.originals(Run(Path(path)), (0,)) is not None  # may change, so it is not kept with the losses
    found = [_test_losses(path, epoch) for epoch in epochs] if here else []
    known = [losses for losses in found if losses is not None]
    return known if len(known) == len(epochs) else None


@cache.cached(200)
def _test_losses(path: str, epoch: int) -> np.ndarray | None:
    from vae_core.analysis.sampling import sampled_losses

    run = Run(Path(path))
    images = cache.originals(run, np.arange(min(COMPARED, len(cache.labels(path)))))
    if images is None:
        return None
    return sampled_losses(cache.model(path, epoch), images, run.config.reconstruction, run.config.beta)


@cache.cached(500)
def _own_loss(path: str, epoch: int, image: bytes) -> float:
    from vae_core.analysis.sampling import sampled_losses

    config, model = Run(Path(path)).config, cache.model(path, epoch)
    return float(
        sampled_losses(model, model.shape.picture(image)[None], config.reconstruction, config.beta, draws=10)[0]
    )


def unusual(path: str, epochs: Sequence[int], image: np.ndarray, thing: str = "drawing") -> UnusualData | None:
    """What ``static/draw/unusual.js`` draws: the drawing's loss among the test pictures', by epoch.

    None without them, or where a model has grown so far that a loss is no number.
    """
    known = test_losses(path, epochs)
    views: list[UnusualView] = []
    if known is None:
        return None
    for epoch, others in zip(epochs, known, strict=True):
        mine, others = _own_loss(path, epoch, image.tobytes()), others.astype(np.float64)
        if not (np.isfinite(mine) and np.isfinite(others).all()):
            return None
        low, high = min(np.quantile(others, 0.005), mine), max(np.quantile(others, 0.995), mine)
        room = 0.02 * (high - low) + 1e-6 * max(abs(low), abs(high), 1)  # also where all losses are the same
        low, high = low - room, high + room
        harder = float((others > mine).mean())
        views.append({
            "counts": np.histogram(np.clip(others, low, high), BINS, (low, high))[0].tolist(),
            "low": float(low), "high": float(high), "mine": mine,
            "text": f"Its loss is **{mine:.0f} nats**. Of {len(others)} test pictures, **{harder:.0%}** have a higher "
            "one: " + _judgement(harder, len(others), thing),
        })  # fmt: skip
    return {"run": Path(path).name, "thing": thing, "epochs": list(epochs), "of": len(known[0]), "views": views}


def _judgement(harder: float, of: int, thing: str) -> str:
    if of < FEWEST:
        return "too few to judge by."
    if harder > 0.1:
        return f"to this model, your {thing} looks like any other."
    return f"your {thing} is unusual for it." if harder > 0.01 else "it has hardly seen anything like it."


def verdict(labels: Sequence[str]) -> str:
    """What most of the nearest test pictures show, of the classes ``labels``, in a sentence with **bold** words."""
    most = max(set(labels), key=lambda label: (labels.count(label), -labels.index(label)))
    article = "an" if most[0] in "8AEFHILMNORSX" or most in ("11", "18") else "a"
    of_it = f"{article} **{most}**" if len(most) < 3 else f"of class **{most}**"
    if len(labels) == 1:
        return f"Its neighbour is {of_it}."
    found = labels.count(most)
    return f"**{found} of {len(labels)}** neighbours {'is' if found == 1 else 'are'} {of_it}."


def bubble(basis: Basis, look: Look) -> tuple[np.ndarray, np.ndarray]:
    """The mean (1, 2) on the map and the outline (49, 2) of one standard deviation about it, under a projection."""
    turn = np.linspace(0, 2 * np.pi, 49)
    circle = np.stack([np.cos(turn), np.sin(turn)])
    std = np.zeros_like(look.mean) if look.std is None else look.std
    middle = basis.project(look.mean[None])
    return middle, middle + (basis.shadow(std[None])[0] @ circle).T


_unusual = component("unusual", "draw/unusual.js")


def unusual_chart(payload: UnusualData) -> None:
    """The chart of ``ui.draw.unusual.unusual``."""
    _unusual(key="unusual_chart", data=payload)
