"""What the pages of the lecture's ideas send to the browser: measured once, cached, and small."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from ui import maps, readers
from ui.components import base64_of, component, sprite, token
from vae_core import paths
from vae_core.analysis import posterior
from vae_core.datasets import registry
from vae_core.runs.run import Run, RunError
from vae_core.runs.schema import LARGEST

_holes = component("holes", "holes.js")
_bubbles = component("bubbles", "bubbles.js")
_noise = component("noise", "noise.js")
_pixel = component("pixel", "pixel.js")
_damage = component("damage", "damage.js")
_penalty = component("penalty", "penalty.js")
_tradeoff = component("tradeoff", "tradeoff.js")

DICE = 500  # random codes, or middles of two codes, over which the numbers of a page are averaged
MIXED = 2_000  # bubbles in the picture of all together
CELLS = 72  # a side of the picture of all bubbles together


def gallery(name: str) -> Run:
    """A model of the gallery. Raises RunError if it is not there, or not whole."""
    run = Run(paths.GALLERY / name, gallery=True)
    if not run.path.exists():
        raise RunError(f"This page needs the gallery’s model {name}, which is missing from checkpoints/pretrained.")
    run.check()
    if not run.weight_epochs():
        raise RunError(f"The gallery’s model {name} has no weights.")
    return run


def last(run: Run) -> int:
    return run.weight_epochs()[-1]


def _version(payload: dict[str, Any]) -> dict[str, Any]:
    return {**payload, "version": token(payload)}


# --- Autoencoder or VAE? ---


@st.cache_data(show_spinner=False, max_entries=20)
def dice_report(path: str) -> dict[str, float]:
    """How a model's rebuilt, random and half-way pictures fare: measured on kept test codes, without any dataset.

    ``far`` is the share of random codes that lie farther from all real ones than 99 in 100 of those from each other,
    ``middle_far`` that of the codes half-way between two real ones;
    ``*_clear`` are agreements (``bubbles.agreement``) with the model's own rebuilt pictures.
    """
    from vae_core.analysis import sampling

    run = Run(Path(path))
    epoch, model = last(run), readers.model(path, last(run))
    mean, labels = readers.latents(path, epoch).mean[:2_000], readers.labels(path)[:2_000]
    usual = posterior.gaps(mean)
    thrown = _random_codes(run, mean)
    one, other = np.random.default_rng(0).integers(0, len(mean), (2, 4 * DICE))
    between = np.flatnonzero(labels[one] != labels[other])[:DICE]
    middles = (mean[one[between]] + mean[other[between]]) / 2
    away = posterior.nearest(mean, thrown)
    rebuilt = sampling.decode(model, mean).reshape(-1, run.dataset.shape.pixels) / 255

    def clear(codes: np.ndarray) -> float:
        pictures = sampling.decode(model, codes).reshape(-1, run.dataset.shape.pixels) / 255
        return float(posterior.agreement(pictures, rebuilt, labels).mean())

    known = posterior.agreement(rebuilt[:DICE], np.delete(rebuilt, np.s_[:DICE], 0), labels[DICE:])
    return {
        "error": float(run.metrics()[epoch]["test_mean"]["reconstruction"]),
        "gaps": float(np.median(away) / np.median(usual)), "far": float((away > np.quantile(usual, 0.99)).mean()),
        "rebuilt_clear": float(known.mean()), "random_clear": clear(thrown), "middle_clear": clear(middles),
        "middle_far": float((posterior.nearest(mean, middles) > np.quantile(usual, 0.99)).mean()),
    }  # fmt: skip


def _random_codes(run: Run, mean: np.ndarray) -> np.ndarray:
    from vae_core.analysis import sampling

    if run.config.is_vae:
        return sampling.sample_prior(DICE, run.config.latent_dim, seed=0)
    return sampling.sample_codes(mean, DICE, seed=0)


@st.cache_data(show_spinner=False, max_entries=8)
def _map_of_codes(path: str, title: str) -> dict[str, Any]:
    """One of the two maps on /autoencoder: codes, the usual distance between neighbours, and a telling hole."""
    run = Run(Path(path))
    epoch, names = last(run), registry.get(run.config.dataset).class_names
    mean, labels = readers.latents(path, epoch).mean[: readers.COMMON], readers.labels(path)[: readers.COMMON]
    usual = posterior.gaps(mean)
    far = float(np.quantile(usual, 0.99))
    hole = posterior.strangest_hole(mean, far, lambda z: maps.decoded(run, epoch, z))
    typical = readers.typical_first(path, epoch, 3)[0]
    low, high = np.quantile(mean, 0.004, axis=0), np.quantile(mean, 0.996, axis=0)
    centres = [(np.median(mean[labels == c], axis=0), names[c]) for c in np.unique(labels)]
    return {
        "run": run.id, "title": title, "points": base64_of(mean, "f4"), "labels": base64_of(labels, "u1"),
        "centres": [[float(x), float(y), name] for (x, y), name in centres],
        "range": [[float(low[k]), float(high[k])] for k in (0, 1)],
        "gap": float(np.median(usual)), "wide": float(np.quantile(usual, 0.9)), "far": far,
        "hole": hole.tolist(), "start": readers.latents(path, epoch).mean[typical].tolist(),
        "decoder": maps.decoder(run, epoch),
    }  # fmt: skip


@st.cache_data(show_spinner=False, max_entries=8)
def dice_on_the_map(path: str) -> tuple[int, int, int]:
    """Of 100 draws from N(0, 1) on a map of two numbers: how many fall into a hole, how many classes are nearest to at
    least two of them, and how often the commonest class is. The same that ``static/holes.js`` counts.
    """
    from vae_core.analysis.sampling import noise

    run = Run(Path(path))
    mean, labels = readers.latents(path, last(run)).mean[: readers.COMMON], readers.labels(path)[: readers.COMMON]
    dice = noise(100, 2, 0)
    away = np.linalg.norm(dice[:, None] - mean, axis=-1)
    holes = away.min(1) > np.quantile(posterior.gaps(mean), 0.99)
    counts = np.bincount(labels[away.argmin(1)])
    return int(holes.sum()), int((counts > 1).sum()), int(counts.max())


def holes(classic: Run, vae: Run) -> None:
    """Two maps of codes side by side, with a code on each that one drags."""
    from vae_core.analysis.sampling import noise

    titles = ("Classic autoencoder", "VAE")
    pairs = [_map_of_codes(str(run.path), title) for run, title in zip((classic, vae), titles, strict=True)]
    names = list(registry.get(vae.config.dataset).class_names)
    _holes(key="holes", data=_version({"maps": pairs, "names": names, "dice": base64_of(noise(100, 2, 0), "f4")}))


# --- Bubbles ---


@st.cache_data(show_spinner=False, max_entries=8)
def _bubbles_of(path: str, title: str) -> dict[str, Any]:
    """One panel of /bubbles: some bubbles at every epoch with the forces on them, and all of them together."""
    run = Run(Path(path), gallery=True)
    forces, epochs = posterior.kept_forces(run), run.latent_epochs()
    if forces is None or len(forces.on_mean) != len(epochs):
        raise RunError(f"The gallery’s model {run.id} has no measured forces.")
    latents = [readers.latents(path, epoch) for epoch in epochs]
    means = np.stack([found.mean[forces.places] for found in latents])
    logvars = np.stack([found.logvar[forces.places] for found in latents if found.logvar is not None])
    reach = float(max(2.5, 1.08 * np.quantile(np.abs(means), 0.99)))
    pictures, shapes = [], []
    for found in latents:
        assert found.logvar is not None
        cells = posterior.density(found.mean[:MIXED], found.logvar[:MIXED], reach, CELLS)
        pictures.append(np.rint(255 * np.sqrt(cells / cells.max())).astype(np.uint8))
        centre, covariance = posterior.together(found.mean[:MIXED], found.logvar[:MIXED])
        values, vectors = np.linalg.eigh(covariance)
        angle = float(np.arctan2(vectors[1, 1], vectors[0, 1]))
        shapes.append([*centre.tolist(), *np.sqrt(values[::-1]).tolist(), angle])
    return {
        "run": run.id, "title": title, "beta": run.config.beta, "reach": reach,
        "means": base64_of(means, "f4"), "logvars": base64_of(logvars, "f4"),
        "on_mean": base64_of(forces.on_mean, "f4"), "on_logvar": base64_of(forces.on_logvar, "f4"),
        "cells": base64_of(np.stack(pictures), "u1"), "shapes": shapes,
        "labels": base64_of(readers.labels(path)[forces.places], "u1"), "epochs": epochs,
        "decoder": maps.decoder(run, last(run)),
    }  # fmt: skip


TWO_KNOBS = {
    "two-knobs-beta-0": "No penalty", "two-knobs-beta-0.1": "Small penalty", "two-knobs": "The lecture’s penalty",
    "two-knobs-beta-4": "Large penalty",
}  # fmt: skip


def bubble_panels(titles: dict[str, str]) -> None:
    """The bubbles of some gallery models beside each other, under one epoch."""
    panels = [_bubbles_of(str(gallery(name).path), title) for name, title in titles.items()]
    payload = {
        "panels": panels,
        "epochs": panels[0]["epochs"],
        "size": CELLS,
        "names": list(registry.get("mnist").class_names),
    }
    _bubbles(key="bubbles", data=_version(payload))


@dataclass(frozen=True)
class Overlaps:
    """The shown bubbles of a run at its last epoch, in numbers: the same that ``static/bubbles.js`` counts."""

    radius: float  # the middle value of the std
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
    return InWords(*(float(values.mean()) for values in (pull, outward, inward, shrink, swell)))


def _forced(run: Run, epoch: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, posterior.Forces]:
    """Mean, logvar, class of the bubbles whose forces ship, and the forces. Raises RunError."""
    forces, latents = posterior.kept_forces(run), readers.latents(str(run.path), epoch)
    if forces is None or latents.logvar is None:
        raise RunError(f"The gallery’s model {run.id} has no measured forces.")
    places = forces.places
    return latents.mean[places], latents.logvar[places], readers.labels(str(run.path))[places], forces


# --- Noise that can learn ---


def thrown(run: Run) -> posterior.Dice:
    """The gallery's measured throws of a run. Raises RunError if it has none."""
    dice = posterior.kept_dice(run)
    if dice is None:
        raise RunError(f"The gallery’s model {run.id} has no measured throws of the dice.")
    return dice


