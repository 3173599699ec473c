"""How clearly a model's invented pictures are digits, for each shape of the dice (``noise_shapes``).

Clear is what ``posterior.agreement`` says: of the ten most similar rebuilt pictures, how many show the same class. The
dice are measured on other codes than those whose pictures are compared, or they would be praised for what they know by
heart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vae_core.analysis import noise_shapes, posterior

LEARNED = 2_000  # codes on which the dice are measured, and as many pictures that are compared
NEIGHBOURS = 10  # so many pictures at least are compared, or there is nothing to count

Decode = Callable[[np.ndarray], np.ndarray]  # codes (n, d) to pictures (n, pixels), all on one scale


@dataclass(frozen=True)
class Known:
    """What a model's pictures are held against: codes for the dice, and rebuilt pictures that these do not know."""

    codes: np.ndarray  # (n, d)
    labels: np.ndarray  # (n,)
    rebuilt: np.ndarray  # (m, pixels)
    rebuilt_labels: np.ndarray  # (m,)


def known(codes: np.ndarray, labels: np.ndarray, decode: Decode) -> Known | None:
    """Codes (n, d) of test pictures in two parts, few of them in halves. None where they are too few, or one class."""
    order = np.arange(2 * LEARNED)
    if len(codes) < 2 * LEARNED:
        order = np.random.default_rng(0).permutation(len(codes))  # classes may take turns
    first, second = np.array_split(order, 2)
    if len(second) <= NEIGHBOURS or len(np.unique(labels[second])) < 2:
        return None
    return Known(codes[first], labels[first], decode(codes[second]), labels[second])


def learned_from(count: int) -> int:
    """Of so many codes, on how many the dice are measured (``known``)."""
    return min(-(-count // 2), LEARNED)


def of_rolls(found: Known, decode: Decode, name: str, seeds: int, rolls: int) -> np.ndarray:
    """How clear the pictures of so many ``rolls`` are on average, 0 to 1, for each of the ``seeds``."""
    from vae_core.analysis.sampling import noise  # torch, which those who only read what was measured do not need

    shape = noise_shapes.fitted(name, found.codes, found.labels)
    means = []
    for seed in range(seeds):
        codes = shape.codes(noise(rolls, found.codes.shape[1], seed), noise_shapes.turns(rolls, seed))
        means.append(posterior.agreement(decode(codes), found.rebuilt, found.rebuilt_labels).mean())
    return np.array(means)


def of_copies(found: Known, decode: Decode, count: int) -> float:
    """The same of rebuilt test pictures: as clear as it gets."""
    return float(posterior.agreement(decode(found.codes[:count]), found.rebuilt, found.rebuilt_labels).mean())


def table(found: Known, decode: Decode, seeds: int, rolls: int) -> dict[str, list[float]]:
    """Of each shape the mean over the seeds, 0 to 1, and how far one seed's mean lies from it (std)."""
    classes = int(found.labels.max()) + 1
    measured = {
        name: of_rolls(found, decode, name, seeds, rolls) for name in noise_shapes.offered(found.labels, classes)
    }
    return {name: [float(each.mean()), float(each.std(ddof=1))] for name, each in measured.items()}
