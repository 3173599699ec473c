"""Small sets are varied: each training picture again, shifted, turned and zoomed a little.

Repeatable: the same pictures give the same copies. Done with Pillow: torchvision's transforms take a hundred times as
long for pictures that are each moved otherwise, and would bring torch into a process that needs none.
"""

from __future__ import annotations

import hashlib
import math

import numpy as np
from PIL import Image

from vae_core.datasets.spec import Shape

WANTED = 2_000  # training pictures, with the varied ones
MOST_COPIES = 40  # of each, itself among them
SHIFT = 0.06  # of the side, either way
TURN = 10.0  # degrees, either way
ZOOM = 0.1  # smaller or larger by so much


def copies_for(count: int) -> int:
    """How many times each of so many training pictures will be there; 1: not varied."""
    return 1 if count <= 0 else min(max(math.ceil(WANTED / count), 1), MOST_COPIES)


def varied(images: np.ndarray, shape: Shape, copies: int) -> np.ndarray:
    """(n * copies, pixels) uint8: first the n pictures as they are, then all of them varied, copy after copy."""
    if copies <= 1:
        return images
    chance = np.random.default_rng(int.from_bytes(hashlib.sha256(images.tobytes()).digest()[:8], "little"))
    size = (copies - 1, len(images))
    turns = np.radians(chance.uniform(-TURN, TURN, size))
    zooms = chance.uniform(1 - ZOOM, 1 + ZOOM, size)
    shifts = chance.uniform(-SHIFT, SHIFT, (*size, 2)) * [shape.width, shape.height]
    pictures = shape.pictures(images)
    grounds = _grounds(pictures)
    made = np.empty((copies, *images.shape), np.uint8)
    made[0] = images
    for place in range(len(images)):
        image = Image.fromarray(pictures[place])
        moved = [
            np.asarray(image.transform(
                image.size, Image.Transform.AFFINE, _matrix(shape, turn, zoom, shift), Image.Resampling.BILINEAR,
                fillcolor=grounds[place],
            ))
            for turn, zoom, shift in zip(turns[:, place], zooms[:, place], shifts[:, place], strict=True)
        ]  # fmt: skip
        made[1:, place] = shape.flat(np.stack(moved))
    return made.reshape(-1, images.shape[1])


def _matrix(shape: Shape, turn: float, zoom: float, shift: np.ndarray) -> tuple[float, ...]:
    """Where each pixel comes from, as Pillow has it: six numbers of the way back, around the middle."""
    cosine, sine = math.cos(turn) / zoom, math.sin(turn) / zoom
    x, y = shape.width / 2, shape.height / 2
    left, top = x + float(shift[0]), y + float(shift[1])
    return (cosine, sine, x - cosine * left - sine * top, -sine, cosine, y + sine * left - cosine * top)


def _grounds(pictures: np.ndarray) -> list[int | tuple[int, ...]]:
    """The colour at each picture's edge, which comes in from outside when it is moved."""
    edges = np.concatenate([pictures[:, 0], pictures[:, -1], pictures[:, :, 0], pictures[:, :, -1]], 1)
    middle = np.median(edges, 1).astype(int)
    return [int(m) if m.ndim == 0 else tuple(int(value) for value in m) for m in middle]
