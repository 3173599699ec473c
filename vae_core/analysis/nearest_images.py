"""Which training picture is nearest to a picture: is it new, or a copy?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

CHUNK = 2048 * 784  # numbers turned into floats at a time: 6 MB, which stays in a core's cache
CANDIDATES = 8  # kept from the quick, rounded pass for the exact one


@torch.inference_mode()
def squares_of(images: np.ndarray) -> np.ndarray:
    """||a||**2 of each image (n, pixels) uint8, (n,) int32, whole numbers; worth keeping for ``nearest``."""
    return np.concatenate([np.square(part.astype(np.int32)).sum(1, dtype=np.int32) for part in _chunks(images)])


@torch.inference_mode()
def nearest(
    images: np.ndarray, queries: np.ndarray, squares: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The nearest of some images (n, pixels) uint8 to each of the queries (q, pixels) uint8.

    Returns places (q,) and distances (q,): the Euclidean (L2) distance of the pixels, black 0 and white 1. Of a few
    equally near ones, the first. ||a - b||**2 = ||a||**2 - 2 ab + ||b||**2 makes it one matrix product; its rounding is
    undone by comparing the best few again in whole numbers. ``squares``: those of the images, if they are known.
    Raises ValueError if there are no images.
    """
    if not len(images):
        raise ValueError("there is no picture to compare with")
    flat = queries.reshape(len(queries), -1)
    norms = torch.from_numpy(squares_of(images) if squares is None else squares).float()
    wanted = torch.from_numpy(flat.astype(np.float32))
    # (q, n), but for ||q||**2
    away = torch.cat(
        [
            torch.addmm(some, wanted, torch.from_numpy(part.astype(np.float32)).T, alpha=-2)
            for part, some in zip(_chunks(images), norms.split(_rows(images)), strict=True)
        ],
        1,
    )
    few = away.topk(min(CANDIDATES, len(images)), largest=False).indices.sort(1).values.T.numpy()  # (candidates, q)
    exact = np.square(images[few].astype(np.int32) - flat.astype(np.int32)).sum(-1)
    best, columns = exact.argmin(0), np.arange(len(flat))
    return few[best, columns], np.sqrt(exact[best, columns]) / 255


def _chunks(images: np.ndarray) -> Iterator[np.ndarray]:
    rows = _rows(images)
    return (images[start : start + rows] for start in range(0, len(images), rows))


def _rows(images: np.ndarray) -> int:
    """Pictures of a chunk."""
    return max(CHUNK // images.shape[1], 1)
