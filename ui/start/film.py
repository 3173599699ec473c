"""The film of the start page's model: what it drew at every place of a window after each kept epoch."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from ui.components.browser_decoder import decoded
from ui.shell import browser_input
from ui.start import scene
from ui.store import cache
from vae_core.runs.run import Run

SIDE = 16  # pixels of a tile: a film passes by, and six sheets of whole pictures would be half a megabyte
QUALITY = 40  # of their WebP
PITCHES = range(1, 11)  # tenths of a unit from one tile to the next
FARTHEST = 120  # tiles from the middle of the plane
MOST = 2_400  # tiles of a window


class Window(NamedTuple):
    """Tiles of the plane: tile (i, j) is drawn from the middle of [i, i + 1] x [j, j + 1] in units of the pitch."""

    pitch: int  # in tenths
    left: int  # the first i
    top: int  # the last j, which is the first row
    columns: int
    rows: int

    def codes(self) -> np.ndarray:
        """The codes (rows * columns, 2) float32 of the tiles, row by row from the top."""
        x = (self.left + np.arange(self.columns) + 0.5) * self.pitch / 10
        y = (self.top - np.arange(self.rows) + 0.5) * self.pitch / 10
        return np.stack(np.meshgrid(x, y), -1).reshape(-1, 2).astype(np.float32)


def asked(value: object) -> Window | None:
    """The window that a browser asks for; None for anything else."""

    def number(name: str, low: int, high: int) -> int | None:
        return browser_input.whole_number(browser_input.by_name(value, name), low, high)

    found = [
        number("pitch", PITCHES[0], PITCHES[-1]), number("left", -FARTHEST, FARTHEST),
        number("top", -FARTHEST, FARTHEST), number("columns", 1, FARTHEST), number("rows", 1, FARTHEST),
    ]  # fmt: skip
    numbers = [each for each in found if each is not None]
    return Window(*numbers) if len(numbers) == len(found) and numbers[3] * numbers[4] <= MOST else None


@cache.cached(200)
def sheet(path: str, epoch: int, window: Window) -> bytes:
    """What the decoder draws at each place of a window after an epoch: one WebP, tile by tile."""
    run = Run(Path(path))
    height, width = run.dataset.shape[1:]
    drawn = (255 * decoded(run, epoch, window.codes())).round().astype(np.uint8)
    tiles = drawn.reshape(window.rows, window.columns, height, width).swapaxes(1, 2)
    whole = Image.fromarray(tiles.reshape(window.rows * height, window.columns * width))
    out = io.BytesIO()
    small = whole.resize((window.columns * SIDE, window.rows * SIDE), Image.Resampling.BOX)
    small.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()


def film(run: Run, window: Window) -> tuple[dict[str, object], list[bytes]]:
    """The film as head and parts of ``bridge.publish_bytes``: a sheet for each kept epoch but the last, which the
    browser decodes itself; then the dots of all kept epochs, half floats (n, 2)."""
    path, epochs = str(run.path), run.weight_epochs()
    known = cache.labels(path)[: scene.DOTS]
    frames = [cache.latents(path, epoch).mean[: scene.DOTS] for epoch in epochs]
    head = {
        "epochs": epochs, "side": SIDE, "window": list(window),
        "centres": [scene.centres(frame, known) for frame in frames],
    }  # fmt: skip
    return head, [*(sheet(path, epoch, window) for epoch in epochs[:-1]), *map(_halves, frames)]


def _halves(points: Sequence[float] | np.ndarray) -> bytes:
    return np.ascontiguousarray(points, "<f2").tobytes()
