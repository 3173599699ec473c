"""Latent Lab: train a variational autoencoder while you watch, and walk through what it learned."""

from pathlib import Path

import streamlit as st

from ui.guard import one_sentence
from ui.warm import warm_up

HERE = Path(__file__).parent / "static"
st.set_page_config(page_title="Latent Lab", page_icon=str(HERE / "icon.svg"), layout="wide")
st.html(HERE / "page.css")
page = st.navigation(
    [
        st.Page("pages/start.py", title="Start", icon=":material/home:", default=True),
        st.Page("pages/train.py", title="Train", icon=":material/play_circle:", url_path="train"),
        st.Page("pages/latent.py", title="Map", icon=":material/scatter_plot:", url_path="latent"),
        st.Page("pages/generate.py", title="Samples", icon=":material/grid_view:", url_path="generate"),
        st.Page("pages/morph.py", title="Morph", icon=":material/animation:", url_path="morph"),
        st.Page("pages/draw.py", title="Draw", icon=":material/draw:", url_path="draw"),
        st.Page("pages/runs.py", title="Runs", icon=":material/list:", url_path="runs"),
    ],
    position="top",
)
with one_sentence():
    page.run()
warm_up()
