"""What a model makes of a class's drawings: where each belongs, what lies around it, how unusual it is."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ui.components import drawing_view
from ui.store import cache, costs
from vae_core.analysis import cost
from vae_core.classroom.drawings import SIDE, Drawing
from vae_core.runs.run import Run

NEAREST = 10  # test pictures around a drawing
KEPT = 4_000  # drawings of which it is remembered


@dataclass(frozen=True)
class Placed:
    """One drawing and what the model makes of it."""

    drawing: Drawing
    image: np.ndarray  # (28, 28) uint8, as the model gets it
    code: np.ndarray  # (d,)
    label: int  # the class of most of the nearest test pictures
    dear: float  # nats that it costs more than test pictures with about as much grey do, their median


_Known = tuple[np.ndarray, int, float]
_known: OrderedDict[tuple[str, int, bytes], _Known] = OrderedDict()
_lock = threading.Lock()


def placed(run: Run, epoch: int, drawings: Sequence[Drawing]) -> list[Placed]:
    """All of them, in their order. Those that are new are encoded together."""
    path, light = str(run.path), drawing_view.light_ground(str(run.path), epoch)
    images = [as_model_has(each.pixels, light=light) for each in drawings]
    keys = [(path, epoch, image.tobytes()) for image in images]
    with _lock:
        known = {key: _known[key] for key in keys if key in _known}
    new = {key: image for key, image in zip(keys, images, strict=True) if key not in known}
    if new:
        known |= dict(zip(new, _of(run, epoch, np.stack(list(new.values()))), strict=True))
        with _lock:
            _known.update((key, known[key]) for key in new)
            while len(_known) > KEPT:
                _known.popitem(last=False)
    return [
        Placed(drawing, image, *known[key]) for drawing, image, key in zip(drawings, images, keys, strict=True)
    ]  # fmt: skip


def as_model_has(pixels: bytes, *, light: bool) -> np.ndarray:
    """A drawing, white on black, as a model's pictures are: (28, 28) uint8."""
    image = np.frombuffer(pixels, np.uint8).reshape(SIDE, SIDE)
    return 255 - image if light else image


def _of(run: Run, epoch: int, images: np.ndarray) -> list[_Known]:
    """Of each picture its code, the class around it, and what it costs more."""
    from vae_core.analysis.sampling import encode

    path = str(run.path)
    means, _ = encode(cache.model(path, epoch), images)
    labels = cache.labels(path)
    around = [labels[list(drawing_view.neighbours(path, epoch, mean, NEAREST))] for mean in means]
    classes = [int(np.bincount(each).argmax()) for each in around]
    mine, losses = costs.of_several(path, epoch, images), costs.test_losses(path, (epoch,))
    others = None if losses is None else costs.known(path, losses[0])
    return [
        (mean, label, _dear(cost.Costs(mine.loss[k : k + 1], mine.floor[k : k + 1], mine.grey[k : k + 1]), others))
        for k, (mean, label) in enumerate(zip(means, classes, strict=True))
    ]


def _dear(mine: cost.Costs, others: cost.Costs | None) -> float:
    """Without test pictures to compare it with, what it costs above its own floor."""
    if others is None:
        return float(mine.loss[0] - mine.floor[0])
    found = cost.compared(mine, others)
    return found.above - float(np.median(found.others))


def by_cost(found: Sequence[Placed], count: int) -> tuple[list[Placed], list[Placed]]:
    """The most typical and the most unusual, at most ``count`` each, the most extreme first; none is in both."""
    order = sorted(found, key=lambda each: each.dear)
    most = min(count, len(order) // 2)
    return order[:most], order[::-1][:most]
