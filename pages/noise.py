"""Noise that can learn: the reparameterisation trick, tried and measured."""

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
    "In training, the decoder does not get the middle of a bubble. It gets a random point: **z = mean + noise × "
    "std**, where the noise is a roll of the dice. Writing it this way is a trick; what it saves is measured below.",
    help=glossary.tips("std", "noise"),
)
run = gallery.gallery("two-knobs")
looking_at(
    "A test picture went through the **encoder**, and came out as a bubble: a mean and a standard deviation (std). "
    "Roll the dice, and draws appear in the bubble; part 3 shows each of them decoded. Drag the green ring, or "
    "stretch the std, and watch all draws follow.",
    "The solid ring is one standard deviation, the dashed one two: in two dimensions 39 of 100 draws fall into the "
    "first and 86 into the second. The rolls are 200 pairs of numbers from N(0, 1), drawn once, so that they stay the "
    "same while you move the bubble.\n\n"
    "**The gradient** says how to move the mean so that the error of the rebuilt picture falls. *With the trick*, one "
    "roll of the dice gives the slope of the error at z, and the mean inherits it (Kingma & Welling 2014). *Without* "
    "it, you only know how large the error was: you roll, and move towards rolls that went well, error × noise / std "
    "(the score function, or REINFORCE: Williams 1992). Both are right on average. The *helper* subtracts the average "
    "error of the other rolls first, which is the usual remedy.\n\n"
    "The rolls of part 4 belong to the model’s own bubble, measured when the gallery was made; dragging the mean "
    "above does not change them.",
)
complete = noise.noisy(run)
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
st.page_link("pages/loss.py", label="What exactly is the error? The loss", icon=":material/balance:")
