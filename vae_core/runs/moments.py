"""Moments of a training: what the network draws while it learns, in small files. Imports no torch.

A moment holds what the network makes of ten test pictures and of the same random codes, of a model with two numbers a
mosaic of its plane, and the means of some hundreds of test pictures. The newest two replace each other beside
``status.json``; a few of the first epoch, in which most is learned, stay with the run (``vae_core/runs/run.py``).
All sizes follow from the settings, so a file is of exactly these sizes or refused.
"""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from vae_core import os_compat
from vae_core.config import Config
from vae_core.datasets import registry
from vae_core.datasets.spec import Shape
from vae_core.runs import files
from vae_core.runs.run import Run, RunError
from vae_core.runs.untrusted import Refused, Sizes, read_arrays

LIVE = ("moment-0.npz", "moment-1.npz")  # take turns, so that a page that looks twice a second misses none
PARTS = (1, 2, 4, 8, 16)  # of the first epoch, in 32nds, after which a moment stays
REBUILT, DOTS = 10, 400  # test pictures, at most
WIDEST, TILE = 32, 16  # pixels to a side of a picture, and of one of the plane's; larger ones are averaged
FEW, MANY = 10, 20  # invented pictures: in colour, and in grey
PLANE_SIDE, PLANE_BYTES = 15, 48_000
REACH = 3.2  # how far the plane of a VAE is shown: N(0, 1) hardly ever goes there
FARTHEST = 1e4  # of a window; means are half floats
MAX_STEPS = 30_000_000  # 500 epochs of the longest that archives may have
MAX_SECONDS = 1e9


class Layout(NamedTuple):
    """The sizes of all that is in a moment."""

    picture: Shape
    tile: Shape  # of the plane
    invented: int
    side: int  # places of the plane, each way; 0: the model has no plane
    latent_dim: int

    def arrays(self, images: int, dots: int | None = DOTS) -> dict[str, tuple[str, Sizes]]:
        """Types and shapes by name, of a run that keeps so many test images. ``dots``: at most; None: any number."""
        plane: dict[str, tuple[str, Sizes]] = {
            "plane": ("|u1", (self.side**2, self.tile.pixels)), "window": ("<f4", (2, 2)),
        }  # fmt: skip
        return {
            "clock": ("<f8", (3,)),
            "rebuilt": ("|u1", (min(REBUILT, images), self.picture.pixels)),
            "invented": ("|u1", (self.invented, self.picture.pixels)),
            "mean": ("<f2", (None if dots is None else min(dots, images), self.latent_dim)),
            **(plane if self.side else {}),
        }

    def most_bytes(self, images: int) -> int:
        """What a file of these may be large, with the zip's own words about each."""
        sizes = [
            math.prod(n or 1 for n in shape) * np.dtype(kind).itemsize for kind, shape in self.arrays(images).values()
        ]
        return sum(sizes) + 1_024 * len(sizes)