def noisy(run: Run) -> bool:
    """The page on noise: bubbles, throws, and both kinds of gradient. Says whether the originals are here."""
    path, epoch, dice = str(run.path), last(run), thrown(run)
    latents = readers.latents(path, epoch)
    assert latents.std is not None
    places = tuple(int(place) for place in dice.places)
    pictures = readers.originals(run, places)
    shown = pictures if pictures is not None else readers.decoded_means(path, epoch, places)
    some = latents.mean[:1_500]
    low, high = np.quantile(some, 0.004, axis=0), np.quantile(some, 0.996, axis=0)
    payload = {
        "run": run.id, "names": list(registry.get(run.config.dataset).class_names), "pictures": base64_of(shown, "u1"),
        "mean": base64_of(latents.mean[dice.places], "f4"), "std": base64_of(latents.std[dice.places], "f4"),
        "eps": base64_of(dice.eps, "f4"), "loss": base64_of(dice.loss, "f4"), "slope": base64_of(dice.slope, "f4"),
        "points": base64_of(some, "f4"), "labels": base64_of(readers.labels(path)[: len(some)], "u1"),
        "range": [[float(low[k]), float(high[k])] for k in (0, 1)], "decoder": maps.decoder(run, epoch),
        "redrawn": pictures is None,
    }  # fmt: skip
    _noise(key="noise", data=_version(payload))
    return pictures is not None


