"""How clear invented and half-way pictures of the gallery's models are, and how many random codes fall into holes.

Clear is ``posterior.agreement``: of the ten most similar rebuilt test pictures, how many show the same digit (here a
share, 0 to 1). These are others than those whose codes give the dice their shape, or dice would be praised for what
they know by heart. Everything is measured with ten seeds of the dice; needs the gallery and the 5,000 embedded digits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from vae_core.analysis import noise_shapes, posterior
from vae_core.analysis.interpolation import interpolate
from vae_core.datasets import registry
from vae_core.measured import gallery
from vae_core.runs.run import Run

SEEDS = range(10)
DICE = 500  # random codes of a seed, and pairs of pictures
KNOWN = 2_000  # test pictures whose codes are used, and as many others, rebuilt, among which the most similar are found
MODELS = (
    "autoencoder", "lecture", "beta-0", "beta-0.1", "beta-4", "beta-10", "two-knobs", "two-knobs-autoencoder",
)  # fmt: skip


class Judge:
    """A model at an epoch, with all that its pictures and codes are compared with."""

    def __init__(self, run: Run, epoch: int) -> None:
        from vae_core.analysis import sampling
        from vae_core.training.checkpoint import load_model

        self.vae, self.model, self.pixels = run.config.is_vae, load_model(run, epoch), run.dataset.shape.pixels
        kept = run.latents(epoch)
        self.mean, self.labels = kept.mean[:KNOWN].astype(np.float32), run.labels()[:KNOWN]
        self.std = None if kept.std is None else kept.std[:KNOWN]
        test = registry.load_test(run.config.dataset)
        others = slice(KNOWN, 2 * KNOWN)
        self.rebuilt = self.pictures(sampling.encode(self.model, test.images[others])[0])
        self.known = test.labels[others]

    def pictures(self, codes: np.ndarray) -> np.ndarray:
        """Codes (n, d) decoded: (n, pixels), 0 to 1."""
        from vae_core.analysis import sampling

        return sampling.decode(self.model, codes).reshape(-1, self.pixels) / np.float32(255)

    def clear(self, codes: np.ndarray) -> np.ndarray:
        """Of each picture decoded from codes (n, d): (n,)."""
        return posterior.agreement(self.pictures(codes), self.rebuilt, self.known)

    def clear_copies(self, seed: int) -> np.ndarray:
        """Of DICE rebuilt test pictures: (DICE,)."""
        return self.clear(self.mean[np.random.default_rng([seed, 1]).permutation(len(self.mean))[:DICE]])

    def met(self, seed: int) -> np.ndarray:
        """A code (n, d) of each picture as the decoder meets it in training: drawn from its bubble, if it has one."""
        from vae_core.analysis.sampling import noise

        if self.std is None:
            return self.mean
        return self.mean + self.std * noise(len(self.mean), self.mean.shape[1], 1_000 + seed)

    def lost(self, codes: np.ndarray, seed: int) -> float:
        """The share of codes (n, d) in a hole: farther from all codes that the decoder meets than 99 in 100 of those
        from each other.

        Not by the distance to the means: with wide bubbles that calls places holes in which it has learned to draw.
        """
        met = self.met(seed)
        return float((posterior.nearest(met, codes) > np.quantile(posterior.gaps(met), 0.99)).mean())

    def halfway(self, seed: int, path: str) -> np.ndarray:
        """Codes (DICE, d) half-way between two pictures of different digits; the same pairs for every model."""
        one, other = np.random.default_rng(seed).integers(0, len(self.mean), (2, 4 * DICE))
        pairs = np.flatnonzero(self.labels[one] != self.labels[other])[:DICE]
        ends = zip(self.mean[one[pairs]], self.mean[other[pairs]], strict=True)
        return np.stack([interpolate(start, end, 3, path)[1] for start, end in ends])

    def real(self, seed: int) -> np.ndarray:
        """Codes (DICE, d) of real pictures, as the decoder meets them."""
        return self.met(seed)[np.random.default_rng([seed, 2]).permutation(len(self.mean))[:DICE]]


def prior(judge: Judge, seed: int) -> np.ndarray:
    """Codes (DICE, d) from N(0, I)."""
    from vae_core.analysis.sampling import sample_prior

    return sample_prior(DICE, judge.mean.shape[1], seed)


def measured_on(judge: Judge, seed: int, shape: str) -> np.ndarray:
    """Codes (DICE, d) from dice whose shape is measured on a model's codes (``noise_shapes.fitted``)."""
    from vae_core.analysis.sampling import noise

    dice = noise_shapes.fitted(shape, judge.mean, judge.labels)
    return dice.codes(noise(DICE, judge.mean.shape[1], seed), noise_shapes.turns(DICE, seed))


THROWS: dict[str, Callable[[Judge, int], np.ndarray]] = {
    "prior": prior, "spread": partial(measured_on, shape="spread"),
    "correlated": partial(measured_on, shape="correlated"),
    "straight": lambda judge, seed: judge.halfway(seed, "straight"),
    "round": lambda judge, seed: judge.halfway(seed, "spherical"),
}  # fmt: skip


def in_short(clear: Sequence[np.ndarray]) -> dict[str, list[float]]:
    """Of some seeds' pictures: how clear they are, and the share of which most of the ten show one digit."""
    return {
        "clear": [round(float(each.mean()), 4) for each in clear],
        "digit": [round(float((each > 0.5).mean()), 4) for each in clear],
    }


def of_model(judge: Judge, seeds: range = SEEDS) -> dict[str, Any]:
    """By kind of codes ``in_short``, and which share is in a hole, for each seed."""
    found: dict[str, Any] = {
        "copies": in_short([judge.clear_copies(seed) for seed in seeds]),
        "real": in_short([judge.clear(judge.real(seed)) for seed in seeds]),
    }
    for name, throw in THROWS.items():
        codes = [throw(judge, seed) for seed in seeds]
        lost = [round(judge.lost(z, seed), 4) for z, seed in zip(codes, seeds, strict=True)]
        found[name] = {**in_short([judge.clear(z) for z in codes]), "lost": lost}
    return found


def measure() -> dict[str, Any]:
    """By model, ``of_model`` at its last epoch."""
    found: dict[str, Any] = {"seeds": len(SEEDS), "dice": DICE}
    for name in MODELS:
        run = gallery(name)
        found[name] = of_model(Judge(run, run.weight_epochs()[-1]))
    return found
