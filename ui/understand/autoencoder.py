"""What /autoencoder shows: two maps with a code to drag, and how good random codes are (100 of them: ``dice``)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from ui.components import browser_decoder
from ui.components.bridge import base64_of, component, versioned
from ui.components.payloads import CodesMap
from ui.shell import browser_input
from ui.store import cache
from ui.store.gallery import last
from vae_core.analysis import posterior
from vae_core.runs.run import Run

_holes = component("holes", "understand/autoencoder.js")
DICE = 500  # random codes, or middles of two codes, over which the numbers of a page are averaged


@st.cache_data(show_spinner=False, max_entries=20)
def dice_report(path: str) -> dict[str, float]:
    """How good a model's rebuilt, random and halfway pictures are: measured on kept test codes, without any dataset.

    ``far`` is the share of random codes that lie farther from all real ones than 99 in 100 of those from each other,
    ``middle_far`` that of the codes halfway between two real ones;
    ``*_clear`` are agreements (``bubbles.agreement``) with the model's own rebuilt pictures.
    """
    from vae_core.analysis import sampling

    run = Run(Path(path))
    epoch, model = last(run), cache.model(path, last(run))
    mean, labels = cache.latents(path, epoch).mean[:2_000], cache.labels(path)[:2_000]
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
def _map_of_codes(path: str, title: str) -> CodesMap:
    """One of the two maps on /autoencoder: codes, the usual distance between neighbours, and a telling hole."""
    run = Run(Path(path))
    epoch, names = last(run), run.dataset.class_names
    mean, labels = cache.latents(path, epoch).mean[: cache.COMMON], cache.labels(path)[: cache.COMMON]
    usual = posterior.gaps(mean)
    far = float(np.quantile(usual, 0.99))
    hole = posterior.strangest_hole(mean, far, lambda z: browser_decoder.decoded(run, epoch, z))
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
