"""MNIST itself, fetched beside the pages from the first visit on where the network allows; then it is the default."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import streamlit as st

from ui.shell.startup import HEAD_START
from vae_core import paths
from vae_core.datasets import download, registry
from vae_core.datasets.spec import DataError

DATASET = "mnist"
AGAIN_AFTER = 600.0  # seconds after an attempt that failed


class Prefetch:
    """One server's: at most one attempt at a time. No page ever waits for it, or fails with it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.sentence = folder, ""  # the sentence: how far it is; "" when nothing is going on
        self._lock, self._thread, self._not_before = threading.Lock(), threading.Thread(), 0.0

    @property
    def is_at_work(self) -> bool:
        """Whether it is being fetched, or is about to be: there is something to look at."""
        return self._thread.is_alive()

    def keep_going(self) -> None:
        with self._lock:
            if self._thread.is_alive() or time.monotonic() < self._not_before:
                return
            if registry.is_here(DATASET, self.folder) or registry.obstacle(DATASET, self.folder):
                return
            self._thread = threading.Thread(target=self._work, name="prefetch", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        time.sleep(HEAD_START)  # the first page reaches its visitor first
        title = registry.TITLES[DATASET]

        def tell(progress: download.Progress) -> None:
            self.sentence = progress.sentence(title)

        try:
            registry.fetch(DATASET, self.folder, tell)
        except DataError:  # no network: the embedded digits do; whoever trains on MNIST hears the reason
            pass
        finally:
            self._not_before = time.monotonic() + AGAIN_AFTER
            self.sentence = ""


@st.cache_resource(show_spinner=False)
def of(folder: str) -> Prefetch:
    return Prefetch(Path(folder))


def keep_going() -> None:
    """app.py, at every visit: begin unless it is done, forbidden (VAE_DOWNLOAD, VAE_PREFETCH) or under way."""
    if download.is_allowed() and os.environ.get("VAE_PREFETCH") != "0":
        of(str(paths.data_dir())).keep_going()


def is_at_work() -> bool:
    """Whether it is being fetched, or is about to be."""
    return of(str(paths.data_dir())).is_at_work


def sentence() -> str:
    """How far it is, or nothing."""
    return of(str(paths.data_dir())).sentence
