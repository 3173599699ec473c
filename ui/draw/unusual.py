"""What a drawing is to a model: its neighbours in a sentence, how costly it is to describe, its bubble on the map."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ui.components.bridge import component
from ui.components.drawing_view import Look
from ui.components.payloads.morph_and_draw import UnusualData, UnusualView
from ui.store import costs
from ui.text.articles import article
from vae_core import measured
from vae_core.analysis import cost
from vae_core.analysis.projections import Basis
from vae_core.measured import scribbles

BINS = 24


def unusual(path: str, epochs: Sequence[int], image: np.ndarray, thing: str = "drawing") -> UnusualData | None:
    """What ``static/draw/unusual.js`` draws: the drawing's loss above its floor among test pictures as grey, by epoch.

    None without them, or where a model has grown so far that a loss is no number.
    """
    known = costs.test_losses(path, epochs)
    views: list[UnusualView] = []
    if known is None:
        return None
    of = 0
    for epoch, losses in zip(epochs, known, strict=True):
        own = costs.own(path, epoch, image.tobytes())
        if not (np.isfinite(own.loss).all() and np.isfinite(losses).all()):
            return None
        found = cost.compared(own, costs.known(path, losses))
        views.append(_view(found, float(own.floor[0]), thing))
        of = len(found.others)
    return {"run": Path(path).name, "thing": thing, "epochs": list(epochs), "of": of, "views": views}


def _view(found: cost.Compared, floor: float, thing: str) -> UnusualView:
    others, mine = found.others, found.above
    low, high = min(float(others.min()), mine), max(float(others.max()), mine)
    room = 0.02 * (high - low) + 1e-6 * max(abs(low), abs(high), 1)  # also where all losses are the same
    low, high = low - room, high + room
    above = f" above the {floor:.0f} that a perfect copy of it costs" if floor > 0.5 else ""
    return {
        "counts": np.histogram(np.clip(others, low, high), BINS, (low, high))[0].tolist(),
        "low": low, "high": high, "mine": mine,
        "text": f"Describing it costs **{mine:.0f} nats**{above}. Of {len(others)} test pictures with about as much "
        f"grey, **{round(found.costlier * len(others))}** cost more: " + _judgement(found, thing),
    }  # fmt: skip


def _judgement(found: cost.Compared, thing: str) -> str:
    if len(found.others) < cost.FEWEST:
        return "too few to judge by."
    if found.costlier > scribbles.UNUSUAL:
        return f"to this model, your {thing} is not unusual."
    return f"your {thing} is {'unusual' if found.costlier > 0 else 'very unusual'} for it."


def how_well() -> str:
    """How well this tells scribbles from digits, measured on the lecture's model, in a sentence."""
    of = measured.load("scribbles")["models"]["lecture"]
    return (
        f"With the lecture’s model it calls {100 * of['unusual_scribbles']:.0f} of 100 random scribbles unusual, but "
        f"{100 * of['unusual_digits']:.0f} of 100 test digits, too."
    )


def verdict(labels: Sequence[str]) -> str:
    """What most of the nearest test pictures show, of the classes ``labels``, in a sentence with **bold** words."""
    most = max(set(labels), key=lambda label: (labels.count(label), -labels.index(label)))
    found, of = labels.count(most), len(labels)
    verb, what = ("show", f"{article(most)} **{most}**") if len(most) < 3 else ("belong", f"to the class **{most}**")
    one = f"{verb}s {what}"
    if of == 1:
        return f"The most similar test picture {one}."
    return f"**{found} of the {of}** most similar test pictures {one if found == 1 else f'{verb} {what}'}."


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
