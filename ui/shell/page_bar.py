"""The bar at the head of a page, which stays in sight: its title, what it shows, and “What am I looking at?”."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui.shell import pages
from ui.text.page_intros import Intro


def page_bar(name: str, sentence: str, *, help: str | None = None) -> DeltaGenerator:
    """The bar of the page ``name``, in which it puts its model, its epoch and its parts; below it what it is for.

    ``help`` explains terms of the sentence. Its place and height are in ``static/page.css``.
    """
    page = pages.BY_NAME[name]
    bar = titled_bar(page.title)
    if page.intro is not None:
        with bar:
            about(page.intro)
    below(sentence, help=help)
    return bar


def titled_bar(title: str) -> DeltaGenerator:
    """The bar alone, with what it is called (Markdown) at its beginning."""
    bar = st.container(key="page_bar", horizontal=True, vertical_alignment="center", gap="small")
    bar.markdown(f"## {title}", width="content")
    return bar


def below(sentence: str, *, help: str | None = None) -> None:
    """A sentence right below the bar."""
    with st.container(key="page_sentence"):
        st.markdown(sentence, help=help)


def about(intro: Intro, source: str = "") -> None:
    """“What am I looking at?”: the icon at the end of the bar, or alone. ``source``: where the idea comes from."""
    with st.popover("What am I looking at?", icon=":material/help:", key="about", type="tertiary", width="content"):
        st.markdown("**What am I looking at?**")
        st.markdown(intro.sentences)
        st.markdown(f"**More.** {intro.more}")
        st.page_link("pages/glossary.py", label="All words: the glossary", icon=":material/menu_book:")
        if source:
            st.caption(source)
