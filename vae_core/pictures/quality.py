"""What is worth a look before one trains: pictures that are nearly the same, or nearly empty; and are there enough?

Imports no torch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vae_core.datasets.spec import Shape
from vae_core.pictures.sets import SetInfo
from vae_core.words import many

FEWEST = 20  # pictures to train on
GOOD = 100  # from which on a set usually gives something one recognizes
SIDE = 8  # pixels to a side at which two pictures are compared
ALIKE = 3.0  # of 255: root mean square difference of two that are nearly the same
EMPTY = 6.0  # of 255: standard deviation of the pixels of a picture on which there is hardly anything
BLOCK = 1_024


@dataclass(frozen=True)
class Findings:
    """Places, not ids: the caller knows which pictures it prepared."""

    duplicates: list[tuple[int, ...]]  # groups of pictures that are nearly the same, each in order
    empty: list[int]
    sentences: list[str]


def look(prepared: np.ndarray, labels: np.ndarray, shape: Shape) -> Findings:
    """Near-duplicates and nearly empty pictures among (n, pixels) uint8; ``labels`` (n,)."""
    empty = [int(place) for place in np.flatnonzero(prepared.std(1, dtype=np.float32) < EMPTY)] if len(prepared) else []
    groups = _alike(_small(prepared, shape), set(empty))
    sentences = []
    if groups:
        more = sum(len(group) - 1 for group in groups)
        across = sum(len(set(labels[list(group)].tolist())) > 1 for group in groups)
        sentence = f"{many(more, 'picture is', 'pictures are')} nearly the same as another"
        sentences.append(sentence + (f", some of them in another class ({across})." if across else "."))
    if empty:
        sentences.append(f"{many(len(empty), 'picture has', 'pictures have')} hardly anything on it.")
    return Findings(groups, empty, sentences)


def enough(info: SetInfo) -> str:
    """One sentence on what is missing before one can train, or what to expect; nothing if all is well."""
    if info.count < FEWEST:
        lack = FEWEST - info.count
        return f"From {FEWEST} pictures on you can train: {many(lack, 'more is', 'more are')} needed."
    filled = sum(count > 0 for count in info.counts)
    if info.class_names and filled < 2:
        return "There is one class only, so the map will have one colour; a second class would tell you more."
    few = [name for name, count in zip(info.class_names, info.counts, strict=True) if 0 < count < 5]
    if few:
        return f"“{few[0]}” has fewer than five pictures, so the model will hardly learn it."
    if info.count < GOOD:
        return f"{info.count} pictures are few: they will be varied, and more make clearer samples."
    return ""


def _small(prepared: np.ndarray, shape: Shape) -> np.ndarray:
    """(n, channels * 8 * 8) float32: each picture's means over 8 x 8 fields."""
    made = np.empty((len(prepared), shape.channels, SIDE, SIDE), np.float32)
    rows = np.array_split(np.arange(shape.height), SIDE)
    columns = np.array_split(np.arange(shape.width), SIDE)
    for start in range(0, len(prepared), BLOCK):
        whole = prepared[start : start + BLOCK].reshape(-1, *shape)
        for i, r in enumerate(rows):
            strip = whole[:, :, r].mean(2, dtype=np.float32)
            for j, c in enumerate(columns):
                made[start : start + BLOCK, :, i, j] = strip[:, :, c].mean(2)
    return made.reshape(len(prepared), shape.channels * SIDE * SIDE)


def _alike(small: np.ndarray, apart: set[int]) -> list[tuple[int, ...]]:
    """Groups: each picture goes to the first before it that is nearer than ALIKE; those ``apart`` stay out."""
    squares, most = (small**2).sum(1), ALIKE**2 * small.shape[1]
    squares[list(apart)] = np.inf
    first = np.arange(len(small))  # of the group of each picture
    for start in range(0, len(small), BLOCK):
        block = small[start : start + BLOCK]
        distances = squares[start : start + BLOCK, None] + squares[None] - 2 * block @ small.T
        near = np.tril(distances < most, start - 1)
        for row in np.flatnonzero(near.any(1)):
            first[start + row] = first[near[row].argmax()]
    groups: dict[int, list[int]] = {}
    for place, leader in enumerate(first.tolist()):
        groups.setdefault(leader, []).append(place)
    return [tuple(group) for group in groups.values() if len(group) > 1]
