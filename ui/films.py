"""What a run's films are made of: rows of digits for each epoch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from ui import readers
from ui.components import Row, rows_payload
from vae_core.datasets import registry
from vae_core.runs.run import Run


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
    names = registry.get(run.config.dataset).class_names
    return ", ".join(names[label] for label in readers.labels(str(run.path))[list(places)])


@st.cache_resource(show_spinner=False, max_entries=16)
def learned(path: str, epochs: tuple[int, ...], count: int, seed: int, here: bool) -> tuple[dict[str, Any], bool]:
    """The rows that show what a model can do at each epoch, ready to be sent; whether the originals are here."""
    run = Run(Path(path))
    rows, complete = test_rows(run, list(epochs), readers.first_of_each_class(path))
    return rows_payload(run.id, epochs, [*rows, sample_row(run, list(epochs), count, seed)]), complete
