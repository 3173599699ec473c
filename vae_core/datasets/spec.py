"""What a dataset is: one record, which says everything that the rest of the house asks of it. Imports no torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np


class DataError(Exception):
    """A dataset that is not here, or not whole. The message is one sentence for the visitor."""


class NotNow(DataError):
    """A dataset of which a file cannot be read now, and may be whole: nobody may remember that."""


class Shape(NamedTuple):
    """The size of one picture."""

    channels: int  # 1 grey, 3 colour
    height: int
    width: int

    @property
    def pixels(self) -> int:
        """Numbers to a picture."""
        return self.channels * self.height * self.width

    def pictures(self, flat: np.ndarray) -> np.ndarray:
        """Flat images (..., pixels) as one sees them: grey (..., height, width), colour (..., height, width, 3)."""
        if self.channels == 1:
            return flat.reshape(*flat.shape[:-1], *self[1:])
        return np.moveaxis(flat.reshape(*flat.shape[:-1], *self), -3, -1)

    def picture(self, raw: bytes) -> np.ndarray:
        """One picture, as ``pictures`` has it, from its bytes."""
        return np.frombuffer(raw, np.uint8).reshape(*self[1:], *self[:1][self.channels == 1 :])

    def flat(self, pictures: np.ndarray) -> np.ndarray:
        """The other way: pictures (n, height, width), or (n, height, width, 3), as flat images (n, pixels)."""
        if self.channels > 1 and pictures.ndim == 4:
            pictures = np.moveaxis(pictures, -1, -3)
        return pictures.reshape(len(pictures), self.pixels)


@dataclass(frozen=True)
class Split:
    images: np.ndarray  # (n, pixels) uint8, 0 black to 255 white
    labels: np.ndarray  # (n,) uint8, the place of each picture's class in the spec's names


@dataclass(frozen=True)
class Dataset:
    name: str
    train: Split
    test: Split


@dataclass(frozen=True)
class DatasetSpec:
    """One dataset. ``folder`` in its functions is where datasets lie; None: ``paths.data_dir()``."""

    name: str  # in settings, file names and addresses
    title: str
    shape: Shape
    class_names: tuple[str, ...]  # of any number; empty where there are none, and all labels are 0
    train_size: int
    test_size: int
    source: str  # where the pictures come from, and under which licence
    load_split: Callable[[str, Path | None], Split]  # "train" or "test", verified; raises DataError
    family: str = ""  # of datasets whose pictures are alike: a model of one can be asked about another's
    copies: int = 1  # of each training picture, varied; itself among them
    noun: str = "picture"  # what one of them shows, e.g. "digit"
    defaults: Mapping[str, Any] = field(default_factory=dict)  # settings that suit its size
    morph: tuple[int, int] = (0, 1)  # the two classes that a first morph joins
    offered: bool = True  # in the form; the others are for old runs, the gallery, or their owner
    is_here: Callable[[Path | None], bool] = lambda folder: True  # loads without a network, as far as a look tells
    test_is_here: Callable[[Path | None], bool] | None = None  # the same of its test pictures; None: as all of it
    trouble: Callable[[Path | None], str] = lambda folder: ""  # what is wrong with its files, in one sentence
    obstacle: Callable[[Path | None], str] = lambda folder: ""  # why one cannot train on it here, in one sentence
    stamp: Callable[[Path | None], tuple[object, ...]] = lambda folder: ()  # changes when its files do
    fetch: Callable[[Path | None, Callable[[Any], None]], None] | None = None  # what is missing; raises DataError
    slug: str = ""  # what the id of a run on it begins with; empty: the name

    @property
    def has_classes(self) -> bool:
        """Whether classes say anything: there are at least two."""
        return len(self.class_names) > 1

    @property
    def one(self) -> str:
        """``a digit``: what one of them shows, with its article."""
        return f"{'an' if self.noun[:1] in 'aeiou' else 'a'} {self.noun}"

    @property
    def label_names(self) -> tuple[str, ...]:
        """What each label is called: its class, or where there are none just what a picture shows."""
        return self.class_names or (self.noun,)

    def load(self, folder: Path | None = None) -> Dataset:
        """All pictures. Raises DataError with what is wrong with a file, or that it is not here."""
        return Dataset(self.name, self.load_split("train", folder), self.load_split("test", folder))
