"""What a server does once: import what is slow while the first visitor reads, and keep its threads to itself."""

from __future__ import annotations

import gc
import threading
import time

import streamlit as st
from threadpoolctl import threadpool_limits

from ui import figures
from vae_core import os_compat

HEAD_START = 2.0  # seconds for the first page to reach its visitor; the import would hold it up


@st.cache_resource(show_spinner=False)
def one_thread() -> None:
    """Let NumPy's matrix products keep to their own thread.

    A page's are small. OpenBLAS would share each out to all cores and spin until all are done, which beside a browser
    or a trainer, on two cores, takes far longer than one thread does.
    """
    threadpool_limits(1, user_api="blas")


@st.cache_resource(show_spinner=False)
def warm_up() -> threading.Thread:
    """Once for each server: import torch beside the pages, so that the first decoded picture need not wait for it.

    plotly, of which the map's page needs half a second, comes before it.
    """

    def work() -> None:
        time.sleep(HEAD_START)
        try:
            figures.map_layout(("", ""), ((0, 1), (0, 1)))
            figures.map_trace(1)
            import torch

            from vae_core.analysis import sampling  # noqa: F401
        except Exception as error:  # the first page that needs it tries again, and says what is wrong
            os_compat.say(f"torch could not be loaded beside the pages: {type(error).__name__}: {error}", error=True)
            return

        # The pages' decodes are small, and threads that spin for each other would take the trainer's cores.
        torch.set_num_threads(1)

        gc.collect()
        gc.freeze()  # what is loaded now stays; later collections need not look at it again

    thread = threading.Thread(target=work, name="warm-up", daemon=True)
    thread.start()
    return thread


def awake() -> bool:
    """Whether torch is there. What a visitor may click on meanwhile should not wait for it."""
    return not warm_up().is_alive()
