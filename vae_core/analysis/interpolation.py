"""Ways through the space of codes: straight and spherical paths, grids, a random walk. Imports no torch."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np


def interpolate(start: np.ndarray, end: np.ndarray, steps: int, path: str = "straight") -> np.ndarray:
    """Codes (steps, d) from start (d,) to end (d,), both included.

    ``straight``: (1 - t) * start + t * end, the lecture's. ``spherical``: along the great circle (Shoemake 1985), with
    the length going evenly from one to the other; in many dimensions it keeps to the shell where a Gaussian lives.
    """
    t = np.linspace(0, 1, steps, dtype=np.float32)[:, None]
    straight = (1 - t) * start + t * end
    if path == "straight":
        return straight
    if path != "spherical":
        raise ValueError(f"unknown path: {path}")
    start, end = start.astype(np.float64), end.astype(np.float64)
    lengths = np.linalg.norm(start), np.linalg.norm(end)
    if min(lengths) < 1e-6:
        return straight
    angle = np.arccos(np.clip(start @ end / (lengths[0] * lengths[1]), -1, 1))
    if np.sin(angle) < 1e-4:  # parallel or opposite: no single great circle
        return straight
    a, b = np.sin((1 - t) * angle) / np.sin(angle), np.sin(t * angle) / np.sin(angle)
    direction = a * start / lengths[0] + b * end / lengths[1]
    return (direction * ((1 - t) * lengths[0] + t * lengths[1])).astype(np.float32)


def cross_fade(start: np.ndarray, end: np.ndarray, steps: int) -> np.ndarray:
    """Images (steps, ...) uint8 from two of one shape: plain mixing of pixels, to compare with a morph."""
    t = np.linspace(0, 1, steps).reshape(-1, *[1] * start.ndim)
    return np.rint((1 - t) * start + t * end).astype(np.uint8)


def traverse(z: np.ndarray, dimension: int, values: np.ndarray) -> np.ndarray:
    """Codes (len(values), d): z (d,) with one dimension replaced by each value."""
    codes = np.repeat(z[None].astype(np.float32), len(values), axis=0)
    codes[:, dimension] = values
    return codes


def manifold(size: int, reach: float = 2.0) -> np.ndarray:
    """Codes (size, size, 2) of a regular grid from -reach to reach, first row at the top (largest second number)."""
    axis = np.linspace(-reach, reach, size, dtype=np.float32)
    return np.stack(np.meshgrid(axis, axis[::-1]), axis=-1)


def quantile_manifold(size: int) -> np.ndarray:
    """Codes (size, size, 2) on a grid of equal shares of the prior, first row at the top (largest second number).

    Even steps through the unit square, sent through the inverse of the normal distribution (Kingma & Welling 2014,
    figure 4): each picture stands for as much of N(0, 1) as any other.
    """
    axis = np.array([NormalDist().inv_cdf((k + 0.5) / size) for k in range(size)], np.float32)
    return np.stack(np.meshgrid(axis, axis[::-1]), axis=-1)


def walk_coefficients(latent_dim: int, seed: int, waves: int = 10) -> np.ndarray:
    """The random numbers of a walk, (2, waves, d): how much of each cosine and sine every dimension's path has."""
    rng = np.random.default_rng([seed, 2])  # not the dice of ``noise``
    return (rng.standard_normal((2, waves, latent_dim)) / np.sqrt(waves)).astype(np.float32)


def random_walk(coefficients: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Codes (n, d) at times t (n,) of a smooth closed walk through the prior; it is back at its start after 1.

    z(t) = sum over k of a_k cos(2 pi k t) + b_k sin(2 pi k t), a_k and b_k from N(0, 1 / waves): the random Fourier
    series of a stationary Gaussian process (Rice 1944). As cos**2 + sin**2 = 1, z(t) is N(0, 1) at every single moment,
    so that each picture of the walk is as fair a throw of the dice as any sample.
    """
    turns = 2 * np.pi * np.outer(t, np.arange(1, coefficients.shape[1] + 1))  # (n, waves)
    return (np.cos(turns) @ coefficients[0] + np.sin(turns) @ coefficients[1]).astype(np.float32)
