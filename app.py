"""Latent Lab: train a variational autoencoder while you watch, and walk through what it learned."""

from pathlib import Path

import streamlit as st

from ui import browser_input, components, tour, uploads, visitor
from ui.guard import AROUND, keep_what_has_not_left, one_sentence
from ui.readers import forget_replaced
from ui.warm import one_thread, warm_up

browser_input.keep_out_nonsense()
keep_what_has_not_left()
HERE = Path(__file__).parent / "static"
st.set_page_config(page_title="Latent Lab", page_icon=str(HERE / "icon.svg"), layout="wide")
st.html(HERE / "page.css")
SECTIONS = {
    "": (
        ("start", "Start", "home"),
        ("train", "Train", "play_circle"),
        ("latent", "Map", "scatter_plot"),
        ("generate", "Samples", "grid_view"),
        ("morph", "Morph", "animation"),
        ("draw", "Draw", "draw"),
        ("compare", "Compare", "compare_arrows"),
        ("runs", "Runs", "list"),
    ),
    "Understand": (
        ("autoencoder", "Autoencoder or VAE?", "compare"),
        ("bubbles", "Bubbles", "bubble_chart"),
        ("noise", "Noise that can learn", "casino"),
        ("loss", "The loss", "balance"),
        ("missions", "Missions", "flag"),
        ("glossary", "Glossary", "menu_book"),
    ),
}
pages = {
    name: st.Page(f"pages/{name}.py", title=title, icon=f":material/{icon}:", default=name == "start")
    for section in SECTIONS.values()
    for name, title, icon in section
}
page = st.navigation({s: [pages[name] for name, *_ in known] for s, known in SECTIONS.items()}, position="top")
st.session_state[AROUND] = True
components.says_when_it_rests()
tour.bar(next(name for name, known in pages.items() if known is page))
visitor.meet()
one_thread()
uploads.bound()
forget_replaced()
with one_sentence():
    page.run()
warm_up()
