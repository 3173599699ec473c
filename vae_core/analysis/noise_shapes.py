"""Shapes that the dice can have: random codes from N(0, 1), or from Gaussians measured on a run's own codes.

A model learns to draw what its codes mean, wherever these lie. A VAE's penalty gathers them about zero, so that dice
need no measuring; any other model can be asked for new pictures too, once the shape of its codes is known. Each shape
is a mixture of Gaussians, and the same rolls serve them all. Imports no torch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SHAPES = ("prior", "spread", "correlated", "classes", "mixture")
MOST = 10  # Gaussians of the mixture
ROOM = 2  # codes for each of a Gaussian's numbers, at least: of fewer it would learn these codes by heart
FLOOR = 1e-6  # of the mean variance of the codes, which each Gaussian has at least in every direction
TOLERANCE = 1e-3  # nats: a round of EM that gains less is the last one
ROUNDS = 100
FARTHEST = 1e6  # from zero; no code of a training that learns anything lies there


@dataclass(frozen=True)
class Shape:
    """A mixture of k Gaussians over codes of d numbers."""

    weights: np.ndarray  # (k,), adding up to 1
    means: np.ndarray  # (k, d)
    roots: np.ndarray  # (k, d, d): the symmetric roots of the covariances, for which rolls move least

    def codes(self, eps: np.ndarray, turn: np.ndarray, spread: float = 1.0) -> np.ndarray:
        """Random codes (n, d) float32: of noise (n, d) from N(0, 1), and turns (n,) in [0, 1) that choose a Gaussian.

        ``spread`` makes every Gaussian so many times as wide.
        """
        which = np.minimum(np.searchsorted(np.cumsum(self.weights), turn, side="right"), len(self.weights) - 1)
        away = np.empty_like(eps, np.float64)
        for k in np.unique(which):
            away[which == k] = eps[which == k] @ self.roots[k]
        return (self.means[which] + spread * away).astype(np.float32)


def turns(count: int, seed: int) -> np.ndarray:
    """Which Gaussian each of ``count`` rolls falls to, (count,) in [0, 1): the same for every model and shape."""
    return np.random.default_rng([seed, 2**32 - 1]).random(count)


def offered(labels: np.ndarray, classes: int) -> tuple[str, ...]:
    """The shapes that can be measured on codes with labels (n,); without classes there is no Gaussian for each."""
    return tuple(name for name in SHAPES if name != "classes" or (classes > 1 and len(known_classes(labels)) > 1))


def figures(name: str, latent_dim: int, gaussians: int) -> int:
    """How many figures have to be measured for a shape: none of the first, and ever more."""
    one = latent_dim + latent_dim * (latent_dim + 1) // 2
    many = gaussians * (one + 1) - 1
    return {"prior": 0, "spread": 2 * latent_dim, "correlated": one}.get(name, many)


def known_classes(labels: np.ndarray) -> list[int]:
    """Classes of which there are codes enough for a Gaussian: two."""
    return [int(c) for c in np.flatnonzero(np.bincount(labels) > 1)]


def fitted(
    name: str, codes: np.ndarray, labels: np.ndarray, only: int | None = None, gaussians: int | None = None
) -> Shape:
    """One of SHAPES, measured on codes (n, d) of classes (n,). ``only``: of ``classes`` the Gaussian of this one.
    ``gaussians``: of a mixture, if not as many as the codes bear.

    Codes that are no numbers any more count as 0: of a training that went wrong there are dice, too.
    """
    codes = np.clip(np.nan_to_num(codes.astype(np.float64), posinf=0.0, neginf=0.0), -FARTHEST, FARTHEST)
    d = codes.shape[1]
    if name == "prior":
        return Shape(np.ones(1), np.zeros((1, d)), np.eye(d)[None])
    if name == "spread":
        return Shape(np.ones(1), codes.mean(0)[None], np.diag(codes.std(0))[None])
    if name == "correlated":
        return _shape(np.ones(1), [codes.mean(0)], [_covariance(codes)])
    if name == "classes":
        parts = [codes[labels == c] for c in known_classes(labels) if only is None or c == only]
        sizes = np.array([len(part) for part in parts], float)
        return _shape(sizes / sizes.sum(), [p.mean(0) for p in parts], [_covariance(p) for p in parts])
    middle = codes.mean(0)  # far from zero, small variances would be lost in rounding
    weights, means, covariances = mixture(codes - middle, gaussians or gaussians_for(*codes.shape))
    return _shape(weights, means + middle, covariances)


def gaussians_for(count: int, latent_dim: int) -> int:
    """How many Gaussians so many codes bear: MOST, or fewer."""
    return int(np.clip(count // (ROOM * latent_dim), 1, MOST))


def _covariance(codes: np.ndarray) -> np.ndarray:
    return np.cov(codes, rowvar=False, bias=True).reshape(codes.shape[1], -1)


def _shape(weights: np.ndarray, means: object, covariances: object) -> Shape:
    values, vectors = np.linalg.eigh(np.asarray(covariances))
    roots = np.einsum("kij,kj,klj->kil", vectors, np.sqrt(np.maximum(values, 0)), vectors)
    return Shape(weights, np.asarray(means), roots)


# ---- ten Gaussians that nobody told where to stand


def mixture(codes: np.ndarray, k: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights (k,), means (k, d) and covariances (k, d, d) of k Gaussians under which codes (n, d) are likely.

    Expectation maximization (Dempster, Laird & Rubin 1977) from the groups of k-means. scikit-learn's GaussianMixture
    does the same (``tests/core/test_noise_shapes.py``), but takes 1.6 s to be imported.
    """
    parts, before = start(codes, k, seed), -np.inf
    for _ in range(ROUNDS):
        logs = log_densities(codes, *parts)
        most = logs.max(1, keepdims=True)
        total = most + np.log(np.exp(logs - most).sum(1, keepdims=True))
        parts = _maximized(codes, np.exp(logs - total))
        if (now := float(total.mean())) - before < TOLERANCE:
            break
        before = now
    return parts


