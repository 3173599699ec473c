"""Other dice on /autoencoder: a hundred pictures by each of two models, from dice whose shape one chooses."""

from __future__ import annotations

import streamlit as st

from ui.components import dice_shapes
from ui.components.bridge import component, size_of, token
from ui.components.images import sprite
from ui.components.payloads.understand import HundredData, Sheet
from ui.store import cache
from ui.store.gallery import last
from vae_core import measured
from vae_core.runs.run import Run

KEY, DEFAULT = "dice_of_both", "mixture"
HUNDRED = 100
NAMES = ("Classic autoencoder", "VAE")
_hundred = component("hundred", "understand/hundred.js")

HELP = (
    "*Clear*: for each picture we take the ten most similar rebuilt test pictures, and count how many show the same "
    "digit. The bars are the mean over ten times 500 rolls; ± is how far the mean of 500 rolls lies from it (std). "
    "Each model’s dice are measured on the codes of 2,000 test pictures, and compared with 2,000 others. Both models "
    "get the same rolls. It tells whether a picture looks like one digit, not whether it is sharp, nor whether all "
    "digits come up."
)


def choose(classic: Run, vae: Run) -> tuple[str, int | None]:
    """The chooser, and what is chosen: the shape, and of one Gaussian a class the class that is asked for."""
    shape, only = dice_shapes.chosen(KEY, str(vae.path), DEFAULT)
    st.markdown("**Shape of the dice**")
    dice_shapes.dice_shapes(KEY, [classic, vae], ["classic", "VAE"], [last(vae)], shape, only)
    return shape, only


SAME = "Both get **the same 100 rolls**. Point at a picture: the other of the same roll lights up."


def hundred(classic: Run, vae: Run, seed: int, shape: str, only: int | None) -> None:
    """A hundred samples of each model, side by side, from the same rolls of the dice."""
    sheets: list[Sheet] = []
    for run, title in zip((classic, vae), NAMES, strict=True):
        code = dice_shapes.in_code(shape, only)
        images = cache.samples(str(run.path), last(run), HUNDRED, seed, 1.0, code)
        sheets.append({
            "title": title, "note": "noise and a penalty" if run.config.is_vae else "no noise, no penalty",
            "alt": f"{title}: {HUNDRED} pictures from dice of the shape: {dice_shapes.title(run, shape)}",
            "png": sprite(images[None]), "colour": "decoder" if run.config.is_vae else "encoder",
            "clear": (dice_shapes.shipped(run) or {}).get(str(last(run)), {}).get(shape) if only is None else None,
        })  # fmt: skip
    data: HundredData = {"sheets": sheets, "count": HUNDRED, "size": size_of(vae), "version": token(sheets)}
    _hundred(key="hundred", data=data)


def clear(model: str, shape: str) -> float:
    """How clear the pictures of a model of the gallery are with these dice, out of 10."""
    rows = measured.load("noise_shapes")["models"][model]
    return 10 * float(rows[max(rows, key=int)][shape][0])


def lesson() -> str:
    """What the data teach, with their figures."""
    return (
        "**With dice shaped like its codes the classic model invents as well.** Ten Gaussians, measured on its codes, "
        f"give it {clear('autoencoder', 'mixture'):.1f} out of 10; the VAE’s, measured on its own, give "
        f"{clear('lecture', 'mixture'):.1f}. "
        "**What the VAE spares you is measuring that shape**: its penalty pulls all codes towards N(0, 1). Dice of "
        f"that shape give {clear('lecture', 'prior'):.1f} there, and {clear('autoencoder', 'prior'):.1f} with the "
        "classic model. Measured dice do better even for the VAE, whose codes are not quite N(0, 1)."
    )
