"""What /bubbles shows below its canvas: bubbles at every epoch under several betas, and the forces on them."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from ui.components.bridge import base64_of, component, publish_bytes, versioned
from ui.components.payloads.understand import BubblePanel
from ui.shell import browser_input
from ui.store import cache
from ui.store.gallery import gallery, last
from vae_core.analysis import posterior
from vae_core.datasets import registry
from vae_core.runs.run import Run, RunError

_bubbles = component("bubbles", "understand/bubbles.js")
MIXED = 2_000  # bubbles in the picture of all together
CELLS = 48  # a side of the picture of all bubbles together


@st.cache_data(show_spinner=False, max_entries=8)
def _bubbles_of(path: str, title: str) -> tuple[BubblePanel, bytes]:
    """One panel of /bubbles: some bubbles at every epoch with the forces on them, and all of them together.

    The numbers, deflated: half floats (epochs, n, 2) of the means, logvars and the forces on both, as they are kept;
    then bytes (epochs, cells, cells).
    """
    run = Run(Path(path), gallery=True)
    forces, epochs = posterior.stored_forces(run), run.latent_epochs()
    if forces is None or len(forces.on_mean) != len(epochs):
        raise RunError(f"The gallery’s model {run.id} has no measured forces.")
    latents = [cache.latents(path, epoch) for epoch in epochs]
    means = np.stack([found.mean[forces.places] for found in latents])
    logvars = np.stack([found.logvar[forces.places] for found in latents if found.logvar is not None])
    reach = float(max(2.5, 1.08 * np.quantile(np.abs(means), 0.99)))
    pictures, shapes = [], []
    for found in latents:
        assert found.logvar is not None
        cells = posterior.density(found.mean[:MIXED], found.logvar[:MIXED], reach, CELLS)
        pictures.append(np.rint(255 * np.sqrt(cells / cells.max())).astype(np.uint8))
        centre, covariance = posterior.aggregate(found.mean[:MIXED], found.logvar[:MIXED])
        values, vectors = np.linalg.eigh(covariance)
        angle = float(np.arctan2(vectors[1, 1], vectors[0, 1]))
        shapes.append([*centre.tolist(), *np.sqrt(values[::-1]).tolist(), angle])
    kept = [each.astype("<f2").tobytes() for each in (means, logvars, forces.on_mean, forces.on_logvar)]
    panel: BubblePanel = {
        "run": run.id, "title": title, "beta": run.config.beta, "reach": reach, "shapes": shapes,
        "labels": base64_of(cache.labels(path)[forces.places], "u1"), "epochs": epochs,
    }  # fmt: skip
    return panel, zlib.compress(b"".join([*kept, np.stack(pictures).tobytes()]), 9)


TWO_KNOBS = {
    "two-knobs-beta-0": "No penalty", "two-knobs-beta-0.1": "Small penalty", "two-knobs": "The lecture’s penalty",
    "two-knobs-beta-4": "Large penalty",
}  # fmt: skip


def bubble_panels(titles: dict[str, str]) -> None:
    """The bubbles of some gallery models beside each other, under one epoch."""
    panels, numbers = zip(*(_bubbles_of(str(gallery(name).path), title) for name, title in titles.items()), strict=True)
    payload = {
        "panels": list(panels),
        "epochs": panels[0]["epochs"],
        "size": CELLS,
        "names": list(registry.get("mnist").class_names),
    }
    _shown(versioned(payload), numbers)


@st.fragment
def _shown(data: dict[str, Any], numbers: tuple[bytes, ...]) -> None:
    """The panels, and their numbers once somebody sees them: a quarter of a megabyte."""
    _bubbles(key="bubbles", data=data, on_wanted_change=lambda: None)
    if browser_input.place(browser_input.sent("bubbles", "wanted"), 2):
        publish_bytes("bubble_numbers", "bubbles at every epoch", {}, numbers)


@dataclass(frozen=True)
class Overlaps:
    """The shown bubbles of a run at its last epoch, in numbers: the same that ``bubbles.js`` counts."""

    radius: float  # the median std
    spread: float  # root mean square of the distance from the centre
    touching: int  # how many overlap by more than half with one of another class
    shown: int


@st.cache_data(show_spinner=False, max_entries=8)
def overlaps(name: str, epoch: int | None = None) -> Overlaps:
    """Of a gallery model with measured forces. Raises RunError."""
    run = gallery(name)
    mean, logvar, labels, _ = _forced(run, last(run) if epoch is None else epoch)
    pairs = posterior.overlap(mean[:, None], logvar[:, None], mean, logvar)
    touching = (pairs > 0.5) & (labels[:, None] != labels)
    radius = np.sqrt(np.exp(logvar).mean(1))
    spread = np.sqrt(np.square(mean).sum(1).mean())
    return Overlaps(float(np.median(radius)), float(spread), int(touching.any(1).sum()), len(labels))


@dataclass(frozen=True)
class InWords:
    """The average forces on the shown bubbles at the last epoch, in nats per unit (of log variance for the sizes)."""

    pull: float  # the length of the reconstruction's force on the mean
    outward: float  # the part of it that points away from the centre
    outward_error: float  # the standard error of that average
    inward: float
    shrink: float
    swell: float


@st.cache_data(show_spinner=False, max_entries=8)
def forces_in_words(name: str) -> InWords:
    run = gallery(name)
    mean, logvar, _, forces = _forced(run, last(run))
    away = np.linalg.norm(mean, axis=1)
    outward = -(forces.on_mean[-1] * mean).sum(1) / away
    swell = run.config.beta * (1 - np.exp(logvar)).sum(1) / 2
    shrink = forces.on_logvar[-1].sum(1)
    inward = run.config.beta * away
    pull = np.linalg.norm(forces.on_mean[-1], axis=1)
    error = outward.std(ddof=1) / len(outward) ** 0.5
    return InWords(*(float(np.mean(values)) for values in (pull, outward, error, inward, shrink, swell)))


def _forced(run: Run, epoch: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, posterior.Forces]:
    """Mean, logvar, class of the bubbles whose forces ship, and the forces. Raises RunError."""
    forces, latents = posterior.stored_forces(run), cache.latents(str(run.path), epoch)
    if forces is None or latents.logvar is None:
        raise RunError(f"The gallery’s model {run.id} has no measured forces.")
    places = forces.places
    return latents.mean[places], latents.logvar[places], cache.labels(str(run.path))[places], forces
