"""Ways to measure the error of a rebuilt picture: one record each. A new one is one ``register(Reconstruction(...))``.

Imports no torch: a form lists them. What they compute stands in ``losses``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

TITLES: dict[str, str] = {}  # by name, in the order in which a form lists them
_terms: dict[str, Reconstruction] = {}


@dataclass(frozen=True)
class Formulas:
    """What a term computes from logits and pictures x in [0, 1], (b, pixels) each."""

    of_each: Callable[[Tensor, Tensor], Tensor]  # nats of each image (b,), for autograd
    # The same and its gradient by the logits, into given memory, for the step by hand; None: autograd finds it.
    value_and_gradient: Callable[[Tensor, Tensor, Tensor, Tensor], tuple[Tensor, Tensor]] | None = None
    total: Callable[[Tensor, Tensor], Tensor] | None = None  # their sum, where it is quicker than ``of_each``


def _free(images: np.ndarray) -> np.ndarray:
    return np.zeros(len(images))


@dataclass(frozen=True)
class Reconstruction:
    """One term."""

    name: str  # in settings
    title: str
    short: str  # on charts
    formulas: Callable[[], Formulas]
    floor: Callable[[np.ndarray], np.ndarray] = _free  # what a perfect copy of images (n, pixels) in [0, 1] costs, (n,)
    unit: str = "nats"
    glossary: str = "reconstruction"  # the entry that explains it
    kernel: int | None = None  # its number in cuda_step.cu; None: torch's own kernels
    code: str = ""  # ``of_each`` in plain PyTorch, from logits and x, for a notebook; empty: it has none


def register(term: Reconstruction) -> None:
    """From now on a term can be chosen and trained with."""
    _terms[term.name], TITLES[term.name] = term, term.title


def unregister(name: str) -> None:
    del _terms[name], TITLES[name]


def get(name: str) -> Reconstruction:
    """Raises KeyError for a name that ``config`` would not have let through."""
    return _terms[name]


def entropy(images: np.ndarray) -> np.ndarray:
    """-sum(x log x + (1-x) log(1-x)) of images (n, pixels) in [0, 1], (n,): the least that a cross-entropy can be."""
    inside = np.clip(images.astype(np.float64), 1e-12, 1 - 1e-12)
    return -(inside * np.log(inside) + (1 - inside) * np.log(1 - inside)).sum(1)


def _bce() -> Formulas:
    from vae_core.losses import BCE

    return BCE


def _mse() -> Formulas:
    from vae_core.losses import MSE

    return MSE


register(
    Reconstruction(
        "bce", "Binary cross-entropy (BCE)", "BCE", _bce, floor=entropy, glossary="bce", kernel=1,
        code='F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)',
    )
)  # fmt: skip
register(
    Reconstruction(
        "mse", "Squared error", "squared error", _mse, glossary="mse", kernel=0,
        code="0.5 * (torch.sigmoid(logits) - x).square().sum(1)",
    )
)  # fmt: skip
