"""What a room cannot do, in one sentence, where it was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from ui.shell.errors import plain
from vae_core.classroom.store import ClassroomError
from vae_core.datasets.spec import DataError
from vae_core.pictures.sets import SetError
from vae_core.runs.run import RunError

REFUSED = (ClassroomError, DataError, RunError, SetError)


@contextmanager
def in_class() -> Iterator[None]:
    """Show what goes wrong inside as a sentence; what was drawn before it stays."""
    try:
        yield
    except REFUSED as error:
        st.error(plain(error))


def tried(action: Callable[..., object], *arguments: Any) -> None:
    """For a click: what cannot be done is said once the page is drawn again (``refusal``)."""
    try:
        action(*arguments)
    except REFUSED as error:
        st.session_state["class_refused"] = str(error)


def refusal() -> None:
    """Why the last click did nothing, once."""
    if words := st.session_state.pop("class_refused", ""):
        st.error(plain(words))
