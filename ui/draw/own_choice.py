"""Let the bubble choose, on /draw: the visitor's own drawing settles, at the epoch at which they rest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from ui.components import settling
from ui.components.bridge import settled_epoch
from ui.components.drawing_view import Look
from ui.text import glossary
from vae_core.runs.run import Run


def own_choice(run: Run, epochs: Sequence[int], looks: Sequence[Look], image: np.ndarray, thing: str) -> None:
    """For a picture (height, width) uint8, or in colour, and what each epoch makes of it. Nothing for a model without
    bubbles, or with one that the browser cannot descend."""
    if not settling.can_settle(run):
        return
    st.markdown(
        "#### Let its bubble choose\nThe encoder had one try. Now the decoder stays as it is, and your "
        f"{thing}’s mean and std slide down the slope of its own loss.",
        help=glossary.tip("amortisation"),
    )
    _at_rest(run, epochs, looks, image, thing)


@st.fragment
def _at_rest(run: Run, epochs: Sequence[int], looks: Sequence[Look], image: np.ndarray, thing: str) -> None:
    epoch = settled_epoch("own_choice_unseen", run.id, epochs)
    look = looks[list(epochs).index(epoch)]
    if look.std is None or not (np.isfinite(look.mean).all() and np.all(look.std > 0)):
        st.caption("At this epoch the model has no bubble to begin from.")
        return
    model = settling.model_of(run, epoch, "", look.mean[None], 2 * np.log(look.std)[None])
    data = settling.data_of(run, [model], image[None], [f"your {thing}"], f"Your {thing}")
    settling.settling("settling", data, [(run, epoch)])
