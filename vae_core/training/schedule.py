"""How an epoch is asked for in pieces, and the points of the live curve that come of it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from vae_core.config import Config
from vae_core.training.evaluation import record
from vae_core.training.progress_and_pause import Reporter

WINDOWS_PER_EPOCH = 20  # points on the live curve per epoch


def window_of(steps_per_epoch: int) -> int:
    """Steps to a point of the live curve."""
    return max(steps_per_epoch // WINDOWS_PER_EPOCH, 1)


def cut(images: int, length: int) -> list[int]:
    """The lengths of so many images, cut into equal ones and a rest."""
    return [length] * (images // length) + ([images % length] if images % length else [])


def plan(images: int, at_once: int, a_sum: int) -> list[tuple[int, list[int]]]:
    """An epoch's pieces: the images that are asked for at once, and those of each of the sums that are taken then.

    One of the lengths is a multiple of the other. The last piece is a rest, with a sum of its own.
    """
    pieces, since = [], 0  # the last sum
    for left, length in zip(range(images, 0, -at_once), cut(images, at_once), strict=True):
        since += length
        parts = cut(since, a_sum) if since >= a_sum or left == length else []
        pieces.append((length, parts))
        since = 0 if parts else since
    return pieces


class Curve:
    """Both terms over an epoch, from sums over its parts; and points of the live curve, from as many as these take."""

    def __init__(self, reporter: Reporter, config: Config, images: int, epoch: int) -> None:
        self.reporter, self.config, self.epoch, self.images = reporter, config, epoch, images
        self.steps = math.ceil(images / config.batch_size)
        self.total, self._sums = [0.0, 0.0], [0.0, 0.0]  # of the epoch, and since the last point
        self._known = self._before = 0  # images whose sums are known, and those of them before the last point

    def add(self, parts: Sequence[int], sums: Sequence[Sequence[float]]) -> None:
        """Sums of reconstruction and KL over the next parts, of so many images each."""
        for images, found in zip(parts, sums, strict=True):
            self.total = [a + b for a, b in zip(self.total, found, strict=True)]
            self._sums = [a + b for a, b in zip(self._sums, found, strict=True)]
            self._known += images
            since = self._known - self._before
            if since >= window_of(self.steps) * self.config.batch_size or self._known == self.images:
                point = record([s / since for s in self._sums], self.config)
                taken = (self.epoch - 1) * self.steps + math.ceil(self._known / self.config.batch_size)
                self.reporter.window(taken, self.epoch, reconstruction=point["reconstruction"], kl=point["kl"])
                self._sums, self._before = [0.0, 0.0], self._known
