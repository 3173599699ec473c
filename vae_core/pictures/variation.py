"""Small sets are varied: each training picture again, shifted, turned and zoomed a little.

Repeatable: the same pictures give the same copies. torch is imported when it is needed.
"""

from __future__ import annotations

import hashlib
import math

import numpy as np

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
    import torch
    from torchvision.transforms import v2
    from torchvision.transforms.v2 import functional

    seed = int.from_bytes(hashlib.sha256(images.tobytes()).digest()[:8], "little")
    chance = np.random.default_rng(seed)
    whole = torch.from_numpy(images.reshape(-1, *shape).copy())
    made = np.empty((copies, *images.shape), np.uint8)
    made[0] = images
    ground = _grounds(whole.numpy())
    for copy in range(1, copies):
        turns = chance.uniform(-TURN, TURN, len(images))
        zooms = chance.uniform(1 - ZOOM, 1 + ZOOM, len(images))
        shifts = chance.uniform(-SHIFT, SHIFT, (len(images), 2)) * [shape.width, shape.height]
        for place, picture in enumerate(whole):
            moved = functional.affine(
                picture.float(), float(turns[place]), [float(s) for s in shifts[place]], float(zooms[place]), [0.0, 0.0],
                interpolation=v2.InterpolationMode.BILINEAR, fill=ground[place],
            )  # fmt: skip
            made[copy, place] = moved.round().clamp(0, 255).to(torch.uint8).flatten().numpy()
    return made.reshape(-1, images.shape[1])


def _grounds(pictures: np.ndarray) -> list[list[float]]:
    """The colour of each picture's edge, channel by channel: what comes in from outside when it is moved."""
    edges = np.concatenate([pictures[:, :, 0], pictures[:, :, -1], pictures[..., 0], pictures[..., -1]], -1)
    return [[float(value) for value in row] for row in np.median(edges, -1)]
