"""The shape of the dice on /generate: what is chosen, which epochs are shown with it, and what is said of it."""

from __future__ import annotations

import streamlit as st

from ui.components import dice_shapes
from ui.components.bridge import settled_epoch
from vae_core.runs.films import evenly
from vae_core.runs.run import Run

KEY = "dice_of_samples"
SLOW_EPOCHS = 11  # of a long run: each epoch has Gaussians of its own to be found


def default(run: Run) -> str:
    """A VAE's dice are N(0, 1). Any other model has none of its own, so theirs get the shape of its codes."""
    return "prior" if run.config.is_vae else "mixture"


def choice(run: Run) -> tuple[str, int | None]:
    """The shape, and of one Gaussian a class the class that is asked for."""
    return dice_shapes.chosen(KEY, str(run.path), default(run))


def epochs_for(shape: str, every: list[int]) -> list[int]:
    """The epochs of which pictures are shown."""
    return evenly(every, SLOW_EPOCHS) if shape == "mixture" else every


@st.fragment
def clearness(run: Run, epochs: list[int]) -> None:
    """Measures the epoch at which the visitor rests, of a run of which that is not known."""
    if dice_shapes.shipped(run) is None:
        dice_shapes.tell(KEY, run, settled_epoch(f"{KEY}_epoch_unseen", run.id, epochs))


def in_words(run: Run, shape: str) -> str:
    """What these dice are, in one or two sentences."""
    d = run.config.latent_dim
    if shape == "prior":
        return (
            f"Each picture comes from {d} random {'number' if d == 1 else 'numbers'} around zero, mostly between "
            "−2 and 2. "
        )
    count = f"{dice_shapes.figures(run, shape.partition('-')[0]):,} numbers"
    if not run.config.is_vae:
        return (
            "A classic autoencoder has no rule for where codes should lie. So we **measured** where they do, on test "
            f"pictures, and these dice have that shape. It takes {count} to describe it."
        )
    return (
        f"These dice have a shape that we **measured** on the codes of test pictures. It takes {count} to describe it."
    )


WHY = (
    "A model can draw what lies where its codes lie. A classic autoencoder may put them anywhere, so one has to look "
    "where they are. The KL penalty of a VAE puts them about zero, so N(0, 1) will do, and nothing is measured."
)
HOW = (
    "*Clear*: for each picture we take the ten most similar rebuilt test pictures, and count how many show the same "
    "class. The mean over many rolls, out of 10, and how much it changes from seed to seed (±). The dice are measured "
    "on other test pictures than those that are compared. It tells whether a picture looks like one class, not whether "
    "it is sharp, nor whether all classes come up."
)
