"""Bubbles, q(z|x) = N(mean, diag(exp(logvar))), and the places between them, in numbers. Imports no torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vae_core import os_compat
from vae_core.analysis.knn import squared_distances
from vae_core.runs.run import Run


def overlap(mean_a: np.ndarray, logvar_a: np.ndarray, mean_b: np.ndarray, logvar_b: np.ndarray) -> np.ndarray:
    """How much two bubbles cover each other: 0 apart, 1 the same. Arrays (..., d) to (...).

    The Bhattacharyya coefficient, the integral of sqrt(p q) (Bhattacharyya 1943), in closed form for two Gaussians with
    independent dimensions: per dimension sqrt(2 s t / (s² + t²)) exp(-(a - b)² / (4 (s² + t²))).
    """
    var_a, var_b = np.exp(logvar_a), np.exp(logvar_b)
    both = var_a + var_b
    logs = 0.5 * (np.log(2 / both) + (logvar_a + logvar_b) / 2) - np.square(mean_a - mean_b) / (4 * both)
    return np.exp(logs.sum(-1))


def aggregate(mean: np.ndarray, logvar: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Centre (d,) and covariance (d, d) of all bubbles (n, d) mixed in equal parts, the "bubble of bubbles".

    The law of total variance: covariance of the means plus the mean of the variances.
    """
    inside = 0 if logvar is None else np.diag(np.exp(logvar.astype(np.float64)).mean(0))
    return mean.mean(0), np.cov(mean, rowvar=False, bias=True) + inside


def density(mean: np.ndarray, logvar: np.ndarray, reach: float, size: int) -> np.ndarray:
    """The mixture of bubbles (n, 2) on a square of ``size`` cells a side, from -reach to reach; first row at the top.

    Each cell holds the mixture's probability in it: (size, size), adding up to what lies inside the square.
    """
    from scipy.special import ndtr

    edges = np.linspace(-reach, reach, size + 1)
    # A Gaussian with independent dimensions in a cell is a product: its share of the column times its share of the row.
    shares = [np.diff(ndtr((edges - m[:, None]) / s[:, None]), axis=1) for m, s in _by_dimension(mean, logvar)]
    return (shares[1].T @ shares[0] / len(mean))[::-1]


