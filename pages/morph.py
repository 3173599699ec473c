"""Morph: from one digit to another, through the latent space."""

import numpy as np
import streamlit as st

from ui import picker, readers
from ui.components import Row, epoch_slider, morph_player
from vae_core import data

FRAMES = 33

picker.head(
    "Morph one digit into another",
    "Both pictures become codes. We walk from one code to the other in small steps and **decode** each step.",
)
run = picker.pick_run(default="lecture")
path, epochs = str(run.path), picker.film(run)
labels, names = readers.labels(path), data.CLASS_NAMES[run.config.dataset]


def shuffle(which: str) -> None:
    st.session_state[f"{which}_turn"] = st.session_state.get(f"{which}_turn", 0) + 1


def pick(which: str, title: str, default: int) -> int:
    """The place among the kept pictures of one of the class that the visitor chose."""
    chosen, other = st.columns([3, 1], vertical_alignment="bottom")
    label = chosen.selectbox(
        title, range(len(names)), index=default, format_func=names.__getitem__, key=which, bind="query-params"
    )
    other.button("Another", key=f"another_{which}", on_click=shuffle, args=(which,), width="stretch")
    places = np.flatnonzero(labels == label)
    return int(places[st.session_state.get(f"{which}_turn", 0) % len(places)])


left, right = st.columns(2)
with left:
    start = pick("start", "From", 3)
with right:
    end = pick("end", "To", 8)


@st.cache_data(show_spinner=False, max_entries=300)
def film(path: str, epoch: int, start: int, end: int) -> np.ndarray:
    from vae_core.explore import decode, interpolate

    mean = readers.latents(path, epoch).mean
    return decode(readers.model(path, epoch), interpolate(mean[start], mean[end], FRAMES))


def fade(start: int, end: int) -> tuple[np.ndarray, bool]:
    from vae_core.explore import cross_fade

    originals = readers.originals(run, (start, end))
    pictures = originals if originals is not None else readers.decoded_means(path, epochs[-1], (start, end))
    return cross_fade(pictures[0], pictures[1], FRAMES), originals is not None


epoch_slider(run.id, epochs)
faded, complete = fade(start, end)
words = f"from {names[labels[start]]} to {names[labels[end]]}"
morph_player(
    run.id, epochs,
    [
        Row("Through the latent space", np.stack([film(path, e, start, end) for e in epochs]), f"Morph {words}",
            "each step is a code, decoded", "decoder", epochs),
        Row("Mere mixing of pixels", faded[None], f"Cross-fade {words}", "no model: one fades out, one in", "x"),
    ],
    autoplay=True,
)  # fmt: skip
if not complete:
    picker.no_originals(run)
