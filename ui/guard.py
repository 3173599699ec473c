"""What goes wrong with a run or a dataset is one sentence on the page, and loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from vae_core.data import DataError
from vae_core.runs import RunError


@contextmanager
def one_sentence() -> Iterator[None]:
    """Show a RunError or DataError raised inside as a sentence. What was drawn before it stays."""
    try:
        yield
    except (RunError, DataError) as error:
        st.error(f"{error} Other runs are not affected.")
