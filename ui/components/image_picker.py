"""The ends of a morph: test pictures chosen by sight, or the visitor's own drawing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ui.components.bridge import component
from ui.components.images import sprite, webp
from ui.shell import browser_input
from ui.store import cache
from vae_core.datasets import registry
from vae_core.runs.run import Run

PER_CLASS = 40  # pictures of each class that travel with the page, so that a shuffle asks the server nothing
DRAWING = "drawing"  # how the address calls the visitor's own


@dataclass(frozen=True)
class End:
    """One end of a morph: a kept test picture (its class and its place among those kept) or a drawing."""

    label: int = -1
    place: int = -1
    drawing: bytes = b""  # 784 bytes, as MNIST


def end_of(run: Run, epoch: int, text: str | None, label: int, drawing: np.ndarray | None) -> End:
    """What an address means: ``drawing``, ``3`` (a typical 3) or ``3-1234`` (the test picture of that number).

    A class that is not there becomes ``label``, a picture that this run has not kept a typical one of its class.
    """
    if text == DRAWING and drawing is not None:
        return End(drawing=drawing.tobytes())
    path = str(run.path)
    labels = cache.labels(path)
    asked = re.fullmatch(r"([0-9]{1,3})(?:-([0-9]{1,9}))?", text or "")
    if asked and int(asked[1]) in labels:
        label = int(asked[1])
        if asked[2]:
            place = np.flatnonzero((cache.test_indices(str(run.path)) == int(asked[2])) & (labels == label))
            if len(place):
                return End(label, int(place[0]))
    if label not in labels:
        label = int(labels[0])
    return End(label, int(cache.typical_first(path, epoch, label)[0]))


def address_of(run: Run, end: End) -> str:
    """The end as an address names it. Another run of the same dataset finds the same picture by it."""
    return DRAWING if end.drawing else f"{end.label}-{cache.test_indices(str(run.path))[end.place]}"


def name_of(run: Run, end: End) -> str:
    return "your drawing" if end.drawing else registry.get(run.config.dataset).class_names[end.label]


@cache.kept(500)
def code(path: str, epoch: int, end: End) -> np.ndarray:
    """The mean that the encoder gives an end at an epoch, (d,)."""
    if not end.drawing:
        return cache.latents(path, epoch).mean[end.place]
    from vae_core.analysis.sampling import encode

    return encode(cache.model(path, epoch), np.frombuffer(end.drawing, np.uint8)[None])[0][0]


def picture(run: Run, epoch: int, end: End) -> tuple[np.ndarray, bool]:
    """An end's picture (28, 28) uint8, and whether it is the original and not redrawn by the model of that epoch."""
    if end.drawing:
        return np.frombuffer(end.drawing, np.uint8).reshape(28, 28), True
    originals = cache.originals(run, (end.place,))
    if originals is not None:
        return originals[0], True
    return cache.decoded_means(str(run.path), epoch, (end.place,))[0], False


@cache.kept(40)
def places_by_class(path: str, epoch: int) -> dict[int, list[int]]:
    """The kept pictures that one can pick from: of each class the most typical, then others at random."""
    chosen = {}
    for label in np.unique(cache.labels(path)):
        first, *rest = cache.typical_first(path, epoch, int(label)).tolist()
        others = np.random.default_rng(int(label)).permutation(np.array(rest, int))
        chosen[int(label)] = [first, *others[: PER_CLASS - 1].tolist()]
    return chosen


@cache.kept(20)
def sheet(path: str, epoch: int, have_originals: bool) -> str:
    """The pictures of ``places_by_class``, a line for each class, as one WebP in base64."""
    run, lines = Run(Path(path)), places_by_class(path, epoch)
    table = np.zeros((len(lines), PER_CLASS, 28, 28), np.uint8)
    for line, places in enumerate(lines.values()):
        images = cache.originals(run, tuple(places)) if have_originals else None
        table[line, : len(places)] = cache.decoded_means(path, epoch, tuple(places)) if images is None else images
    return webp(table, quality=60)


def payload(run: Run, epoch: int, titles: dict[str, str], ends: dict[str, End | None], **more: Any) -> dict[str, Any]:
    """What ``image_picker.js`` shows: for each end (``start``, ``end``) its title and what is chosen now."""
    path, names = str(run.path), registry.get(run.config.dataset).class_names
    here = cache.originals(run, (0,)) is not None
    lines, numbers = places_by_class(path, epoch), cache.test_indices(str(run.path))
    known = {place for places in lines.values() for place in places}
    described = {}
    for which, end in ends.items():
        described[which] = {
            "title": titles[which], "choice": "" if end is None else address_of(run, end),
            # A picture that a link names need not be on the sheet.
            "tile": "" if end is None or end.place in known else sprite(picture(run, epoch, end)[0][None, None]),
        }  # fmt: skip
    return {
        "run": run.id, "sheet": sheet(path, epoch, here), "ends": described, "redrawn": not here,
        "classes": [
            {"label": label, "name": names[label], "numbers": numbers[places].tolist()}
            for label, places in lines.items()
        ],
        **more,
    }  # fmt: skip


_pick = component("pick", "components/image_picker.js")


def digit_picker(key: str, payload: dict[str, Any], picked: Callable[[str, str], None]) -> None:
    """``picked`` is called, before the page runs, with an end and its new address."""

    def changed() -> None:
        told = browser_input.text(browser_input.sent(key, "choice"), 40) or ""
        which, _, choice = told.partition(" ")
        if which in payload["ends"] and choice:
            picked(which, choice)

    _pick(key=key, data=payload, on_choice_change=changed)
