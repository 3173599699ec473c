"""Import what is slow while the visitor is still reading the first page."""

from __future__ import annotations

import gc
import threading
import time

import streamlit as st

HEAD_START = 2.0  # seconds for the first page to reach its visitor; the import would hold it up


@st.cache_resource(show_spinner=False)
def warm_up() -> threading.Thread:
    """Once for each server: import torch beside the pages, so that the first decoded picture need not wait for it."""

    def work() -> None:
        time.sleep(HEAD_START)
        import torch

        from vae_core import explore  # noqa: F401

        # The pages' decodes are small, and threads that spin for each other would take the trainer's cores.
        torch.set_num_threads(1)

        gc.collect()
        gc.freeze()  # what is loaded now stays; later collections need not look at it again

    thread = threading.Thread(target=work, name="warm-up", daemon=True)
    thread.start()
    return thread
