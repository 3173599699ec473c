"""What /autoencoder shows: two maps with a code to drag, and how good random codes are (100 of them: ``dice``)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from ui.components import browser_decoder
from ui.components.bridge import base64_of, component, versioned
from ui.components.payloads.understand import CodesMap
from ui.shell import browser_input
from ui.store import cache
from ui.store.gallery import last
from ui.text.evidence import Figure, figure
from vae_core import measured
from vae_core.analysis import posterior
from vae_core.runs.run import Run

_holes = component("holes", "understand/autoencoder.js")
INSIDE = 0.97  # how far out a hole may lie that is shown: no farther than so many of the codes, in any direction


def dice_report(path: str) -> dict[str, Figure]:
    """How good a model of the gallery is at rebuilt, random and halfway pictures (``measured.clearness``).

    ``lost`` is the share of random codes in a hole, in per cent; of the others, how many of the ten most similar
    rebuilt pictures show the same digit. Errors are of test pictures, in nats.
    """
    run = Run(Path(path))
    seen, tested = measured.load("clearness")[run.id], run.metrics()[last(run)]
    own = "prior" if run.config.is_vae else "spread"
    return {
        "error": figure(tested["test_mean"]["reconstruction"]),
        "error_with_noise": figure(tested["test"]["reconstruction"]), "lost": figure(seen[own]["lost"], 100),
        "random": figure(seen[own]["clear"], 10),
        **{kind: figure(seen[kind]["clear"], 10) for kind in ("copies", "correlated", "straight", "round")},
    }  # fmt: skip


@st.cache_data(show_spinner=False, max_entries=8)
def _map_of_codes(path: str, title: str) -> CodesMap:
    """One of the two maps on /autoencoder: codes, the usual distance between neighbours, and a telling hole."""
    run = Run(Path(path))
    epoch, names = last(run), run.dataset.class_names
    mean, labels = cache.latents(path, epoch).mean[: cache.COMMON], cache.labels(path)[: cache.COMMON]
    usual = posterior.gaps(mean)
    far = float(np.quantile(usual, 0.99))
    hole = posterior.strangest_hole(mean, far, lambda z: browser_decoder.decoded(run, epoch, z), INSIDE)
    typical = cache.typical_first(path, epoch, 3)[0]
    low, high = np.quantile(mean, 0.004, axis=0), np.quantile(mean, 0.996, axis=0)
    centres = [(np.median(mean[labels == c], axis=0), names[c]) for c in np.unique(labels)]
    return {
        "run": run.id, "title": title, "points": base64_of(mean, "f4"), "labels": base64_of(labels, "u1"),
        "centres": [(float(x), float(y), name) for (x, y), name in centres],
        "range": [[float(low[k]), float(high[k])] for k in (0, 1)],
        "gap": float(np.median(usual)), "wide": float(np.quantile(usual, 0.9)), "far": far,
        "hole": hole.tolist(), "start": cache.latents(path, epoch).mean[typical].tolist(),
        "decoder": browser_decoder.name_of(run, epoch),
    }  # fmt: skip


@st.cache_data(show_spinner=False, max_entries=8)
def dice_on_the_map(path: str) -> tuple[int, int, int]:
    """Of 100 draws from N(0, 1) on a map of two numbers: how many fall into a hole, how many classes are nearest to at
    least two of them, and how often the commonest class is. The same that ``static/understand/autoencoder.js`` counts.
    """
    from vae_core.analysis.sampling import noise

    run = Run(Path(path))
    mean, labels = cache.latents(path, last(run)).mean[: cache.COMMON], cache.labels(path)[: cache.COMMON]
    dice = noise(100, 2, 0)
    away = np.linalg.norm(dice[:, None] - mean, axis=-1)
    holes = away.min(1) > np.quantile(posterior.gaps(mean), 0.99)
    counts = np.bincount(labels[away.argmin(1)])
    return int(holes.sum()), int((counts > 1).sum()), int(counts.max())


@st.cache_data(show_spinner=False, max_entries=8)
def beyond_the_dice(path: str) -> tuple[float, float]:
    """How far from zero the farthest of these 100 draws is, and the share of test pictures whose codes lie farther."""
    from vae_core.analysis.sampling import noise

    run = Run(Path(path))
    reach = float(np.linalg.norm(noise(100, 2, 0), axis=1).max())
    mean = cache.latents(path, last(run)).mean
    return reach, float((np.linalg.norm(mean, axis=1) > reach).mean())


def holes(classic: Run, vae: Run) -> None:
    """Two maps of codes side by side, with a code on each that one drags."""
    from vae_core.analysis.sampling import noise

    titles = ("Classic autoencoder", "VAE")
    pairs = [_map_of_codes(str(run.path), title) for run, title in zip((classic, vae), titles, strict=True)]
    names = list(vae.dataset.class_names)
    data = versioned({"maps": pairs, "names": names, "dice": base64_of(noise(100, 2, 0), "f4")})
    _shown((classic, vae), data)


@st.fragment
def _shown(runs: tuple[Run, ...], data: dict[str, Any]) -> None:
    """With both decoders, once somebody sees the maps: they are half a megabyte each."""
    _holes(key="holes", data=data, on_wanted_change=lambda: None)
    if browser_input.place(browser_input.sent("holes", "wanted"), 2):
        for run in runs:
            browser_decoder.send_decoder(f"decoder_{run.id}", run, last(run))
