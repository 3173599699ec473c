"""The ends of a morph: test pictures chosen by sight, or the visitor's own drawing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ui.components.bridge import component, size_of
from ui.components.images import sprite, webp
from ui.components.payloads import Choice, ImagePickerData, PickerEnd
from ui.shell import browser_input
from ui.store import cache
from vae_core.runs.run import Run

PER_CLASS = 40  # pictures of each class that travel with the page, so that a shuffle asks the server nothing
MOST = {"label": 255, "number": 10**8}  # what a choice may name
OWN: Choice = {"drawing": True, "label": -1, "number": -1}
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


def choice_of(run: Run, end: End) -> Choice:
    """The end as the browser and the address name it. Another run of the same dataset finds the same picture by it."""
    if end.drawing:
        return OWN
    number = int(cache.test_indices(str(run.path))[end.place])
    return {"drawing": False, "label": end.label, "number": number}


def address(choice: Choice) -> str:
    """A choice as it stands in a link."""
    return DRAWING if choice["drawing"] else f"{choice['label']}-{choice['number']}"


def checked(sent: object) -> Choice | None:
    """What a browser sent as a choice, or nothing."""
    if browser_input.by_name(sent, "drawing") is True:
        return OWN
    label, number = (browser_input.whole_number(browser_input.by_name(sent, k), 0, most) for k, most in MOST.items())
    return None if label is None or number is None else {"drawing": False, "label": label, "number": number}


def name_of(run: Run, end: End) -> str:
    return "your drawing" if end.drawing else run.dataset.class_names[end.label]


@cache.cached(500)
def code(path: str, epoch: int, end: End) -> np.ndarray:
    """The mean that the encoder gives an end at an epoch, (d,)."""
    if not end.drawing:
        return cache.latents(path, epoch).mean[end.place]
    from vae_core.analysis.sampling import encode

    model = cache.model(path, epoch)
    return encode(model, model.shape.picture(end.drawing)[None])[0][0]


def picture(run: Run, epoch: int, end: End) -> tuple[np.ndarray, bool]:
    """An end's picture (height, width) uint8, and whether it is the original, not redrawn by that epoch's model."""
    if end.drawing:
        return run.dataset.shape.picture(end.drawing), True
    originals = cache.originals(run, (end.place,))
    if originals is not None:
        return originals[0], True
    return cache.decoded_means(str(run.path), epoch, (end.place,))[0], False


@cache.cached(40)
def places_by_class(path: str, epoch: int) -> dict[int, list[int]]:
    """The kept pictures that one can pick from: of each class the most typical, then others at random."""
    chosen = {}
    for label in np.unique(cache.labels(path)):
        first, *rest = cache.typical_first(path, epoch, int(label)).tolist()
        others = np.random.default_rng(int(label)).permutation(np.array(rest, int))
        chosen[int(label)] = [first, *others[: PER_CLASS - 1].tolist()]
    return chosen


@cache.cached(20)
def sheet(path: str, epoch: int, have_originals: bool) -> str:
    """The pictures of ``places_by_class``, a line for each class, as one WebP in base64."""
    run, lines = Run(Path(path)), places_by_class(path, epoch)
    pictures = []
    for places in lines.values():
        images = cache.originals(run, tuple(places)) if have_originals else None
        some = cache.decoded_means(path, epoch, tuple(places)) if images is None else images
        empty = np.zeros((PER_CLASS - len(some), *some.shape[1:]), np.uint8)
        pictures.append(np.concatenate([some, empty]))
    return webp(np.stack(pictures), quality=60)


def payload(
    run: Run, epoch: int, titles: dict[str, str], ends: dict[str, End | None], *, own: bool, browse: str = ""
) -> ImagePickerData:
    """What ``image_picker.js`` shows: for each end (``start``, ``end``) its title and what is chosen now."""
    path, names = str(run.path), run.dataset.class_names
    here = cache.originals(run, (0,)) is not None
    lines, numbers = places_by_class(path, epoch), cache.test_indices(str(run.path))
    known = {place for places in lines.values() for place in places}
    described: dict[str, PickerEnd] = {}
    for which, end in ends.items():
        described[which] = {
            "title": titles[which], "choice": None if end is None else choice_of(run, end),
            # A picture that a link names need not be on the sheet.
            "tile": "" if end is None or end.place in known else sprite(picture(run, epoch, end)[0][None, None]),
        }  # fmt: skip
    return {
        "run": run.id, "sheet": sheet(path, epoch, here), "ends": described, "redrawn": not here,
        "size": size_of(run), "own": own, "browse": browse,
        "classes": [
            {"label": label, "name": names[label], "numbers": numbers[places].tolist()}
            for label, places in lines.items()
        ],
    }  # fmt: skip


_pick = component("pick", "components/image_picker.js")


def digit_picker(key: str, payload: ImagePickerData, picked: Callable[[str, str], None]) -> None:
    """``picked`` is called, before the page runs, with an end and its new address."""

    def changed() -> None:
        sent = browser_input.sent(key, "choice")
        which = browser_input.word(browser_input.by_name(sent, "end"), payload["ends"])
        choice = checked(browser_input.by_name(sent, "choice"))
        if which and choice:
            picked(which, address(choice))

    _pick(key=key, data=payload, on_choice_change=changed)
