"""What goes wrong with a run or a dataset is one sentence on the page, and loses nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import streamlit as st
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.pages_manager import PagesManager

from vae_core import os_compat
from vae_core.datasets.spec import DataError
from vae_core.jobs.limits import without_paths
from vae_core.runs.run import RunError

AROUND = "app_around"  # in the session once app.py has run


JOINER = "\u2060"  # shows nothing, and what stands on both sides of it is one word to nobody but the eye


def plain(text: object) -> str:
    """Text from a file, a run or an address for markdown, in one line, so that nothing in it is rendered.

    No path of a shared server is shown.

    A backslash stops what markdown reads letter by letter. Streamlit looks once more at the finished text, for links
    (``www.``, ``https://``, ``a@b.c``), emoji (``:smile:``), icons (``:material/home:``) and arrows (``->``): these
    are broken up by a mark that cannot be seen.
    """
    line = " ".join(without_paths(str(text)).split())
    line = re.sub(r"([\\`*_{}\[\]<>()#+!|$~:&])", r"\\\1", line)
    line = re.sub(r"^([-=]|[0-9]+(?=\.))", r"\1" + JOINER, line)  # a list, or a rule
    line = re.sub(r"(?<=:)(?=//|[\\\w+/-]+:)|(?<=@)|(?<=www)(?=\.)", JOINER, line, flags=re.IGNORECASE)
    return re.sub(r"(?<=[<>~-])(?=\\?[-=>])", JOINER, line)


@contextmanager
def one_sentence() -> Iterator[None]:
    """Show what goes wrong inside with a run, a dataset or the memory as a sentence. What was drawn before it stays."""
    try:
        yield
    except (RunError, DataError) as error:
        st.error(plain(f"{error} Other runs are not affected."))
    except (MemoryError, ImportError, RuntimeError, OSError) as error:
        if not os_compat.is_short_of_memory(error):
            raise
        st.error("There is not enough memory for this just now. Close other programs, or wait, then reload the page.")


@cache
def keep_what_has_not_left() -> None:
    """app.py, once a process: what a fragment drew stays in line for the browser, though the fragment runs again.

    Streamlit drops it, with the place in which the fragment stands. Where that was its first drawing, which a busy
    server had not yet sent, all that stands after it or in it then comes with numbers that the browser cannot know
    ("Bad delta path"), and the page stands still. There is no public switch.
    """
    clear = ForwardMsgQueue.clear

    def keep(
        queue: ForwardMsgQueue, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None
    ) -> None:
        clear(queue, retain_lifecycle_msgs, fragment_ids_this_run and [])

    ForwardMsgQueue.clear = keep  # type: ignore[method-assign, assignment]


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
