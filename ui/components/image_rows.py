"""Rows of pictures that follow the epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ui.components.bridge import component, token
from ui.components.images import sprite
from ui.components.payloads import base
from ui.components.payloads.base import Size
from ui.components.payloads.shared import ImageRowsData
from ui.store import cache
from vae_core.runs.run import Run

_rows = component("rows", "components/image_rows.js")


@dataclass(frozen=True)
class Row:
    """One row of pictures: images (epochs, n, height, width), or (1, n, height, width) if all epochs have the same."""

    label: str
    images: np.ndarray
    alt: str
    note: str = ""
    edge: str = ""  # the colour of the thing: x, mean, z, decoder
    epochs: Sequence[int] | None = None
    columns: int = 0  # pictures beside each other; 0: all

    def to_json(self) -> base.Row:
        count = self.images.shape[1]
        return {
            "label": self.label, "note": self.note, "alt": self.alt, "edge": self.edge, "png": sprite(self.images),
            "epochs": None if self.epochs is None else list(self.epochs),
            "count": count, "columns": self.columns or count,
        }  # fmt: skip


def cell_of(rows: Sequence[Row]) -> Size:
    """The size of one of the pictures in some rows, as ``lib/canvas.js`` has it."""
    height, width, *colours = rows[0].images.shape[2:]
    return {"channels": colours[0] if colours else 1, "height": height, "width": width}


def image_rows(key: str, run_id: str, epochs: Sequence[int], rows: Sequence[Row], *, follow: bool = True) -> None:
    """Rows of pictures that follow the epoch slider of a run."""
    show_rows(key, rows_payload(run_id, epochs, rows, follow=follow))


def rows_payload(run_id: str, epochs: Sequence[int], rows: Sequence[Row], *, follow: bool = True) -> ImageRowsData:
    """What ``static/components/image_rows.js`` draws; worth keeping where the same rows are shown again and again."""
    data = [row.to_json() for row in rows]
    return {
        "run": run_id, "epochs": list(epochs), "rows": data, "size": cell_of(rows), "follow": follow,
        "version": token(data),
    }  # fmt: skip


def show_rows(key: str, payload: ImageRowsData) -> None:
    _rows(key=key, data=payload)


def test_rows(run: Run, epochs: list[int], places: tuple[int, ...]) -> tuple[list[Row], bool]:
    """Test images, if they are here, which the flag says, and what the model makes of them at each epoch."""
    path, names = str(run.path), in_words(run, places)
    originals = cache.originals(run, places)
    rebuilt = np.stack([cache.decoded_means(path, epoch, places) for epoch in epochs])
    wide = cache.EXAMPLES  # so that of fewer pictures none is larger than the samples below them
    words = "picture → code → picture"
    below = Row("Rebuilt", rebuilt, f"Rebuilt by the model: {names}", words, "decoder", epochs, wide)
    if originals is None:
        return [below], False
    above = Row("Test pictures", originals[None], f"Test pictures of {names}", "never trained on", "x", columns=wide)
    return [above, below], True


def sample_row(run: Run, epochs: list[int], count: int, seed: int, *, spread: float = 1.0, columns: int = 0) -> Row:
    """Samples from the same noise at every epoch."""
    images = np.stack([cache.samples(str(run.path), epoch, count, seed, spread) for epoch in epochs])
    return Row("Samples", images, f"{count} samples", "from the same rolls", "z", epochs, columns)


def in_words(run: Run, places: tuple[int, ...]) -> str:
    """What some kept pictures show, for those who hear the page."""
    names = run.dataset.label_names
    return ", ".join(names[label] for label in cache.labels(str(run.path))[list(places)])
