"""The map in small, beside a morph or a drawing: the dots of ``ui.components.latent_map`` without its chart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ui.components.bridge import base64_of, component, publish
from ui.components.payloads.base import Mark
from ui.components.payloads.shared import MiniMapData
from ui.store import cache
from vae_core.analysis import projections
from vae_core.analysis.projections import Basis
from vae_core.runs.run import Run

DOTS = 2_500  # enough for the shape of the classes; each epoch's are drawn anew in a few milliseconds


def view_of(run: Run) -> str:
    return "dims" if run.config.latent_dim <= 2 else "pca"


def basis(path: str, epoch: int) -> Basis:
    """The page's projection: PCA of the newest epoch's means, or the plain numbers of a model that has two."""
    return cache.basis(path, epoch, view_of(Run(Path(path))))


def project(basis: Basis, points: np.ndarray) -> np.ndarray:
    """Points (n, d) to the map, (n, 2); one number alone goes across."""
    return on_map(basis, np.nan_to_num(basis.project(points)))


def on_map(basis: Basis, places: np.ndarray) -> np.ndarray:
    """Places (n, 2) of a projection as the map has them: of a code of one number, the line lies flat."""
    return places * np.array([1, 0], places.dtype) if len(basis.centre) == 1 else places


@cache.cached(24)
def payload(path: str, epochs: tuple[int, ...]) -> MiniMapData:
    """What ``mini_map.js`` draws under the marks: the first dots at each epoch, and where all of them are."""
    run, view = Run(Path(path)), basis(path, epochs[-1])
    flat = [projections.on_plane(view, cache.latents(path, e).mean[:DOTS]) for e in epochs]
    shares = view.explained
    return {
        "run": run.id, "epochs": list(epochs), "points": [base64_of(points, "f2") for points in flat],
        "labels": base64_of(cache.labels(path)[:DOTS], "u1"),
        "names": list(run.dataset.label_names),
        "range": projections.view_range(flat),
        "caption": "the numbers of the code" if shares is None
        else f"the two directions in which codes differ most (PCA), {sum(shares):.0%} of the variance",
    }  # fmt: skip


def with_room(dots: MiniMapData, places: np.ndarray) -> MiniMapData:
    """The map with a window in which these places (n, 2) are seen, too."""
    return {**dots, "range": projections.with_room(dots["range"], places)}


_small = component("small_map", "components/mini_map.js")


def small_map(key: str, payload: MiniMapData) -> None:
    """The map of ``ui.components.mini_map``. ``map_marks`` with the same key puts marks on it."""
    _small(key=key, data={**payload, "map": key})


def map_marks(key: str, marks: Sequence[Mark]) -> None:
    """What stands on a small map: marks of ``latent_map.mark``, which may also be ``dashed`` or have a ``title``."""
    publish(key, f"marks {key}", list(marks))
