"""Sheets of a set's pictures for the browser: as they are kept, and as the network will see them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path

import numpy as np

from ui.components.images import sprite, webp
from ui.store.cache import cached
from vae_core.pictures import preparing, quality, variation
from vae_core.pictures.preparing import Preparation
from vae_core.pictures.quality import Findings
from vae_core.pictures.reading import KEPT
from vae_core.pictures.sets import PictureSet

WIDE = 24  # pictures to a line of a sheet
SETS = 4  # of which the pictures are kept as they were compared
CHECKED_SIZE = 28  # pixels to a side at which pictures are compared: enough, and quick
# ``token`` names the state of a set, so that what was made of it is remembered until it changes.


@cached(8)
def guess(path: Path, token: str) -> Preparation:
    """What suits the pictures of a set."""
    known = PictureSet(path)
    count = known.info.count
    places = np.unique(np.linspace(0, count - 1, min(count, preparing.SAMPLE)).astype(int))  # none of none
    return preparing.guess(known.rgba(places))


@cached(8)
def is_transparent(path: Path, token: str) -> bool:
    """Whether the ground shows through any picture of a set."""
    return any(map(preparing.is_transparent, PictureSet(path).blocks()))


@cached(12)
def kept(path: Path, token: str, places: tuple[int, ...], tile: int, ground: str) -> str:
    """The pictures at these places of a set as one WebP, WIDE to a line, each ``tile`` pixels to a side."""
    pictures = preparing.composed(PictureSet(path).rgba(places), ground)
    times = KEPT // tile
    if times > 1:
        pictures = pictures.reshape(len(pictures), tile, times, tile, times, 3).mean((2, 4))
    return webp(in_lines(np.rint(pictures).astype(np.uint8)), quality=75)


@cached(12)
def prepared(path: Path, token: str, places: tuple[int, ...], preparation: Preparation) -> str:
    """The same as the network will see them, as one PNG."""
    flat = preparing.prepare(PictureSet(path).rgba(places), preparation)
    return sprite(in_lines(preparation.shape.pictures(flat)))


@cached(12)
def before_and_after(path: Path, token: str, places: tuple[int, ...], preparation: Preparation) -> str:
    """A line of pictures as they came, and one as the network will see them, KEPT pixels to a side; a WebP."""
    rgba = PictureSet(path).rgba(places)
    after = preparation.shape.pictures(preparing.prepare(rgba, preparation))
    if after.ndim == 3:
        after = np.repeat(after[..., None], 3, -1)
    side = preparation.size
    nearest = np.arange(KEPT) * side // KEPT
    before = np.rint(preparing.composed(rgba, preparation.ground)).astype(np.uint8)
    return webp(np.stack([before, after[:, nearest][:, :, nearest]]), quality=90)


@cached(12)
def varied(path: Path, token: str, places: tuple[int, ...], preparation: Preparation, copies: int) -> str:
    """A line for each picture: itself, and how it is varied; a PNG."""
    flat = preparing.prepare(PictureSet(path).rgba(places), preparation)
    made = variation.varied(flat, preparation.shape, copies).reshape(copies, len(flat), -1)
    return sprite(preparation.shape.pictures(np.ascontiguousarray(made.swapaxes(0, 1))))


@cached(4)
def findings(path: Path, token: str, preparation: Preparation) -> Findings:
    """What is nearly empty or there twice; places in the order of the set."""
    small, known = replace(preparation, size=CHECKED_SIZE), PictureSet(path)
    return quality.look(_prepared_once(path, small), known.labels(), small.shape)


_once: OrderedDict[tuple[Path, Preparation], dict[int, np.ndarray]] = OrderedDict()
_looking = threading.Lock()


def _prepared_once(path: Path, preparation: Preparation) -> np.ndarray:
    """All pictures of a set, prepared, (n, pixels): those that were there the last time are not prepared again."""
    known = PictureSet(path)
    ids = known.ids().tolist()
    with _looking:
        before = _once.pop((path, preparation), {})
    new = [place for place, i in enumerate(ids) if i not in before]
    flat = preparing.prepare(known.rgba(new), preparation)
    now = before | {ids[place]: row for place, row in zip(new, flat, strict=True)}
    now = {i: now[i] for i in ids}
    with _looking:
        _once[path, preparation] = now
        while len(_once) > SETS:
            _once.popitem(last=False)
    return np.stack(list(now.values())) if now else np.zeros((0, preparation.shape.pixels), np.uint8)


def in_lines(pictures: np.ndarray) -> np.ndarray:
    """Pictures (n, ...) in lines of WIDE, the last filled with black: (lines, WIDE, ...)."""
    lines = max(-(-len(pictures) // WIDE), 1)
    empty = np.zeros((lines * WIDE - len(pictures), *pictures.shape[1:]), np.uint8)
    return np.concatenate([pictures, empty]).reshape(lines, WIDE, *pictures.shape[1:])
