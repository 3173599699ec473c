"""Ways to see d dimensions on a flat screen. Imports no torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

TURNED_BY = 2_000  # points, of more no more is learned
DIRECTIONS = {"space": 3}  # of a view; the others are flat


@dataclass(frozen=True)
class Basis:
    """A linear view: points (n, d) to the plane, (n, 2), or to space, (n, 3). The same basis serves every epoch, so
    that dots travel."""

    centre: np.ndarray  # (d,)
    directions: np.ndarray  # (d, 2), or in space (d, 3)
    explained: tuple[float, ...] | None = None  # share of the variance along each direction, if measured
    turned: bool = False  # within the plane or space of the main directions, so that these are no longer the axes

    def project(self, points: np.ndarray) -> np.ndarray:
        return (points - self.centre) @ self.directions

    def shadow(self, std: np.ndarray) -> np.ndarray:
        """How Gaussians with these standard deviations (n, d) look on the plane: (n, 2, 2), unit circle to ellipse.

        The projection of N(0, diag(std**2)) is Gaussian with covariance D' diag(std**2) D; this is a root of it.
        """
        covariance = np.einsum("ia,ni,ib->nab", self.directions, std**2, self.directions)
        values, vectors = np.linalg.eigh(covariance)
        return vectors * np.sqrt(np.maximum(values, 0))[:, None, :]


def dimensions(latent_dim: int, first: int, second: int) -> Basis:
    """Two of the latent dimensions as they are."""
    directions = np.zeros((latent_dim, 2), np.float32)
    directions[first, 0] = directions[second, 1] = 1
    return Basis(np.zeros(latent_dim, np.float32), directions)


def pca(points: np.ndarray, count: int = 2) -> Basis:
    """The directions in which points (n, d) vary most (Pearson 1901): two, or in space three, of which d must have as
    many; a single number is a line on the plane. Of each direction the largest entry is positive."""
    centre = points.mean(0)
    spread = np.cov(points - centre, rowvar=False, bias=True).reshape(len(centre), len(centre))
    values, vectors = np.linalg.eigh(np.nan_to_num(spread))  # a training that went wrong has a map too
    order = np.argsort(values)[::-1][:count]
    directions = vectors[:, order]
    if directions.shape[1] == 1:  # one latent dimension: a line
        directions, order = np.hstack([directions, [[0.0]]]), np.array([0, 0])
        shares: tuple[float, ...] = (1.0, 0.0)
    else:
        total = max(values.sum(), 1e-12)
        shares = tuple(float(values[k] / total) for k in order)
    signs = np.sign(directions[np.abs(directions).argmax(0), range(directions.shape[1])])
    directions = directions * np.where(signs == 0, 1, signs)
    return Basis(centre.astype(np.float32), directions.astype(np.float32), shares)


def turned(basis: Basis, points: np.ndarray, before: np.ndarray) -> Basis:
    """A basis turned within its plane or space, perhaps mirrored, so that points (n, d) lie as near as they can to
    where they lay ``before``, (n, 2 or 3) (Schönemann 1966). Nothing changes but the axes: distances stay as they are.

    Two main directions of nearly the same variance change places and signs from one epoch to the next for no reason.
    """
    if len(basis.centre) == 1:  # a line has one way to lie, and its sign is fixed
        return basis
    flat = basis.project(points)
    u, _, v = np.linalg.svd(np.nan_to_num((flat - flat.mean(0)).T.astype(float) @ (before - before.mean(0))))
    turn = u @ v
    shares = np.square(turn).T @ np.asarray(basis.explained or np.zeros(len(turn)))
    return Basis(basis.centre, (basis.directions @ turn).astype(np.float32), tuple(shares.tolist()), turned=True)


def turn_onto(points: np.ndarray, goal: np.ndarray) -> np.ndarray:
    """The turn about the origin, perhaps with a mirror, that brings points (n, d) nearest to where others stand.

    ``goal`` (n, d); returns (d, d), for ``points @ turn.T``. The origin stays: it is where the penalty pulls, and
    where the rolls land.
    """
    u, _, v = np.linalg.svd(goal.T.astype(float) @ points.astype(float))
    return u @ v


def astray(points: np.ndarray, goal: np.ndarray) -> float:
    """The median angle, in degrees, between where points (n, 2) and others lie as seen from the origin."""
    turn = np.arctan2(points[:, 1], points[:, 0]) - np.arctan2(goal[:, 1], goal[:, 0])
    return float(np.degrees(np.median(np.abs((turn + np.pi) % (2 * np.pi) - np.pi))))


DENSE = 64  # epochs that are all in the line of ``forebears``; after them every eighth


def forebears(kept: Sequence[int], epoch: int) -> tuple[int, ...]:
    """The kept epochs of which each is turned onto the one before, up to ``epoch``: the same as more are kept."""
    return (*(e for e in kept if e < epoch and (e <= DENSE or e % 8 == 0)), epoch)


def steady_pca(means_of: Callable[[int], np.ndarray], line: Sequence[int], count: int = 2) -> Basis:
    """The main directions at the last epoch of a line, turned onto those of the one before it, and so on.

    ``means_of`` gives the means (n, d) of an epoch. So the map neither turns nor flips while a training goes on.
    """
    basis = pca(means_of(line[0]), count)
    for one, two in pairwise(line):
        basis = onto(basis, means_of(one), means_of(two))
    return basis


def onto(basis: Basis, before: np.ndarray, points: np.ndarray) -> Basis:
    """The main directions of points (n, d), turned so that they lie as those ``before`` did in their basis."""
    same = pca(points, basis.directions.shape[1])
    return turned(same, points[:TURNED_BY], basis.project(before[:TURNED_BY]))


def view_of(
    means_of: Callable[[int], np.ndarray], line: Sequence[int], view: str, first: int = 0, second: int = 1
) -> Basis:
    """The projection of a view for all epochs of a run, by the newest: the last of a line (``forebears``).

    ``dims``: the numbers ``first`` and ``second`` of the code (a code of one has no second); else the main directions,
    of which ``space`` has three.
    """
    if view != "dims":
        return steady_pca(means_of, line, DIRECTIONS.get(view, 2))
    d = means_of(line[-1]).shape[1]
    return dimensions(d, first, min(second, d - 1))


def on_plane(basis: Basis, points: np.ndarray) -> np.ndarray:
    """Points (n, d) as dots of a map, (n, 2), all of them finite.

    A code of one number gives a line: its dots are strewn across it a little, so that they can be told apart.
    """
    places = np.nan_to_num(basis.project(points))
    if len(basis.centre) == 1:
        places[:, 1] = np.random.default_rng(0).normal(0, 0.1, len(places))
    return places


def view_range(frames: Sequence[np.ndarray]) -> list[list[float]]:
    """One window for all epochs: of each all but the outermost tenth of a per cent of points, with some room.

    ``frames``: the dots of each epoch, (n, 2). Returns [[x low, x high], [y low, y high]].
    """
    low = np.min([np.quantile(frame, 0.0005, axis=0) for frame in frames], axis=0)
    high = np.max([np.quantile(frame, 0.9995, axis=0) for frame in frames], axis=0)
    room = np.maximum(high - low, 0.1) * 0.05
    return [[float(low[k] - room[k]), float(high[k] + room[k])] for k in (0, 1)]


def sphere(frames: Sequence[np.ndarray]) -> list[list[float]]:
    """A window about the centre that shows points in space, (n, 3) for each epoch, however they are turned: but for
    the outermost tenth of a per cent. Returns [[-r, r], [-r, r]]."""
    far = max(float(np.quantile(np.linalg.norm(frame, axis=1), 0.999)) for frame in frames)
    return [[-1.02 * max(far, 0.05), 1.02 * max(far, 0.05)]] * 2


def with_room(window: Sequence[Sequence[float]], places: np.ndarray) -> list[list[float]]:
    """A window of ``view_range`` so large that places (n, 2) are inside: what nobody trained on may lie far out."""
    places = places[np.isfinite(places).all(1)]
    wide = [list(ends) for ends in window]
    for (low, high), ends, values in zip(window, wide, places.T, strict=True):
        room = 0.06 * (high - low)
        if len(values) and values.min() < low:
            ends[0] = float(values.min() - room)
        if len(values) and values.max() > high:
            ends[1] = float(values.max() + room)
    return wide


def sphere_with_room(window: Sequence[Sequence[float]], places: np.ndarray) -> list[list[float]]:
    """A window of ``sphere`` so large that places (n, 3) are inside, however they are turned."""
    away = np.linalg.norm(places[np.isfinite(places).all(1)], axis=1)
    far = float(away.max(initial=0.0))
    return [list(ends) for ends in window] if far <= window[0][1] else [[-1.06 * far, 1.06 * far]] * 2
