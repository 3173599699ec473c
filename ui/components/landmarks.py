"""Pictures of the visitor's own that stay on the map by name, for as long as the visit."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from ui.components import drawing_view, latent_map
from ui.components.bridge import base64_of
from ui.components.browser_decoder import encoded
from ui.components.payloads.shared import Landmark
from ui.store import cache
from vae_core.analysis import umap_tsne
from vae_core.analysis.projections import on_plane
from vae_core.runs.run import Run
from vae_core.runs.schema import one_line

MOST = 8  # more would hide each other; the oldest goes
LONGEST = 24  # letters of a name
NEAREST = 10  # (as AMONG says) test pictures among which one stands on a bent map
PLAIN = "It stands where the encoder puts it."
AMONG = "{} takes no newcomers: it stands among the ten test pictures whose codes are nearest."


@dataclass(frozen=True)
class Kept:
    """A drawing and what it is called."""

    name: str
    pixels: np.ndarray  # as the pad has it, (PAD, PAD) uint8


def kept() -> list[Kept]:
    return list(st.session_state.get("landmarks", []))


def keep(name: str, pixels: np.ndarray) -> None:
    """Keep a drawing, in place of the one of that name if there is one."""
    known = {each.name for each in kept()}
    unnamed = (f"drawing {number}" for number in itertools.count(1))
    name = one_line(name, LONGEST) or next(each for each in unnamed if each not in known)
    others = [each for each in kept() if each.name != name]
    st.session_state["landmarks"] = [*others, Kept(name, pixels)][-MOST:]


def remove(name: str) -> None:
    st.session_state["landmarks"] = [each for each in kept() if each.name != name]


def on_map(run: Run, epochs: Sequence[int], view: str, first: int, second: int) -> list[Landmark]:
    """Where each stands at every epoch of the map: where its projection puts it, or on a bent map, which takes no
    newcomers, among the test pictures whose codes are nearest. None while a bent map has not been made."""
    bent = view in umap_tsne.METHODS
    if bent and latent_map.layout_of(run, epochs, view) is None:
        return []
    note = AMONG.format(latent_map.NAMES[view]) if bent else PLAIN
    found: list[Landmark] = []
    for each in kept():
        picture = drawing_view.as_picture(run, epochs[-1], each.pixels)
        if picture is not None:
            flat = run.dataset.shape.flat(picture[None]).tobytes()
            asked = str(run.path), tuple(epochs), view
            places = _among(*asked, flat) if bent else _places(*asked, first, second, flat)
            found.append({"name": each.name, "note": note, "places": base64_of(places, "f4")})
    return found


def places_of(landmark: Landmark, wide: int = 2) -> np.ndarray:
    """Where one stands at each epoch, (epochs, wide)."""
    return np.frombuffer(base64.b64decode(landmark["places"]), "<f4").reshape(-1, wide)


@cache.cached(100)
def _places(path: str, epochs: tuple[int, ...], view: str, first: int, second: int, flat: bytes) -> np.ndarray:
    """A picture's mean on the plane, or in space, at each epoch: (epochs, 2 or 3)."""
    run, images = Run(Path(path)), np.frombuffer(flat, np.uint8)[None]
    basis = cache.basis(path, epochs[-1], view, first, second)
    return np.concatenate([on_plane(basis, encoded(run, epoch, images)) for epoch in epochs])


@cache.cached(100)
def _among(path: str, epochs: tuple[int, ...], view: str, flat: bytes) -> np.ndarray:
    """A picture's place on a bent map at each epoch that the map has, (epochs, 2)."""
    run, images = Run(Path(path)), np.frombuffer(flat, np.uint8)[None]
    layout = latent_map.layout_of(run, epochs, view)
    assert layout is not None
    points = {epoch: layout.points[layout.epochs.index(epoch)] for epoch in epochs if epoch in layout.epochs}
    return np.stack([
        among_nearest(encoded(run, epoch, images)[0], cache.latents(path, epoch).mean[: len(flat_map)], flat_map)
        for epoch, flat_map in points.items()
    ])  # fmt: skip


def among_nearest(code: np.ndarray, codes: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The mean (2,) of the places (n, 2) of the codes (n, d) nearest to a code (d,): the nearer, the more it counts."""
    away = np.linalg.norm(codes - code, axis=1)
    nearest = np.argsort(away)[:NEAREST]
    weights = 1 / np.maximum(away[nearest], 1e-6 * max(float(away.max()), 1e-9))
    return np.asarray(weights @ places[nearest] / weights.sum())