def layout_of(config: Config) -> Layout:
    shape = registry.get(config.dataset).shape
    tile = shrunk(shape, TILE)
    side = min(PLANE_SIDE, math.isqrt(PLANE_BYTES // tile.pixels)) if config.latent_dim == 2 else 0
    picture = shrunk(shape, WIDEST)
    return Layout(picture, tile, MANY if picture.pixels <= WIDEST**2 else FEW, side, config.latent_dim)


def shrunk(shape: Shape, most: int) -> Shape:
    """A picture's size once squares of ``factor`` pixels have become one each."""
    by = factor(shape, most)
    return Shape(shape.channels, math.ceil(shape.height / by), math.ceil(shape.width / by))


def factor(shape: Shape, most: int) -> int:
    return max(math.ceil(max(shape.height, shape.width) / most), 1)


def window_of(config: Config, mean: np.ndarray) -> np.ndarray:
    """The piece of the plane that is shown, (2, 2) float32 as in ``Moment``: of a VAE always the same, else where the
    dots (n, 2) are."""
    if config.is_vae:
        return np.array([[-REACH, REACH], [-REACH, REACH]], np.float32)
    low, high = np.quantile(mean, 0.01, axis=0), np.quantile(mean, 0.99, axis=0)
    middle, reach = (low + high) / 2, 1.1 * max(float((high - low).max()) / 2, 0.05)
    return np.stack([middle - reach, middle + reach], axis=1).astype(np.float32)


def places_on(window: np.ndarray, side: int) -> np.ndarray:
    """The codes (side * side, 2) that the plane's pictures are drawn from, the first line at the top."""
    axes = [np.linspace(low, high, side, dtype=np.float32) for low, high in window]
    return np.stack(np.meshgrid(axes[0], axes[1][::-1]), axis=-1).reshape(-1, 2)


@dataclass(frozen=True)
class Moment:
    """What a network drew. Pictures are flat (pixels,) uint8, as a dataset has them."""

    epoch: float  # 0.25: after a quarter of the first
    step: int
    seconds: float  # that the trainer had worked; only differences count
    rebuilt: np.ndarray  # (n, pixels), of the test pictures of ``films.examples_of``
    invented: np.ndarray  # (n, pixels), of the same random codes
    mean: np.ndarray  # (n, d) float16, of the first of ``dots_of``: all in those that stay
    plane: np.ndarray | None = None  # (side * side, pixels), the first line at the top
    window: np.ndarray | None = None  # [[x low, x high], [y low, y high]] float32, of the plane

    def arrays(self) -> dict[str, np.ndarray]:
        parts = {name: getattr(self, name) for name in ("rebuilt", "invented", "mean", "plane", "window")}
        clock = np.array([self.epoch, self.step, self.seconds])
        return {"clock": clock, **{name: part for name, part in parts.items() if part is not None}}


def dots_of(images: int) -> np.ndarray:
    """Which of so many kept test images are dots, in an order whose every beginning is spread over all of them."""
    return np.argsort(np.arange(images) * 0.6180339887498949 % 1, kind="stable")[:DOTS]


def kept_file(run: Run, part: int) -> Path:
    return run.path / "moments" / f"{part:02d}.npz"


def write(path: Path, moment: Moment) -> None:
    """Replace a file; a power cut may take it, which then is as if it had never been. Raises OSError."""
    files.write_npz(path, moment.arrays(), durable=False)


def parse(raw: bytes, config: Config, images: int, dots: int | None = None) -> Moment:
    """A moment from bytes that may be anything, of a run that keeps so many test images. Raises Refused.

    ``dots``: how many it must have, if there are so many; None: any number of them.
    """
    layout = layout_of(config)
    if len(raw) > layout.most_bytes(images):
        raise Refused("a moment in it is larger than its settings allow")
    wanted = layout.arrays(images, dots)
    found = read_arrays(raw, {n: kind for n, (kind, _) in wanted.items()}, {n: s for n, (_, s) in wanted.items()})
    (epoch, step, seconds), window = found.pop("clock").tolist(), found.get("window")
    if not (0 <= epoch <= 500 and 0 <= step <= MAX_STEPS and step == int(step) and abs(seconds) <= MAX_SECONDS):
        raise Refused("a moment in it is of no time that a training has")
    if len(found["mean"]) > min(DOTS, images):
        raise Refused("a moment in it has more dots than there are pictures")
    if window is not None and not ((np.abs(window) <= FARTHEST).all() and (window[:, 0] < window[:, 1]).all()):
        raise Refused("a moment in it shows no piece of the plane")
    return Moment(epoch, int(step), seconds, **found)


def parse_kept(raw: bytes, config: Config, images: int, part: int) -> Moment:
    """The same of one that stays: it must be of its part of the first epoch. Raises Refused."""
    moment = parse(raw, config, images, DOTS)
    if not part / 32 <= moment.epoch < min(2 * part / 32, 1):
        raise Refused("a moment in it is of another part of the first epoch than it says")
    return moment


def read(path: Path, config: Config, images: int) -> Moment:
    """Raises Refused, or OSError if it is not there."""
    if path.stat().st_size > layout_of(config).most_bytes(images):
        raise Refused("a moment in it is larger than its settings allow")
    return parse(os_compat.read_bytes(path), config, images)


def kept(run: Run) -> dict[int, Moment]:
    """The first epoch's moments that stayed, by their part of it. What cannot be read is not there."""
    found: dict[int, Moment] = {}
    for part in PARTS:
        with suppress(OSError, RunError):
            found[part] = parse_kept(os_compat.read_bytes(kept_file(run, part)), run.config, len(run.labels()), part)
    return found


def forget_live(run: Run) -> None:
    """What a training no longer shows once it is over."""
    for name in LIVE:
        with suppress(OSError):
            os_compat.remove(run.path / name)
