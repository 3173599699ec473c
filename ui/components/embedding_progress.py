"""While a bent map is being made beside the page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ui.components import latent_map
from ui.shell import visitor
from ui.shell.errors import one_sentence, plain
from vae_core.analysis import umap_tsne
from vae_core.runs.run import Run


def for_map(run: Run, epochs: Sequence[int], view: str, meanwhile: str = "Meanwhile, here is PCA.") -> None:
    """Have a bent map made and say how far it is, and what is there ``meanwhile``; then the page is drawn anew."""
    if not visitor.may_map(run):
        name = latent_map.NAMES[view]
        st.info(f"This model has no {name} map, and only its owner can have one made. Here is PCA instead.")
        return

    @st.fragment(run_every=1.0)
    def waiting() -> None:
        with one_sentence():
            if latent_map.layout_of(run, epochs, view):
                st.rerun()
            _progress(run, epochs, view, meanwhile)

    waiting()


def _progress(run: Run, epochs: Sequence[int], view: str, meanwhile: str) -> None:
    progress = umap_tsne.progress(run, view)
    if progress and progress.state == "failed":
        st.error(plain(progress.error))
        if not st.button("Try again", key="try_map_again"):
            return
    if progress is None or not progress.active:
        umap_tsne.start(run, view, epochs)
        progress = umap_tsne.Progress("loading")
    words = {
        "waiting": "another map is being made first",
        "loading": "starting, about a minute the first time",
    }.get(progress.state, f"epoch {progress.done} of {progress.of}")
    share = progress.done / progress.of if progress.of else 0.0
    st.progress(share, f"The {latent_map.NAMES[view]} map is being made: {words}. {meanwhile}")
