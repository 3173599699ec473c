"""What a run's model draws, small, beside its name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st

from ui.components import browser_decoder
from ui.components.images import sprite
from ui.store import cache, run_index
from vae_core.runs.run import Run, RunError

COUNT = 4  # pictures


def thumbnails(run: Run) -> None:
    """Some test pictures as the run's newest kept epoch redraws them; nothing before there is one."""
    if not (epochs := run_index.standing(run)[1]):
        return
    try:
        picture = _picture(str(run.path), epochs[-1], run.gallery)
    except RunError:
        return  # the run's own pages say what is wrong with its files
    st.html(
        f'<img class="ll-thumbnails" alt="Test pictures as this model redraws them" '
        f'src="data:image/{"webp" if picture.startswith("UklGR") else "png"};base64,{picture}">'
    )


@cache.cached(300)
def _picture(path: str, epoch: int, gallery: bool) -> str:
    run, places = Run(Path(path), gallery), cache.examples(path, COUNT)
    with np.errstate(all="ignore"):  # a model may have grown without limit
        decoded = browser_decoder.decoded(run, epoch, cache.latents(path, epoch).mean[list(places)])
    pictures = np.rint(np.nan_to_num(decoded) * 255).astype(np.uint8)
    return sprite(run.dataset.shape.pictures(pictures)[None])
