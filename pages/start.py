"""The start page: one scene, the plane of a model of two numbers, and two doors."""

import numpy as np
import streamlit as st

from ui.components.bridge import chosen_on, publish, publish_bytes
from ui.components.browser_decoder import packed_decoder
from ui.components.drawing_pad import digit_pad
from ui.shell import tour
from ui.shell.page_bar import about
from ui.shell.streamlit_patches import through_app
from ui.start import film, scene
from ui.text import page_intros
from vae_core import paths
from vae_core.paths import ROOT
from vae_core.runs.index import find_run
from vae_core.runs.run import Run, RunError

through_app()
st.html(ROOT / "static" / "start" / "scene.css")


def ask_for_film(window: object) -> None:
    st.session_state["scene_window"] = film.asked(window)


@st.fragment
def send_film(model: Run) -> None:
    """What its training drew, when somebody plays it; for the window of their screen."""
    chosen_on("scene_film", None, ask_for_film)
    window = st.session_state.pop("scene_window", None)
    if window is not None:
        publish_bytes("scene_sheets", "scene sheets", *film.film(model, window))


@st.fragment
def take_drawing(model: Run) -> None:
    """The pad, and what the model makes of a drawing."""
    with st.container(key="scene_pad"):
        pixels: np.ndarray | None = digit_pad("a digit")
    publish("scene_drawing", "scene drawing", None if pixels is None else scene.drawn(model, pixels))


model = find_run("two-knobs", folder=paths.GALLERY)
try:
    seen = scene.payload(model) if model else None
except RunError:
    seen = None
with st.container(key="scene_page"):
    with st.container(key="scene_hero"):
        st.markdown("# Watch a machine learn to imagine")
        st.markdown(
            "After looking at 55,000 handwritten digits it can draw its own: every place on this plane stands for "
            "**two numbers**, and from them alone it draws a picture."
        )
        with st.container(key="scene_doors", horizontal=True):
            tour.door()
            st.page_link("pages/train.py", label="Train your own", icon=":material/play_circle:")
        with st.container(key="scene_walk"):
            st.page_link("pages/lecture.py", label="or walk through the lecture")
    if model and seen:
        scene.scene(seen)
        publish_bytes("scene_decoder", "scene decoder", *packed_decoder(str(model.path), seen["epochs"][-1]))
        take_drawing(model)
        send_film(model)
    else:
        st.info("The gallery's models are missing from checkpoints/pretrained. Train your own to begin.")
    with st.container(key="scene_about"):
        about(
            page_intros.START,
            "After Alfredo Canziani’s lecture on VAEs, "
            "[NYU Deep Learning, week 8](https://atcold.github.io/NYU-DLSP20/en/week08/08-3/).",
        )
