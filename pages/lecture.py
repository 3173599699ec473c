"""The lecture as a walk: ten scenes, one digit all the way."""

import streamlit as st

from ui.lecture import walk
from ui.shell.page_bar import about
from ui.shell.streamlit_patches import through_app
from ui.text import page_intros
from vae_core.paths import ROOT

through_app()
st.html(ROOT / "static" / "lecture" / "lecture.css")
with st.container(key="lecture_page"):
    with st.container(key="lecture_about"):
        about(
            page_intros.LECTURE,
            "After Alfredo Canziani’s lecture on VAEs, "
            "[NYU Deep Learning, week 8](https://atcold.github.io/NYU-DLSP20/en/week08/08-3/).",
        )
    walk.lecture()
