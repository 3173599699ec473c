"""Morph: from one digit to another, through the latent space."""

import numpy as np
import streamlit as st

from ui import films, picker, readers
from ui.components import Row, epoch_slider, morph_player
from ui.guard import through_app
from vae_core import data, runs

through_app()

FRAMES = 33

picker.head(
    "Morph one picture into another",
    "Both pictures become codes. We walk from one code to the other in small steps, and **decode** each step.",
)
run = picker.pick_run(default="lecture")
path, epochs = str(run.path), picker.film(run)
names = data.CLASS_NAMES[run.config.dataset]
classes = [int(label) for label in np.unique(readers.labels(path))]


def another(which: str) -> None:
    st.session_state[f"{which}_turn"] = st.session_state.get(f"{which}_turn", 0) + 1


def pick(which: str, title: str, default: int) -> tuple[int, int]:
    """Class and place among the kept pictures, the most typical of the class first."""
    chosen, other = st.columns([3, 1], vertical_alignment="bottom")
    label = chosen.selectbox(
        title,
        classes,
        index=classes.index(default) if default in classes else 0,
        format_func=names.__getitem__,
        key=which,
        bind="query-params",
    )
    other.button("Another", key=f"another_{which}", on_click=another, args=(which,), width="stretch")
    places = readers.typical_first(path, epochs[-1], label)
    return label, int(places[st.session_state.get(f"{which}_turn", 0) % len(places)])


left, right = st.columns(2)
with left:
    first, start = pick("start", "From", 3)
with right:
    second, end = pick("end", "To", 8)

epoch_slider(run.id, epochs)
words = f"from {names[first]} to {names[second]}"
faded, complete = films.cross_fade(run, epochs[-1], (start, end), FRAMES)
rows = [
    Row("Through the latent space", np.stack([films.morph(path, e, start, end, FRAMES) for e in epochs]),
        f"Morph {words}", "each step is a code, decoded", "decoder", epochs),
    Row("Mixing pixels", faded[None], f"Cross-fade {words}", "no model: one fades out, one in", "x"),
]  # fmt: skip
classic = runs.find("autoencoder", folder=runs.GALLERY)
try:
    same = classic and films.same_pictures(run, classic, (start, end))
except runs.RunError:
    same = None  # the gallery's copy is damaged; this page is about another run
if classic and same:
    walk = films.morph(str(classic.path), classic.weight_epochs()[-1], *same, FRAMES)
    rows.append(
        Row("Classic autoencoder", walk[None], f"Morph {words} by a classic autoencoder",
            "the same two pictures, codes without noise", "encoder")
    )  # fmt: skip
morph_player(run.id, epochs, rows, autoplay=True)
if not complete:
    picker.no_originals(run)
