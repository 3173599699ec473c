"""Figures about a latent space, from the means alone. Imports no torch."""

from __future__ import annotations

import numpy as np


def neighbour_accuracy(means: np.ndarray, labels: np.ndarray, count: int = 10) -> float:
    """The share of points (n, d) whose class the vote of their nearest others gets right, 0 to 1.

    The k-nearest-neighbour rule (Cover & Hart 1967) with each point left out of its own vote; the nearest breaks a tie.
    0 for a single point, for which nobody votes.
    """
    count = min(count, len(means) - 1)
    if count < 1:
        return 0.0
    near = nearest(means, means, count + 1)
    own = near == np.arange(len(means))[:, None]
    own[~own.any(1), -1] = True  # on a crowded spot it may miss its own list: drop the farthest
    votes = labels[near[~own].reshape(-1, count)]  # (n, count)
    tally = (votes[:, :, None] == np.unique(labels)).sum(1) * 1.0  # (n, classes)
    nearest_class = votes[:, :1] == np.unique(labels)
    winner = np.unique(labels)[(tally + 0.5 * nearest_class).argmax(1)]
    return float((winner == labels).mean())


def nearest(points: np.ndarray, among: np.ndarray, count: int) -> np.ndarray:
    """Places (m, count) of the points (n, d) that are nearest to each of points (m, d), nearest first."""
    from sklearn.neighbors import NearestNeighbors

    finder = NearestNeighbors(n_neighbors=count, algorithm="brute", n_jobs=1).fit(among)
    return finder.kneighbors(points, return_distance=False)


def squared_distances(points: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Squared Euclidean distances (m, n) of points (m, d) to points (n, d), as one matrix product in 64 bits."""
    points, among = np.asarray(points, np.float64), np.asarray(among, np.float64)
    found = np.square(points).sum(1)[:, None] - 2 * points @ among.T + np.square(among).sum(1)
    return np.maximum(found, 0, out=found)
