"""Two maps side by side: the same test pictures as two runs place them, each lit on both."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import streamlit as st

from ui.compare import tasks
from ui.components import mini_map
from ui.components.bridge import base64_of, publish, size_of
from ui.components.images import sprite
from ui.components.payloads.shared import LinkedPictures, MiniMapData
from ui.shell import run_picker
from ui.shell.errors import plain
from ui.store import cache
from vae_core.runs.run import Run

MOST = 1_000  # pictures that can be lit
NONE = 65_535  # the number of a dot that cannot
WIDE = 25  # pictures in a line of their sheet


def linked(one: Run, other: Run) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Numbers of the dots on both maps, (n,) and (m,) uint16, the same for the same test picture; ``NONE`` of the rest.

    And the places of these pictures among those that the one run keeps, in the order of their numbers.
    """
    mine, theirs = tasks.common_pictures(str(one.path), str(other.path))
    seen = np.flatnonzero((mine < mini_map.DOTS) & (theirs < mini_map.DOTS))[:MOST]
    sides = []
    for run, places in ((one, mine[seen]), (other, theirs[seen])):
        numbers = np.full(min(mini_map.DOTS, len(cache.labels(str(run.path)))), NONE, np.uint16)
        numbers[places] = np.arange(len(places))
        sides.append(numbers)
    return sides[0], sides[1], mine[seen]


@cache.of_pictures(8)
def pictures(path: str, epoch: int, places: tuple[int, ...]) -> LinkedPictures:
    """These test pictures as one sheet, or as the run redraws them where they are not on this machine."""
    run = Run(Path(path))
    images = cache.originals(run, places)
    if images is None:
        images = cache.decoded_means(path, epoch, places)
    empty = np.zeros((-len(images) % WIDE, *images.shape[1:]), images.dtype)
    lines = np.concatenate([images, empty]).reshape(-1, WIDE, *images.shape[1:])
    return {"png": sprite(lines), "wide": WIDE, "size": size_of(run)}


def payloads(one: Run, other: Run, epochs: Sequence[int]) -> tuple[MiniMapData, MiniMapData]:
    """Both maps at the epochs of the one, the other's each at the nearest that it has."""
    theirs = tasks.matched(epochs, run_picker.film(other))
    mine = mini_map.payload(str(one.path), tuple(epochs))
    its = mini_map.payload(str(other.path), tuple(theirs))
    return mine, {**its, "run": one.id, "epochs": list(epochs)}


def side_by_side(one: Run, other: Run, epochs: Sequence[int]) -> None:
    """The two maps; pointing at a picture on one lights it on the other, if both have it."""
    numbers = linked(one, other)
    channel = f"compared {one.id} {other.id}"
    has_common = len(numbers[2]) > 0
    sides = zip(st.columns(2, gap="medium"), (one, other), payloads(one, other, epochs), numbers, "ab", strict=False)
    for column, run, data, known, side in sides:
        with column:
            st.markdown(f"**Model {side.upper()}** · {plain(run.title)}")
            if has_common:
                data = {**data, "linked": {"channel": channel, "numbers": base64_of(known, "u2")}}
            mini_map.small_map(f"compared_map_{side}", data)
    if has_common:
        sheet = pictures(str(one.path), epochs[-1], tuple(numbers[2].tolist()))
        publish("compared_pictures", f"{channel} pictures", sheet)
        st.caption("Point at a dot, or use the arrow keys on a map: the same test picture lights up on both.")
    else:
        st.caption("They learned from different pictures, so no picture stands on both maps.")
