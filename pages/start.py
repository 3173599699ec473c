"""The start page: one digit on its way through a model, and the doors."""

import streamlit as st

from ui.shell import tour
from ui.shell.streamlit_patches import through_app
from ui.start import living_picture
from ui.start.living_picture import living_map
from ui.text import page_intros
from ui.text.page_intros import about
from vae_core import paths
from vae_core.runs.index import find_run
from vae_core.runs.run import RunError

through_app()

st.markdown("# Watch a machine learn to imagine")
st.markdown(
    "A **variational autoencoder** (VAE) looks at thousands of handwritten digits, describes each one with a few "
    "numbers, and learns to draw new ones from numbers like these. This one uses only **two numbers**: a place on a "
    "map."
)

model = find_run("two-knobs", folder=paths.GALLERY)
try:
    picture = living_picture.payload(model) if model else None
except RunError:
    picture = None
if picture:
    living_map(picture)
else:
    st.info("The gallery's models are missing from checkpoints/pretrained. Train your own to begin.")

DOORS = [
    ("map", "Watch one learn", "scatter_plot", "Watch its map go from chaos to order.",
     {"run": "two-knobs", "epoch": "0", "play": "1"}),
    ("train", "Train your own", "play_circle", "Press Start and watch it learn, live.", {}),
    ("draw", "Draw a digit", "draw", "See where it belongs, and what a model makes of it.", {}),
]  # fmt: skip
for column, (page, label, icon, sentence, params) in zip(st.columns(len(DOORS)), DOORS, strict=True):
    with column, st.container(border=True, height="stretch"):
        st.page_link(f"pages/{page}.py", label=f"**{label}**", icon=f":material/{icon}:", query_params=params)
        st.caption(sentence)
tour.door()
about(page_intros.START)
st.caption(
    "After Alfredo Canziani’s lecture on VAEs, "
    "[NYU Deep Learning, week 8](https://atcold.github.io/NYU-DLSP20/en/week08/08-3/)."
)
