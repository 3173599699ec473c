"""Noise that can learn: the reparameterisation trick, thrown and measured."""

import numpy as np
import streamlit as st

from ui.shell import run_picker
from ui.shell.streamlit_patches import through_app
from ui.store import gallery
from ui.text import glossary
from ui.text.page_intros import looking_at
from ui.understand import noise

through_app()

run_picker.head(
    "Noise that can learn",
    "In training, the decoder does not get the middle of a bubble. It gets a random point: **z = mean + noise × std**, "
    "where the noise is a throw of the dice. Writing it this way is a trick; what it saves is measured below.",
    help=glossary.tips("std", "noise"),
)
run = gallery.gallery("two-knobs")
looking_at(
    "A test picture went through the **encoder**, and came out as a bubble: a mean and a standard deviation (std). "
    "Throw the dice and draws appear in the bubble; part 3 shows each of them decoded. "
    "Drag the green ring, or stretch the std, and watch all draws follow.",
    "The solid ring is one standard deviation, the dashed one two: in two dimensions 39 of 100 draws fall into the "
    "first and 86 into the second. The dice are 200 pairs of numbers from N(0, 1), thrown once, so that they can lie "
    "still while you move the bubble.\n\n"
    "**The gradient** says how to move the mean so that the error of the rebuilt picture falls. *With the trick*, one "
    "throw gives the slope of the error at z, and the mean inherits it (Kingma & Welling 2014). *Without*, one knows "
    "only how large the error was: one throws, and moves towards throws that went well, error × noise / std (the score "
    "function, or REINFORCE: Williams 1992). Both are right on average. The *helper* takes off the average error of "
    "the other throws first, which is the usual remedy.\n\n"
    "The throws of part 4 are those of the model’s own bubble, measured when the gallery was made; dragging the mean "
    "above does not change them.",
)
complete = noise.noisy(run)
if not complete:
    run_picker.no_originals(run)
worth = noise.worth_of_the_trick(str(run.path))
plain, helped = (np.sort(values) for values in (worth.plain, worth.with_baseline))


def about(value: float) -> str:
    """Two digits: more would not be repeated by other throws."""
    return f"{float(f'{value:.2g}'):,.0f}"


st.markdown(
    f"**Measured.** To know the direction as well as *one* throw with the trick tells it, one needs about "
    f"{about(np.median(plain))} throws without it (the middle of ten pictures; from {about(plain[0])} to "
    f"{about(plain[-1])}). Even with the helper it takes {about(np.median(helped))} ({about(helped[0])} to "
    f"{about(helped[-1])}). Training has one throw per "
    "picture and step. That is why the trick matters."
)
st.markdown(
    "**Why it works.** Dice have no slope: nobody can ask “what if the six had been a little more six?”. The trick "
    "moves the dice out of the way. They are thrown first, and then lie still; mean and std come in by a sum and "
    "a product, and those have slopes."
)
st.page_link("pages/loss.py", label="What exactly is the error? The loss", icon=":material/balance:")
