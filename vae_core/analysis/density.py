"""How far a code is from the data, and so why some samples look bad. Imports no torch."""

from __future__ import annotations

import numpy as np

from vae_core.analysis.knn import squared_distances


def log_aggregate_posterior(
    z: np.ndarray, mean: np.ndarray, logvar: np.ndarray, own: np.ndarray | None = None
) -> np.ndarray:
    """log q(z) of codes z (m, d) in nats, (m,): how thickly the bubbles of n pictures lie at each code.

    q(z) = 1/n sum over pictures of N(z; mean, exp(logvar)), the aggregate posterior (Makhzani et al. 2015; Hoffman &
    Johnson 2016), with mean and logvar (n, d). ``own`` (m,) names the picture whose bubble each code was drawn from: it
    is left out, since a real code would otherwise be vouched for by its own bubble, and an invented one has none.
    """
    z, mean, logvar = (np.asarray(a, np.float64) for a in (z, mean, logvar))  # narrow bubbles cancel in float32
    precision = np.exp(-logvar)
    squares = z**2 @ precision.T - 2 * z @ (mean * precision).T + (mean**2 * precision).sum(1)
    logs = -0.5 * (squares + logvar.sum(1) + z.shape[1] * np.log(2 * np.pi))  # (m, n)
    if own is not None:
        logs[np.arange(len(z)), own] = -np.inf
    highest = logs.max(1, keepdims=True)
    total = np.exp((logs - highest).astype(np.float32)).sum(1, dtype=np.float64)
    return highest[:, 0] + np.log(total) - np.log(len(mean) - (own is not None))


def nearest_code(z: np.ndarray, codes: np.ndarray, own: np.ndarray | None = None) -> np.ndarray:
    """Distance of each z (m, d) to the nearest of the codes (n, d), (m,), each dimension in units of its spread.

    For a classic autoencoder, whose codes have no bubbles. ``own`` (m,): the place of a z that is itself a code.
    """
    squares = _scaled_squares(z, codes)
    if own is not None:
        squares[np.arange(len(z)), own] = np.inf
    return np.sqrt(squares.min(1))


def kinds_around(z: np.ndarray, codes: np.ndarray, labels: np.ndarray, kinds: int, nearest: int = 15) -> np.ndarray:
    """How many of each class are among the codes (n, d) nearest to each z (m, d): counts (m, kinds).

    Distances as in ``nearest_code``, labels (n,). A sample whose neighbours are of several classes
    tends to look like none of them; that it lies far out says less (see docs/decisions.md).
    """
    near = np.argsort(_scaled_squares(z, codes), axis=1)[:, :nearest]
    return np.stack([(labels[near] == kind).sum(1) for kind in range(kinds)], axis=1)


def _scaled_squares(z: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Squared distances (m, n), each dimension in units of the codes' standard deviation."""
    scale = np.maximum(np.asarray(codes, np.float64).std(0), 1e-12)
    return squared_distances(z / scale, codes / scale)


def share_farther(farness: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Of the reference (n,), the share that is farther out than each farness (m,): (m,), 0 to 1."""
    return 1 - np.searchsorted(np.sort(reference), farness, side="right") / len(reference)
