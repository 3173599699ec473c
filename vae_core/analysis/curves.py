"""The curves of a training for a chart: the terms of the loss, few enough points, and the window to see them in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from vae_core.config import Config
from vae_core.runs.films import evenly

POINTS = 100  # of a live curve, however long the run
TESTS = 40  # of its rings, as they are: a test that was measured is not averaged with another
EARLY = 0.05  # share of a curve's points, its first, that tower above all others


def terms(record: Mapping[str, Any], config: Config) -> list[float]:
    """Of a record of losses: reconstruction, KL, and the total with the run's beta; the first alone without a KL."""
    if not config.is_vae:
        return [record["reconstruction"]]
    return [record["reconstruction"], record["kl"], record["reconstruction"] + config.beta * record["kl"]]


def tested(metrics: Sequence[Mapping[str, Any]], config: Config) -> np.ndarray:
    """The test losses of at most TESTS epochs: epoch and ``terms``, (n, 4), or (n, 2) without a KL; nats per image."""
    rows = [[record["epoch"], *terms(record["test"], config)] for record in evenly(metrics, TESTS)]
    return np.array(rows, np.float64).reshape(-1, 4 if config.is_vae else 2)


def trained(points: np.ndarray, steps_per_epoch: int, config: Config) -> np.ndarray:
    """The live curve in at most POINTS: epochs and ``terms``, (n, 4), or (n, 2) without a KL; nats per image.

    ``points``: step, reconstruction and KL, (n, 3), KL nan without one.
    """
    epochs, reconstruction, kl = (thin(points) / [max(steps_per_epoch, 1), 1, 1]).T
    if not config.is_vae:
        return np.column_stack([epochs, reconstruction])
    return np.column_stack([epochs, reconstruction, kl, reconstruction + config.beta * kl])


def thin(table: np.ndarray) -> np.ndarray:
    """At most POINTS rows of a table (n, columns): means of about equally long stretches.

    The last row stands at the newest step and is as smooth as the others: the last window of an epoch may be a single
    small batch, and a curve that dives at its end would be read as news.
    """
    if len(table) <= POINTS:
        return table
    cuts = np.linspace(0, len(table) - 1, POINTS).round().astype(int)  # the last stretch ends before the newest row
    means = np.add.reduceat(table[:-1], cuts[:-1]) / np.diff(cuts)[:, None]
    return np.vstack([means, [table[-1, 0], *table[cuts[-2] :, 1:].mean(0)]])


def window(line: np.ndarray, marks: np.ndarray) -> list[float] | None:
    """From where to where a chart of a training's line and its tests' marks should reach; None without numbers.

    The first steps and the untrained network tower above all that comes; they are left out where there is more.
    """
    seen = np.concatenate([line[int(np.ceil(EARLY * len(line))) :], marks[1 if len(marks) > 1 else 0 :]])
    seen = seen[np.isfinite(seen)]
    if not len(seen):
        return None
    low, high = float(seen.min()), float(seen.max())
    room = max(high - low, 1e-3) * 0.08
    return [low - room, high + room]
