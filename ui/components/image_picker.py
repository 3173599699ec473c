"""The ends of a morph: test pictures chosen by sight, or the visitor's own drawing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ui.components.bridge import component, size_of
from ui.components.images import sprite
from ui.components.payloads.shared import Choice, ImagePickerData, PickerEnd
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
    drawing: bytes = b""  # as the dataset's pictures are


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


def first_ends(run: Run, epoch: int, among: np.ndarray | None = None) -> tuple[End, End] | None:
    """What a first morph joins: typical pictures of the dataset's two classes for that, or of the first two there are.

    Of one class, or none, a typical picture and one that is not. None of a single picture. ``among``: of all kept
    pictures only those at these places.
    """
    path = str(run.path)
    labels = cache.labels(path)
    among = np.arange(len(labels)) if among is None else among
    known = np.unique(labels[among]).tolist()

    def typical(label: int) -> np.ndarray:
        places = cache.typical_first(path, epoch, label)
        found = places[np.isin(places, among)]
        return found if len(found) else among[labels[among] == label]

    pair = [label for label in run.dataset.morph if label in known]
    pair = pair if len(pair) == 2 else known[:2]
    if len(pair) == 2:
        one, other = (End(label, int(typical(label)[0])) for label in pair)
        return one, other
    places = typical(pair[0]) if pair else among
    if len(places) < 2:
        return None
    far = max(1, 3 * (len(places) - 1) // 4)  # the very last may be a freak
    return End(pair[0], int(places[0])), End(pair[0], int(places[far]))


def both_ends(run: Run, epoch: int, asked: Sequence[str | None], drawing: np.ndarray | None) -> tuple[End, End]:
    """The ends that an address means. What it leaves out, or what is not there, is chosen so that they differ."""
    only = End(int(cache.labels(str(run.path))[0]), 0)
    first = first_ends(run, epoch) or (only, only)
    start, end = (
        first[k] if text is None else end_of(run, epoch, text, first[k].label, drawing) for k, text in enumerate(asked)
    )
    if start == end and asked[0] != asked[1]:  # a link from other pictures, say
        end = first[1] if start == first[0] else first[0]
    return start, end


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
    """What an end is called: by its class, or where classes say nothing by its number in the test set."""
    if end.drawing:
        return "your picture"
    return run.dataset.class_names[end.label] if run.dataset.has_classes else number_of(run, end.place)


def number_of(run: Run, place: int) -> str:
    """``picture 12``: a kept test picture by its number in the test set, from 1."""
    return f"{run.dataset.noun} {int(cache.test_indices(str(run.path))[place]) + 1}"


@cache.cached(500)
def code(path: str, epoch: int, end: End) -> np.ndarray:
    """The mean that the encoder gives an end at an epoch, (d,)."""
    if not end.drawing:
        return cache.latents(path, epoch).mean[end.place].copy()  # without all the others
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


@cache.of_pictures(20)
def sheet(path: str, epoch: int) -> str:
    """The pictures of ``places_by_class``, a line for each class, as one sheet (``images.sprite``)."""
    run, lines = Run(Path(path)), places_by_class(path, epoch)
    pictures = []
    for places in lines.values():
        images = cache.originals(run, tuple(places))
        some = cache.decoded_means(path, epoch, tuple(places)) if images is None else images
        empty = np.zeros((PER_CLASS - len(some), *some.shape[1:]), np.uint8)
        pictures.append(np.concatenate([some, empty]))
    return sprite(np.stack(pictures))


def payload(
    run: Run, epoch: int, titles: dict[str, str], ends: dict[str, End | None], *, own: bool, browse: str = ""
) -> ImagePickerData:
    """What ``image_picker.js`` shows: for each end (``start``, ``end``) its title and what is chosen now."""
    path, names = str(run.path), run.dataset.class_names or ("Test pictures",)
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
        "run": run.id, "sheet": sheet(path, epoch), "ends": described, "redrawn": not here,
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
