"""Pictures of the visitor's own that stay on the map by name, for as long as the visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from ui.components import drawing_view
from ui.components.bridge import base64_of
from ui.components.browser_decoder import encoded
from ui.components.payloads import Landmark
from ui.store import cache
from vae_core.analysis import umap_tsne
from vae_core.analysis.projections import on_plane, view_of
from vae_core.runs.run import Run
from vae_core.runs.schema import one_line

MOST = 8  # more would hide each other; the oldest goes
LONGEST = 24  # letters of a name


@dataclass(frozen=True)
class Kept:
    """A drawing and what it is called."""

    name: str
    pixels: np.ndarray  # as the pad has it, (PAD, PAD) uint8


def kept() -> list[Kept]:
    return list(st.session_state.get("landmarks", []))


def keep(name: str, pixels: np.ndarray) -> None:
    """Keep a drawing, in place of the one of that name if there is one."""
    name = one_line(name, LONGEST) or f"drawing {len(kept()) + 1}"
    others = [each for each in kept() if each.name != name]
    st.session_state["landmarks"] = [*others, Kept(name, pixels)][-MOST:]


def remove(name: str) -> None:
    st.session_state["landmarks"] = [each for each in kept() if each.name != name]


def on_map(run: Run, epochs: Sequence[int], view: str, first: int, second: int) -> list[Landmark]:
    """Where each stands at every epoch, under the map's projection. None on bent maps, which take no newcomers."""
    if view in umap_tsne.METHODS:
        return []
    found: list[Landmark] = []
    for each in kept():
        picture = drawing_view.as_picture(run, epochs[-1], each.pixels)
        if picture is not None:
            flat = run.dataset.shape.flat(picture[None]).tobytes()
            places = _places(str(run.path), tuple(epochs), view, first, second, flat)
            found.append({"name": each.name, "note": "", "places": base64_of(places, "f4")})
    return found


@cache.cached(100)
def _places(path: str, epochs: tuple[int, ...], view: str, first: int, second: int, flat: bytes) -> np.ndarray:
    """A picture's mean on the plane at each epoch, (epochs, 2)."""
    run, images = Run(Path(path)), np.frombuffer(flat, np.uint8)[None]
    basis = view_of(cache.latents(path, epochs[-1]).mean, view, first, second)
    return np.concatenate([on_plane(basis, encoded(run, epoch, images)) for epoch in epochs])
