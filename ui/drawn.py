"""What a model makes of a visitor's drawing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from ui import readers
from vae_core.projections import Basis
from vae_core.runs import Run


@dataclass(frozen=True)
class Look:
    """One epoch's view of a drawing."""

    mean: np.ndarray  # (d,)
    std: np.ndarray | None  # (d,); None without noise
    rebuilt: np.ndarray  # (28, 28) uint8, the mean decoded
    imagined: np.ndarray  # (n, 28, 28) uint8, decoded from draws of the bubble


@st.cache_data(show_spinner=False, max_entries=500)
def look(path: str, epoch: int, image: bytes, draws: int) -> Look:
    """Encode and decode a drawing of 784 bytes. The same dice at every epoch."""
    from vae_core.explore import decode, encode, noise

    model = readers.model(path, epoch)
    mean, logvar = encode(model, np.frombuffer(image, np.uint8)[None])
    std = None if logvar is None else np.exp(logvar[0] / 2)
    codes = mean + (0 if std is None else std * noise(draws, mean.shape[1], seed=0))
    decoded = decode(model, np.concatenate([mean, np.broadcast_to(codes, (draws, mean.shape[1]))]))
    return Look(mean[0], std, decoded[0], decoded[1:])


@st.cache_data(show_spinner=False, max_entries=50)
def test_losses(path: str, epoch: int) -> np.ndarray | None:
    """The loss of up to 2,000 test pictures, sorted, nats; None where the dataset is not on this machine."""
    from vae_core.explore import losses

    run = Run(Path(path))
    places = np.arange(min(2_000, len(readers.labels(path))))
    images = readers.originals(run, places)
    if images is None:
        return None
    return np.sort(losses(readers.model(path, epoch), images, run.config.reconstruction, run.config.beta))


def how_unusual(path: str, epoch: int, image: np.ndarray) -> tuple[float, float] | None:
    """The drawing's loss in nats, and the share of test pictures that are harder than it; None without the dataset."""
    from vae_core.explore import losses

    config, others = Run(Path(path)).config, test_losses(path, epoch)
    if others is None:
        return None
    mine = float(losses(readers.model(path, epoch), image[None], config.reconstruction, config.beta)[0])
    return mine, float((others > mine).mean())


def bubble(basis: Basis, look: Look) -> tuple[np.ndarray, np.ndarray]:
    """The mean (1, 2) on the map and the outline (49, 2) of one standard deviation about it, under a projection."""
    turn = np.linspace(0, 2 * np.pi, 49)
    circle = np.stack([np.cos(turn), np.sin(turn)])
    std = np.zeros_like(look.mean) if look.std is None else look.std
    # The shadow of an axis-parallel Gaussian: covariance D' diag(std**2) D, drawn through its root.
    values, vectors = np.linalg.eigh(basis.directions.T @ (basis.directions * std[:, None] ** 2))
    middle = basis.project(look.mean[None])[0]
    outline = middle[:, None] + vectors @ (np.sqrt(np.maximum(values, 0))[:, None] * circle)
    return middle[None], outline.T


def neighbours(path: str, epoch: int, mean: np.ndarray, count: int = 10) -> tuple[int, ...]:
    """Places of the kept test images whose means are nearest to a mean (d,), nearest first."""
    away = np.linalg.norm(readers.latents(path, epoch).mean - mean, axis=1)
    return tuple(int(place) for place in np.argsort(away)[:count])
