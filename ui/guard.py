"""What goes wrong with a run or a dataset is one sentence on the page, and loses nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from vae_core import hosted
from vae_core.data import DataError
from vae_core.runs import RunError

AROUND = "app_around"  # in the session once app.py has run


def plain(text: str) -> str:
    """Text from a file or an address, so that no markdown in it is rendered, and no path of a shared server shown."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|$~:&])", r"\\\1", hosted.without_paths(text))


@contextmanager
def one_sentence() -> Iterator[None]:
    """Show a RunError or DataError raised inside as a sentence. What was drawn before it stays."""
    try:
        yield
    except (RunError, DataError) as error:
        st.error(plain(f"{error} Other runs are not affected."))


def through_app() -> None:
    """Every page's first line: make sure that ``app.py`` has run around it.

    Until ``st.navigation`` has been called once in the process, Streamlit takes ``pages/`` for its older kind of app:
    the first visitor of a cold server who comes with a deep link would get the bare page, with another menu. There is
    no public switch, so this sets what ``st.navigation`` itself sets, and starts over. Of two first visitors at the
    same moment, the second finds the switch set but was given the bare page all the same: ``AROUND`` tells.
    """
    if PagesManager.uses_pages_directory or not st.session_state.get(AROUND):
        PagesManager.uses_pages_directory = False
        st.rerun()
