"""Let the bubble choose, on /bubbles: ten test pictures, two models of the gallery, and what was measured of many."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from ui.components import settling
from ui.components.payloads.understand import SettlingData
from ui.store import cache
from ui.store.gallery import gallery, last
from ui.text import glossary
from vae_core import measured
from vae_core.runs.run import Run, RunError

MODELS = {"two-knobs": "Two numbers", "lecture": "Twenty numbers"}


@cache.of_pictures(2, of=lambda folders: folders[0])
def _data(folders: tuple[str, ...]) -> SettlingData | None:
    """Of gallery models that keep the same test pictures; None without these pictures. Raises RunError."""
    runs = [Run(Path(folder), gallery=True) for folder in folders]
    places = cache.examples(folders[0])
    same = [run.test_indices()[list(places)] for run in runs]
    if not all(np.array_equal(same[0], each) for each in same):
        raise RunError("The gallery’s models do not keep the same test pictures.")
    pictures = cache.originals(runs[0], places)
    if pictures is None:
        return None
    models = []
    for run, title in zip(runs, MODELS.values(), strict=True):
        found = cache.latents(str(run.path), last(run))
        if found.logvar is None:
            raise RunError(f"The gallery’s model {run.id} has no bubbles.")
        mean, logvar = (each[list(places)] for each in (found.mean, found.logvar))
        models.append(settling.model_of(run, last(run), title, mean, logvar))
    names = [runs[0].dataset.label_names[label] for label in cache.labels(folders[0])[list(places)]]
    return settling.data_of(runs[0], models, pictures, names, "Test picture")


def own_choice() -> None:
    """The experiment with its words. Raises RunError if a model is not whole."""
    runs = [gallery(name) for name in MODELS]
    data = _data(tuple(str(run.path) for run in runs))
    st.markdown(
        "#### Let the bubble choose\nOne encoder must serve all pictures at once. Here one picture serves itself: the "
        "decoder stays as it is, and mean and std slide down the slope of this picture’s own loss."
    )
    if data is None:
        st.caption("This needs the test pictures, which are not on this machine.")
        return
    settling.settling("settling", data, [(run, last(run)) for run in runs])
    st.markdown(in_words(measured.load("amortisation")), help=glossary.tip("amortisation"))


def in_words(found: dict[str, dict[str, Any]]) -> str:
    """What was measured of many pictures, from ``vae_core.measured.amortisation``."""
    two, twenty = (found[name] for name in MODELS)

    def each(of: dict[str, Any]) -> str:
        return (
            f"**{of['gap']:.1f} ± {2 * of['error']:.1f} nats** on average, and the mean moves by {of['moved']:.1f} std"
        )

    return (
        f"**Measured** on {two['pictures']} test pictures. With two numbers, what a bubble chooses for itself saves "
        f"{each(two)}. Half of the pictures save less than {two['median']:.1f}. A few, which the encoder had put in "
        f"the wrong place, save up to {max(two['gaps']):.0f}. With twenty numbers it saves {each(twenty)}. This is the "
        "*amortisation gap*: the price of one encoder for all. In return, a new picture gets its answer at once, "
        "without any search."
    )
