"""The start page: a model already doing something, and the doors."""

import streamlit as st

from ui import maps
from ui.components import living_map
from ui.guard import through_app
from vae_core import runs

through_app()

st.markdown("# Watch a machine learn to imagine")
st.markdown(
    "A **variational autoencoder** (VAE) looks at thousands of handwritten digits, "
    "describes each with a few numbers, and learns to draw new ones from such numbers. "
    "Here you train one yourself, watch it learn, and walk through what it learned. No code."
)

model = runs.find("two-knobs", folder=runs.GALLERY)
try:
    picture = maps.living(model) if model else None
except runs.RunError:
    picture = None
if picture:
    living_map(picture)
    st.caption(
        "Each dot is a digit that this model had never seen, placed by the two numbers it uses to describe it. "
        "Move over the map, or touch it: the model draws what belongs there, also where there is no dot."
    )
else:
    st.info("The gallery's models are missing from checkpoints/pretrained. Train one of your own to begin.")

st.markdown("### Where do you want to go?")
DOORS = [
    ("pages/train.py", "Train your own", "play_circle", "Press Start and watch it learn, live, in about a minute."),
    ("pages/latent.py", "Walk the map", "scatter_plot", "See how the digits sort themselves, epoch after epoch."),
    ("pages/generate.py", "Invent digits", "grid_view", "Throw dice and let the decoder draw what they say."),
    ("pages/morph.py", "Morph a 3 into an 8", "animation", "Slide from one digit to another through the model’s mind."),
    ("pages/draw.py", "Draw a digit", "draw", "See where it belongs, and what the model makes of it."),
]
for column, (page, label, icon, sentence) in zip(st.columns(len(DOORS)), DOORS, strict=True):
    with column, st.container(border=True, height="stretch"):
        st.page_link(page, label=f"**{label}**", icon=f":material/{icon}:")
        st.caption(sentence)
st.caption(
    "After Alfredo Canziani’s lecture on VAEs, "
    "[NYU Deep Learning, week 8](https://atcold.github.io/NYU-DLSP20/en/week08/08-3/)."
)
