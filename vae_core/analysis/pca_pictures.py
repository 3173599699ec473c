"""PCA as a machine that copies pictures, beside those with a bend: a mean picture, and so much of each fixed picture.

It is the best of all machines that only add up (Eckart & Young 1936): no other flat one copies with a smaller squared
error. Its fixed pictures ship with what was measured (``vae_core/measured/pca.py``). Imports no torch.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Flat:
    """A mean picture (pixels,) and fixed pictures (k, pixels), at right angles, the telling ones first."""

    mean: np.ndarray
    parts: np.ndarray

    def codes(self, pictures: np.ndarray, k: int | None = None) -> np.ndarray:
        """How much of each of the first k fixed pictures is in pictures (n, pixels) from 0 to 1, (n, k)."""
        return (pictures - self.mean) @ self.parts[:k].T

    def decode(self, codes: np.ndarray) -> np.ndarray:
        """The sum for codes (n, k), (n, pixels); it may leave the range from 0 to 1."""
        return self.mean + codes @ self.parts[: codes.shape[1]]

    def drawn(self, codes: np.ndarray) -> np.ndarray:
        """The same as a screen shows it: below 0 black, above 1 white."""
        return np.clip(self.decode(codes), 0, 1)


def fitted(pictures: np.ndarray, k: int) -> tuple[Flat, np.ndarray]:
    """PCA of pictures (n, pixels) from 0 to 1 (Pearson 1901), and the variance along every direction, (pixels,)."""
    mean = pictures.mean(0, dtype=np.float64)
    off = pictures - mean.astype(np.float32)
    values, vectors = np.linalg.eigh((off.T @ off / len(off)).astype(np.float64))
    parts = vectors[:, ::-1].T
    return Flat(mean, parts[:k]), values[::-1]


def half_squared_errors(flat: Flat, pictures: np.ndarray) -> np.ndarray:
    """Half the squared error of copies, as they are drawn, with 0, 1, 2, ... numbers: of each picture (n, pixels), the
    mean over them, (k + 1,)."""
    codes, summed, errors = flat.codes(pictures), np.broadcast_to(flat.mean, pictures.shape).copy(), []
    for k in range(codes.shape[1] + 1):
        if k:
            summed += codes[:, k - 1, None] * flat.parts[k - 1]
        errors.append(0.5 * np.square(np.clip(summed, 0, 1) - pictures).sum(1).mean())
    return np.array(errors)


def to_json(flat: Flat) -> dict[str, Any]:
    """As half floats in base64."""
    both = np.concatenate([flat.mean[None], flat.parts]).astype("<f2")
    return {"pixels": both.shape[1], "halves": base64.b64encode(both.tobytes()).decode()}


def of_json(record: Mapping[str, Any]) -> Flat:
    """Raises KeyError or ValueError if something is missing or broken."""
    both = np.frombuffer(base64.b64decode(record["halves"]), "<f2").reshape(-1, record["pixels"]).astype(np.float64)
    return Flat(both[0], both[1:])