def start(codes: np.ndarray, k: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where ``mixture`` begins: each Gaussian as one of the groups of k-means (Lloyd 1982, Arthur & Vassilvitskii)."""
    random = np.random.default_rng(seed)
    middles = codes[random.integers(len(codes))][None]
    while len(middles) < k:
        away = _away(codes, middles).min(1)
        odds = away / away.sum() if away.sum() > 0 else None
        middles = np.concatenate([middles, codes[random.choice(len(codes), p=odds)][None]])
    nearest = _away(codes, middles).argmin(1)
    for _ in range(ROUNDS):
        middles = np.stack([codes[nearest == j].mean(0) if (nearest == j).any() else middles[j] for j in range(k)])
        before, nearest = nearest, _away(codes, middles).argmin(1)
        if (nearest == before).all():
            break
    return _maximized(codes, np.eye(k)[nearest])


def _away(codes: np.ndarray, middles: np.ndarray) -> np.ndarray:
    found = np.square(codes).sum(1)[:, None] - 2 * codes @ middles.T + np.square(middles).sum(1)
    return np.maximum(found, 0, out=found)


def least_variance(codes: np.ndarray) -> float:
    """What is added to each variance, so that no Gaussian becomes a needle."""
    return FLOOR * float(codes.var(0).mean()) + 1e-12


def _maximized(codes: np.ndarray, shares: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The Gaussians that fit best, if each code (n, d) belongs to each by these shares (n, k)."""
    sizes = shares.sum(0) + 10 * np.finfo(float).eps
    means = shares.T @ codes / sizes[:, None]
    covariances = np.stack([(share[:, None] * codes).T @ codes for share in shares.T]) / sizes[:, None, None]
    covariances -= means[:, :, None] * means[:, None, :]
    covariances += least_variance(codes) * np.eye(codes.shape[1])
    return sizes / sizes.sum(), means, covariances


def log_densities(codes: np.ndarray, weights: np.ndarray, means: np.ndarray, covariances: np.ndarray) -> np.ndarray:
    """The logarithm of each Gaussian's weight times its density at codes (n, d), (n, k)."""
    found = np.empty((len(codes), len(weights)))
    for j, (weight, mean, covariance) in enumerate(zip(weights, means, covariances, strict=True)):
        whitening = np.linalg.inv(np.linalg.cholesky(covariance)).T
        found[:, j] = np.log(weight) - 0.5 * np.square(codes @ whitening - mean @ whitening).sum(1)
        found[:, j] += np.log(np.diag(whitening)).sum() - 0.5 * len(mean) * np.log(2 * np.pi)
    return found
