"""Noise that can learn: the reparameterisation trick, tried and measured."""

import numpy as np
import streamlit as st

from ui.components.notebook import show_code
from ui.shell import run_picker
from ui.shell.page_bar import page_bar
from ui.shell.streamlit_patches import through_app
from ui.store import gallery
from ui.text import glossary
from ui.understand import log_variance, noise

through_app()

page_bar(
    "noise",
    "In training, the decoder gets a random point of the bubble: **z = mean + noise × std**, where the noise is a roll "
    "of the dice.",
    help=glossary.tips("std", "noise"),
)
run = gallery.gallery("two-knobs")
complete = noise.noisy(run)
show_code(run, "noise")
if not complete:
    run_picker.no_originals(run)
worth = noise.worth_of_the_trick(str(run.path))
plain, helped = (np.sort(values) for values in (worth.plain, worth.with_baseline))


def about(value: float) -> str:
    """Two digits: more would not hold for other rolls."""
    return f"{float(f'{value:.2g}'):,.0f}"


st.markdown(
    "**Measured.** To know the direction as well as from *one* roll with the trick, you need about "
    f"{about(np.median(plain))} rolls without it (the median of ten pictures; from {about(plain[0])} to "
    f"{about(plain[-1])}). Even with the helper it takes {about(np.median(helped))} ({about(helped[0])} to "
    f"{about(helped[-1])}). Training has one roll per picture and step. That is why the trick matters."
)
st.markdown(
    "**Why it works.** Dice have no slope: nobody can ask “what if the six had been a little more six?”. The trick "
    "moves the dice out of the way. They are rolled first, and then stay as they are; mean and std come in through a "
    "sum and a product, and those have slopes."
)
log_variance.log_variance()
log_variance.shapes_of_noise()
st.page_link("pages/loss.py", label="What exactly is the error? The loss", icon=":material/balance:")
