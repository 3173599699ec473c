"""Own pictures: draw them, hold them before the camera, drop files; then train on them."""

import streamlit as st

from ui.components.bridge import STATIC, redraw_when
from ui.pictures import cards, mine, seen, shelf, start_training, studio
from ui.shell import visitor
from ui.shell.errors import plain
from ui.shell.page_bar import page_bar
from ui.shell.streamlit_patches import through_app
from ui.text import glossary

through_app()
mine.begin()

st.html(STATIC / "pictures" / "pictures.css")
page_bar(
    "pictures",
    "Letters in your own hand, faces, leaves, anything. From 20 pictures on you can train a model on them.",
    help=glossary.tips("own-set", "class"),
)
with st.container():  # always there: were it to come and go, all below it would be built anew
    if words := studio.limits_in_words():
        st.caption(words)
    if not visitor.is_known():
        st.caption("Still connecting…")


@st.fragment
def ways_in() -> None:
    with mine.said():
        mine.whole_page_if_another()
        studio.studio()


@st.fragment
def what_there_is() -> None:
    """Whether it is enough, and the classes. What is slow with thousands of pictures comes after it, by itself."""
    with mine.said():
        mine.whole_page_if_another()
        now = mine.current()
        if now is None:
            return
        redraw_when("cards", now.id, mine.token(now))
        if message := mine.trouble():
            st.error(plain(message))
        if not now.info.count and not now.info.can_undo:
            return
        if now.info.count:
            start_training.start(now, seen.preparation_of(now), seen.is_on(now))
        st.markdown("### Classes", help=glossary.tip("class"))
        cards.cards(now)


@st.fragment
def as_the_network_sees_it() -> None:
    with mine.said():
        mine.whole_page_if_another()
        now = mine.current()
        if now is None:
            return
        redraw_when("seen", now.id, mine.token(now))
        if message := mine.trouble():
            st.error(plain(message))
        if not now.info.count:
            return
        st.markdown("### What the network will see")
        seen.settings(now)
        st.caption(plain(seen.explained(now)))
        seen.vary_switch(now)
        seen.grid(now)


ways_in()
with st.container():  # below the ways in, which must not move when the first drawing has made a set
    if (picture_set := mine.current()) is not None:
        with mine.said():
            shelf.shelf(picture_set)
what_there_is()
as_the_network_sees_it()
