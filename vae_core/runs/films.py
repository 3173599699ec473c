"""Which of many epochs, and of many test pictures, are shown. Imports no torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def evenly(items: Sequence[T], most: int) -> list[T]:
    """All of some items, or ``most`` of them, evenly spread, with the first and the last."""
    if len(items) <= most:
        return list(items)
    return [items[place] for place in np.unique(np.linspace(0, len(items) - 1, most).round().astype(int))]


def examples_of(labels: np.ndarray, count: int) -> tuple[int, ...]:
    """Places of a few among images of these classes (n,): the first of class 0, of class 1, ..., then the second of
    each, until there are so many. Of more classes than that, as many spread evenly over them."""
    classes = np.unique(labels)
    if len(classes) > count:
        classes = classes[np.linspace(0, len(classes) - 1, count).round().astype(int)]
    of_each = [np.flatnonzero(labels == c) for c in classes]
    turns = max(map(len, of_each), default=0)
    return tuple(int(places[turn]) for turn in range(turns) for places in of_each if len(places) > turn)[:count]