def _by_dimension(mean: np.ndarray, logvar: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    std = np.exp(logvar / 2)
    return [(mean[:, k].astype(np.float64), std[:, k].astype(np.float64)) for k in range(mean.shape[1])]


def nearest(codes: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The distance from each place (m, d) to the nearest of the codes (n, d), (m,)."""
    return _closest(codes, places, others_only=False)


def gaps(codes: np.ndarray) -> np.ndarray:
    """The distance from each code (n, d) to its nearest neighbour, (n,)."""
    return _closest(codes, codes, others_only=True)


def _closest(codes: np.ndarray, places: np.ndarray, *, others_only: bool, chunk: int = 1_000) -> np.ndarray:
    found = []
    for start in range(0, len(places), chunk):
        away = squared_distances(places[start : start + chunk], codes)
        if others_only:
            away[np.arange(len(away)), start + np.arange(len(away))] = np.inf
        found.append(np.sqrt(away.min(1)))
    return np.concatenate(found)


def between(codes: np.ndarray, size: int = 60, inside: float = 0.99) -> np.ndarray:
    """Places (m, 2) of a grid that lie between codes (n, 2).

    Between means: in each of 72 directions, no farther out than 99 of 100 codes, or another share that is ``inside``.
    """
    turn = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    directions = np.stack([np.cos(turn), np.sin(turn)])
    reach = np.quantile(codes @ directions, inside, axis=0)
    low, high = np.quantile(codes, 1 - inside, axis=0), np.quantile(codes, inside, axis=0)
    axes = [np.linspace(low[k], high[k], size) for k in (0, 1)]
    places = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    return places[(places @ directions <= reach).all(1)]


def strangest_hole(
    codes: np.ndarray, far: float, decode: Callable[[np.ndarray], np.ndarray], inside: float = 0.99
) -> np.ndarray:
    """The place (2,) between codes (n, 2), farther than ``far`` from all of them, that is decoded most strangely.

    Strange means unlike anything that is decoded from a code: the largest distance to the nearest of those pictures.
    ``decode``: codes (m, 2) to pictures (m, pixels). Where no place is so far away: the farthest.
    """
    places = between(codes, inside=inside)
    away = nearest(codes, places)
    holes = places[away > min(far, away.max() * (1 - 1e-9))]
    return holes[squared_distances(decode(holes), decode(codes)).min(1).argmax()]


def agreement(pictures: np.ndarray, known: np.ndarray, labels: np.ndarray, neighbours: int = 10) -> np.ndarray:
    """How clearly each picture (m, pixels) is of one class: the largest share of its most similar known ones that are.

    (m,) from 1 / neighbours to 1. ``known`` (n, pixels) with labels (n,); similar by squared distance.
    """
    known = known.astype(np.float32)
    squares, shares = np.square(known).sum(1), []
    for part in np.array_split(pictures.astype(np.float32), max(1, len(pictures) // 500)):
        away = squares - 2 * part @ known.T
        among = labels[np.argpartition(away, neighbours, axis=1)[:, :neighbours]]
        shares.append(np.stack([(among == c).mean(1) for c in np.unique(labels)]).max(0))
    return np.concatenate(shares)


@dataclass(frozen=True)
class Penalty:
    """The KL penalty's two parts for each dimension, averaged over images; each (d,). KL = (spread + square) / 2."""

    variance: np.ndarray  # mean of v
    spread: np.ndarray  # mean of v - log v - 1, the lecture's figure 4
    square: np.ndarray  # mean of mean**2

    @property
    def kl(self) -> np.ndarray:
        return (self.spread + self.square) / 2


def penalty(mean: np.ndarray, logvar: np.ndarray) -> Penalty:
    """Both parts of KL(q(z|x) || N(0, 1)), of images (n, d)."""
    mean, logvar = mean.astype(np.float64), logvar.astype(np.float64)
    v = np.exp(logvar)
    return Penalty(v.mean(0), (v - logvar - 1).mean(0), np.square(mean).mean(0))


@dataclass(frozen=True)
class Forces:
    """What pulls at the bubbles of some kept test images, at each epoch: gradients of the reconstruction term.

    In nats per unit of the latent space, averaged over draws of the noise. Of the penalty they are known without
    pictures: beta * mean, and beta * (v - 1) / 2 for log v.
    """

    places: np.ndarray  # (n,) among the run's kept images
    on_mean: np.ndarray  # (epochs, n, d), from epoch 0
    on_logvar: np.ndarray  # (epochs, n, d)


@dataclass(frozen=True)
class Draws:
    """Some bubbles under the same rolls of the dice eps: the reconstruction of each draw, and its slope there."""

    places: np.ndarray  # (n,)
    eps: np.ndarray  # (draws, d)
    loss: np.ndarray  # (n, draws), nats
    slope: np.ndarray  # (n, draws, d): d loss / d z


def stored_forces(run: Run) -> Forces | None:
    """The gallery's measured forces of a run, or None where it has none. Raises RunError if they are damaged."""
    found = _stored(run, "forces.npz")
    return (
        None if found is None else Forces(found["places"], *(found[k].astype(np.float32) for k in ("mean", "logvar")))
    )


def stored_draws(run: Run) -> Draws | None:
    """The gallery's measured draws of a run, or None where it has none. Raises RunError if they are damaged."""
    found = _stored(run, "dice.npz")
    return None if found is None else Draws(found["places"], found["eps"], found["loss"], found["slope"])


def _stored(run: Run, name: str) -> dict[str, np.ndarray] | None:
    return run.read_npz(run.path / name) if os_compat.exists(run.path / name) else None


def with_the_trick(slope: np.ndarray, eps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Estimates of d E[loss] / d mean and / d std, one for each draw: slope (..., draws, d) and eps (draws, d).

    z = mean + eps * std, so the slope at z passes through: to the mean as it is, to std times eps (Kingma & Welling
    2014, section 2.4).
    """
    return slope, slope * eps


def without_the_trick(
    loss: np.ndarray, eps: np.ndarray, std: np.ndarray, *, baseline: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """The same two from the losses (..., draws) alone, without the decoder's slope: loss times the slope of log q(z).

    The score function or REINFORCE estimator (Williams 1992): d log q / d mean = eps / std, d log q / d std =
    (eps² - 1) / std. With ``baseline`` the mean loss of the other draws is taken off first, which leaves the
    expectation as it is (Kool et al. 2019).
    """
    if baseline:
        n = loss.shape[-1]
        loss = loss - (loss.sum(-1, keepdims=True) - loss) / (n - 1)
    std = std[..., None, :]
    return loss[..., None] * eps / std, loss[..., None] * (np.square(eps) - 1) / std


def scatter(estimates: np.ndarray) -> np.ndarray:
    """How far single estimates (..., draws, d) lie from their mean: the sum of their variances over d, (...)."""
    return estimates.var(-2, ddof=1).sum(-1)