@dataclass(frozen=True)
class Worth:
    """How many draws without the trick say as much as one with it: the ratio of their scatter, for each picture."""

    plain: np.ndarray  # (n,)
    with_baseline: np.ndarray  # (n,)


@st.cache_data(show_spinner=False, max_entries=4)
def worth_of_the_trick(path: str) -> Worth:
    run = Run(Path(path), gallery=True)
    dice, std = thrown(run), readers.latents(path, last(run)).std
    assert std is not None
    std = std[dice.places]
    trick = posterior.scatter(posterior.with_the_trick(dice.slope, dice.eps)[0])
    plain, helped = (
        posterior.scatter(posterior.without_the_trick(dice.loss, dice.eps, std, baseline=b)[0]) for b in (False, True)
    )
    return Worth(plain / trick, helped / trick)


# --- The loss ---


def pixel() -> None:
    """One pixel's two errors; needs no run."""
    _pixel(key="pixel", data={"version": "1"})


def damage(run: Run) -> bool:
    """A rebuilt picture that one damages, and what both losses say. Says whether the originals are here."""
    path, epoch = str(run.path), last(run)
    places = readers.first_of_each_class(path)
    originals = readers.originals(run, places)
    mean = readers.latents(path, epoch).mean[list(places)]
    shown = originals if originals is not None else readers.decoded_means(path, epoch, places)
    names = registry.get(run.config.dataset).class_names
    payload = {
        "run": run.id, "names": [names[c] for c in readers.labels(path)[list(places)]],
        "pictures": base64_of(shown, "u1"), "mean": base64_of(mean, "f4"), "decoder": maps.decoder(run, epoch),
        "redrawn": originals is None,
    }  # fmt: skip
    _damage(key="damage", data=_version(payload))
    return originals is not None


def penalty_curves(run: Run) -> posterior.Penalty | None:
    """The penalty's two curves with the run's dimensions on them; None for a model that has no bubbles."""
    latents = readers.latents(str(run.path), last(run))
    if latents.logvar is None:
        return None
    found = posterior.penalty(latents.mean, latents.logvar)
    payload: dict[str, Any] = {"run": run.id, "pictures": len(latents.mean)} | {
        name: np.minimum(getattr(found, name), LARGEST).round(5).tolist() for name in ("variance", "spread", "square")
    }
    _penalty(key="penalty", data=_version(payload))
    return found


def tradeoff(names: tuple[str, ...]) -> list[dict[str, float]]:
    """Reconstruction against KL over the betas of some gallery models, with samples at each. Returns the numbers."""
    stops, numbers = [], []
    for name in names:
        run = gallery(name)
        path, epoch = str(run.path), last(run)
        tested = run.metrics()[epoch]["test"]
        places = readers.first_of_each_class(path)
        rebuilt, invented = readers.decoded_means(path, epoch, places), readers.samples(path, epoch, 10, 0, 1.0)
        numbers.append({"beta": run.config.beta, "reconstruction": tested["reconstruction"], "kl": tested["kl"]})
        stops.append(
            {**numbers[-1], "run": run.id, "rebuilt": sprite(rebuilt[None]), "invented": sprite(invented[None])}
        )
    _tradeoff(key="tradeoff", data=_version({"stops": stops}))
    return numbers
