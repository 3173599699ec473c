"""What a set's manifest.json says: its title, its classes, and of each picture what is known. Imports no torch."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from vae_core.datasets.own import CLASSES, SIZES
from vae_core.pictures.preparing import COLOURS, GROUNDS
from vae_core.runs import files

FORMAT = 1
SOURCES = ("file", "drawn", "camera", "pasted")
# What can be chosen of how the pictures are prepared, and whether they are varied; the rest is guessed.
CHOICES: dict[str, tuple[object, ...]] = {
    "size": SIZES, "colour": tuple(COLOURS), "invert": (False, True), "centre": (False, True),
    "ground": tuple(GROUNDS), "vary": (False, True),
}  # fmt: skip
UNSORTED = "unsorted"  # what pictures of no class are called beside classes


class SetError(Exception):
    """A set that cannot be read or changed. The message is one sentence for the visitor."""


class Picture(NamedTuple):
    """What is known of one picture."""

    id: int  # never given again
    row: int  # in pictures.npy
    place: int  # of its class
    name: str  # of its file, as it may be shown
    source: str


@dataclass(frozen=True)
class Manifest:
    """What manifest.json says."""

    id: str
    title: str
    owner: str = ""
    created: float = 0.0
    changed: float = 0.0
    edits: int = 0  # changes so far
    next: int = 1  # the next picture's id
    rows: int = 0  # of pictures.npy that are used, or can be by taking back
    file: int = 0  # which pictures file the rows are in: another after each tidying up
    classes: tuple[str, ...] = ()  # the name of the heap is empty
    pictures: tuple[Picture, ...] = ()
    choices: Mapping[str, Any] = field(default_factory=dict)  # of ``CHOICES``, what the owner has chosen

    def to_json(self) -> dict[str, Any]:
        data = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "pictures"}
        return {"format": FORMAT, **data, "pictures": [list(picture) for picture in self.pictures]}


def known_choices(said: object) -> dict[str, Any]:
    """Those of some choices that can be made; a set from before there were any has none."""
    if not isinstance(said, Mapping):
        return {}
    return {
        name: found[0]
        for name, allowed in CHOICES.items()
        if (found := [each for each in allowed if type(each) is type(said.get(name)) and each == said.get(name)])
    }


def shown_names(known: Manifest) -> tuple[str, ...]:
    """The names of the classes; none if all pictures are one heap."""
    if not known.classes or known.classes == ("",):
        return ()
    return tuple(name or unsorted_name(known.classes) for name in known.classes)


def unsorted_name(classes: Sequence[str]) -> str:
    """What the pictures of no class are called beside these classes."""
    name = UNSORTED
    while name in classes:
        name += "·"
    return name


def write(file: Path, known: Manifest) -> None:
    """Whole or not at all. Raises OSError."""
    text = json.dumps(known.to_json(), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    files.write_bytes(file, text.encode(errors="replace"))


def read(file: Path) -> Manifest:
    """Read once for each change. Raises OSError or ValueError."""
    seen = os.stat(file)
    return _read(file, seen.st_mtime_ns, seen.st_size, seen.st_ino)


@lru_cache(maxsize=16)
def _read(file: Path, changed: int, size: int, number: int) -> Manifest:
    return parsed(files.read_json(file))


def parsed(data: Any) -> Manifest:
    """What a file says, if a set could. Raises ValueError."""
    try:
        if data["format"] != FORMAT:
            raise ValueError
        classes = tuple(str(name) for name in data["classes"])
        pictures = tuple(
            Picture(int(i), int(row), int(place), str(name), str(source))
            for i, row, place, name, source in data["pictures"]
        )
        rows = int(data["rows"])
        if len(classes) > CLASSES or not all(0 <= p.row < rows and 0 <= p.place < len(classes) for p in pictures):
            raise ValueError
        return Manifest(
            str(data["id"]), str(data["title"]), str(data["owner"]), float(data["created"]), float(data["changed"]),
            int(data["edits"]), int(data["next"]), rows, int(data["file"]), classes, pictures,
            known_choices(data.get("choices")),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, OverflowError):
        raise ValueError("a manifest that cannot be read") from None
