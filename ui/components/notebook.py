"""A run's notebook on the pages: a file to download, and the lines of it that do what a picture shows."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui.shell.errors import plain
from ui.store import cache, tail
from vae_core.notebook import document
from vae_core.runs.run import Run, RunError


@cache.cached(200)
def _excerpts(path: str, epoch: int, topics: tuple[str, ...]) -> tuple[document.Excerpt, ...]:
    run = Run(Path(path))
    return tuple(found for topic in topics if (found := document.excerpt(run, topic)))


def download(run: Run, key: str, *, own_pictures: bool = False) -> None:
    """A button that gives the notebook with its weights as one zip, made when it is pressed."""
    st.download_button(
        "Notebook", lambda: document.pack(run, own_pictures=own_pictures), f"{run.id}-notebook.zip", "application/zip",
        key=key, icon=":material/code:", on_click="ignore",
        help="This model as a Jupyter notebook in plain PyTorch, with its weights. It needs torch, torchvision and "
        "matplotlib, and nothing of ours.",
    )  # fmt: skip


def show_code(run: Run, *topics: str, key: str = "code", label: str = "Show me the code") -> None:
    """A button that opens the lines of the run's notebook for some of ``document.TOPICS``; nothing if it has none."""
    kept = tail.film(run)
    try:
        found = _excerpts(str(run.path), kept[-1] if kept else -1, topics)
    except (RunError, OSError):
        return
    if not found:
        return
    with st.popover(label, icon=":material/code:", key=f"show_{key}", type="tertiary", width="content"):
        st.markdown(f"In plain PyTorch, as it stands in the notebook of **{plain(run.title)}**.")
        for each in found:
            st.markdown(f"From the part “{each.part}”:")
            st.code(each.text, "python", wrap_lines=True)
        download(run, f"notebook_{key}")
