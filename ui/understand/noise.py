"""What /noise shows: draws from a bubble, and what the reparameterisation trick is worth."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from ui.components import browser_decoder
from ui.components.bridge import base64_of, component, versioned
from ui.store import cache
from ui.store.gallery import last
from vae_core.analysis import posterior
from vae_core.runs.run import Run, RunError

_noise = component("noise", "understand/noise.js")


def draws_of(run: Run) -> posterior.Draws:
    """The gallery's measured rolls of the dice of a run. Raises RunError if it has none."""
    dice = posterior.stored_draws(run)
    if dice is None:
        raise RunError(f"The gallery’s model {run.id} has no measured rolls of the dice.")
    return dice


def noisy(run: Run) -> bool:
    """The page on noise: bubbles, rolls of the dice, and both gradients. Says whether the originals are here."""
    path, epoch, dice = str(run.path), last(run), draws_of(run)
    latents = cache.latents(path, epoch)
    assert latents.std is not None
    places = tuple(int(place) for place in dice.places)
    pictures = cache.originals(run, places)
    shown = pictures if pictures is not None else cache.decoded_means(path, epoch, places)
    some = latents.mean[:1_500]
    low, high = np.quantile(some, 0.004, axis=0), np.quantile(some, 0.996, axis=0)
    payload = {
        "run": run.id, "names": list(run.dataset.class_names),
        "pictures": base64_of(run.dataset.shape.flat(shown), "u1"),
        "mean": base64_of(latents.mean[dice.places], "f4"), "std": base64_of(latents.std[dice.places], "f4"),
        "eps": base64_of(dice.eps, "f4"), "loss": base64_of(dice.loss, "f4"), "slope": base64_of(dice.slope, "f4"),
        "points": base64_of(some, "f4"), "labels": base64_of(cache.labels(path)[: len(some)], "u1"),
        "range": [[float(low[k]), float(high[k])] for k in (0, 1)], "redrawn": pictures is None,
        "decoder": browser_decoder.send_decoder("noise_decoder", run, epoch),
    }  # fmt: skip
    _noise(key="noise", data=versioned(payload))
    return pictures is not None


@dataclass(frozen=True)
class Worth:
    """How many draws without the trick say as much as one with it: the ratio of their scatter, for each picture."""

    plain: np.ndarray  # (n,)
    with_baseline: np.ndarray  # (n,)


@st.cache_data(show_spinner=False, max_entries=4)
def worth_of_the_trick(path: str) -> Worth:
    run = Run(Path(path), gallery=True)
    dice, std = draws_of(run), cache.latents(path, last(run)).std
    assert std is not None
    std = std[dice.places]
    trick = posterior.scatter(posterior.with_the_trick(dice.slope, dice.eps)[0])
    plain, helped = (
        posterior.scatter(posterior.without_the_trick(dice.loss, dice.eps, std, baseline=b)[0]) for b in (False, True)
    )
    return Worth(plain / trick, helped / trick)
