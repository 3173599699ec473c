"""What a run's films are made of: rows of digits for each epoch."""

from __future__ import annotations

import numpy as np
import streamlit as st

from ui import readers
from ui.components import Row
from vae_core import data
from vae_core.runs import Run


def test_rows(run: Run, epochs: list[int], places: tuple[int, ...]) -> tuple[list[Row], bool]:
    """Test images and what the model makes of them at each epoch. The flag says whether the originals are here."""
    path, names = str(run.path), class_names(run, places)
    originals = readers.originals(run, places)
    rebuilt = np.stack([readers.decoded_means(path, epoch, places) for epoch in epochs])
    if originals is not None:
        top = Row("Test pictures", originals[None], f"Test pictures of {names}", "never trained on", "x")
    else:
        top = Row("Test pictures", rebuilt[-1:], f"Test pictures of {names}, as redrawn", "as redrawn", "x")
    bottom = Row("Rebuilt", rebuilt, f"Rebuilt by the model: {names}", "picture → code → picture", "decoder", epochs)
    return [top, bottom], originals is not None


def sample_row(run: Run, epochs: list[int], count: int, seed: int, *, spread: float = 1.0, columns: int = 0) -> Row:
    """Images invented from the same noise at every epoch."""
    images = np.stack([readers.samples(str(run.path), epoch, count, seed, spread) for epoch in epochs])
    return Row("Invented", images, f"{count} invented pictures", "from the same dice", "z", epochs, columns)


def class_names(run: Run, places: tuple[int, ...]) -> str:
    names = data.CLASS_NAMES[run.config.dataset]
    return ", ".join(names[label] for label in readers.labels(str(run.path))[list(places)])


@st.cache_data(show_spinner=False, max_entries=500)
def morph(path: str, epoch: int, start: int, end: int, frames: int) -> np.ndarray:
    """The straight walk between the means of two kept images at an epoch, decoded: (frames, 28, 28) uint8."""
    from vae_core.explore import decode, interpolate

    mean = readers.latents(path, epoch).mean
    return decode(readers.model(path, epoch), interpolate(mean[start], mean[end], frames))


def cross_fade(run: Run, epoch: int, places: tuple[int, int], frames: int) -> tuple[np.ndarray, bool]:
    """The mixing of two pictures, (frames, 28, 28), and whether they are the originals."""
    from vae_core.explore import cross_fade as mix

    originals = readers.originals(run, places)
    pictures = originals if originals is not None else readers.decoded_means(str(run.path), epoch, places)
    return mix(pictures[0], pictures[1], frames), originals is not None


def same_pictures(run: Run, other: Run, places: tuple[int, int]) -> tuple[int, int] | None:
    """Where another run of the same dataset keeps the same two test images, or None. Not the run itself."""
    if run.id == other.id or run.config.dataset != other.config.dataset:
        return None
    theirs = {int(index): place for place, index in enumerate(other.test_indices())}
    mine = run.test_indices()
    found = [theirs.get(int(mine[place])) for place in places]
    return None if None in found else (int(found[0] or 0), int(found[1] or 0))
