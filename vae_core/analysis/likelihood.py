"""How probable a model finds a picture: importance-weighted lower bounds on log p(x). numpy alone, no torch.

Burda, Grosse & Salakhutdinov 2016 (importance weighted autoencoders), eq. 8: for K codes z_k drawn from the bubble
q(z|x),

    L_K = E[ log( 1/K * sum_k w_k ) ],    w_k = p(x|z_k) p(z_k) / q(z_k|x).

L_1 is the ELBO. Theorem 1 there: L_1 <= L_2 <= ... <= log p(x), and L_K comes as near to log p(x) as one likes, slowly.
The logarithm of the weights is all that is kept of them, and sums are taken below the largest, so nothing overflows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from vae_core import inference
from vae_core.architecture import Architecture

AT_ONCE = 500  # codes decoded together: what a decoder of convolutions keeps of more would fill the memory
# Each divides the next: groups of draws then lie in one another, so that no bound is below the one before (``bounds``).
LADDER = (1, 5, 10, 50, 100, 500)


def log_bernoulli(logits: np.ndarray, x: np.ndarray) -> np.ndarray:
    """log p(x|z) of pictures x (..., pixels) in [0, 1], each pixel white with the chance sigmoid(logit): (...,).

    In nats: minus the BCE, and the logarithm of a chance only if every pixel is 0 or 1. log(1 + e) and not log1p, which
    takes several times as long: what that loses of a pixel is below the last digit of 1.
    """
    left = np.abs(logits)
    np.exp(np.negative(left, out=left), out=left)
    np.log(np.add(left, 1, out=left), out=left)
    return (x * logits - np.maximum(logits, 0) - left).sum(-1, dtype=np.float64)


def log_gaussian(logits: np.ndarray, x: np.ndarray) -> np.ndarray:
    """log p(x|z) of pictures x (..., pixels) under N(sigmoid(logit), 1) at each pixel, (...,): a density, in nats.

    Minus the half squared error, but for a constant.
    """
    away = x - (0.5 + 0.5 * np.tanh(0.5 * logits))
    whole: np.ndarray = -0.5 * np.square(away).sum(-1, dtype=np.float64)
    return whole - 0.5 * np.log(2 * np.pi) * x.shape[-1]


# Minus which log-likelihood a reconstruction term is; a term that is not here is none, and has no bound.
LIKELIHOODS: Mapping[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "bce": log_bernoulli,
    "mse": log_gaussian,
}


def log_weights(
    decode: Callable[[np.ndarray], np.ndarray],
    x: np.ndarray,
    mean: np.ndarray,
    logvar: np.ndarray,
    eps: np.ndarray,
    reconstruction: str = "bce",
) -> np.ndarray:
    """log w of pictures x (n, pixels) in [0, 1] at z = mean + eps * std, (n, draws) in nats.

    mean and logvar are (n, d), eps (n, draws, d) from N(0, I); ``decode`` takes codes (m, d) to logits (m, pixels).
    log p(z) - log q(z|x) is the sum of (eps**2 - z**2) / 2 + log std: the constants cancel. Raises KeyError for a
    reconstruction that is no likelihood.
    """
    likelihood, found = LIKELIHOODS[reconstruction], np.empty(eps.shape[:2])
    for k in range(len(x)):
        z = mean[k] + eps[k] * np.exp(logvar[k] / 2)
        ratio = 0.5 * (np.square(eps[k], dtype=np.float64) - np.square(z, dtype=np.float64) + logvar[k]).sum(-1)
        for start in range(0, len(z), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            found[k, part] = likelihood(decode(z[part]), x[k]) + ratio[part]
    return found


def weights_of(
    layers: Architecture, tensors: inference.Weights, x: np.ndarray, draws: int, seed: int, reconstruction: str
) -> np.ndarray:
    """``log_weights`` (n, draws) of pictures x (n, pixels) under a VAE, each picture with noise of its own."""
    mean, logvar = np.split(inference.run(layers.encoder, tensors, "encoder", x), 2, axis=1)
    eps = np.random.default_rng(seed).standard_normal((len(x), draws, mean.shape[1]), np.float32)
    decode = partial(inference.run, layers.decoder, tensors, "decoder")
    return log_weights(decode, x, mean, logvar, eps, reconstruction)


def pure(x: np.ndarray) -> np.ndarray:
    """Pictures in [0, 1] made pure black and white: each pixel from one half on is white."""
    return (x > 0.5).astype(np.float32)


def log_mean_exp(values: np.ndarray) -> np.ndarray:
    """log(mean(exp(values))) over the last axis, however large or small they are."""
    most = values.max(-1, keepdims=True)
    mean: np.ndarray = np.exp(values - most).mean(-1)
    return np.log(mean) + most[..., 0]


def bounds(weights: np.ndarray, draws: int) -> np.ndarray:
    """Single estimates of L_K with K = ``draws``, of log weights (..., m): (..., m // K), one for each group of K.

    Their average is the better estimate. Groups are taken in order, so where K divides another K' and both divide m,
    the average for K' cannot be below that for K: the logarithm of a mean is at least the mean of the logarithms.
    Raises ValueError unless there are K weights.
    """
    groups = weights.shape[-1] // draws if draws > 0 else 0
    if not groups:
        raise ValueError(f"{weights.shape[-1]} draws cannot be averaged {draws} at a time.")
    whole = weights[..., : groups * draws]
    return log_mean_exp(whole.reshape(*weights.shape[:-1], groups, draws))
