"""The latent map: where each kept test image stands, at every epoch, under one projection."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from ui import figures
from ui.components.bridge import base64_of, component, packed
from ui.components.payloads.base import Colour, Mark
from ui.components.payloads.shared import LatentMapData
from ui.store import cache
from vae_core.analysis import projections, umap_tsne
from vae_core.runs.run import Run, RunError

STEPS = 4095  # from one side of all dots to the other: a fifth of a pixel on a map as wide as a window

_map = component("map", "components/latent_map/latent_map.js")


def latent_scatter(payload: LatentMapData, *, pickable: bool = False) -> None:
    """The map of ``ui.components.latent_map``: a Plotly scatter of the means that follows the epoch.

    With ``pickable``, dots can be clicked and groups circled: ``chosen_on("latent_scatter", ...)`` then hears
    ``{"dot": place}``, ``{"group": places}`` or ``{}``.
    """
    _map(key="latent_scatter", data=sent(payload, pickable=pickable))


def sent(payload: LatentMapData, *, pickable: bool = False) -> bytes:
    """The map as it travels (``bridge.packed``): bytes, since base64 of half floats would be twice as much."""
    dots = [_dots(text, len(payload["axes"])) for text in payload["points"]]
    head = {name: value for name, value in payload.items() if name != "points"}
    head |= {"pickable": pickable, "corners": [corners for corners, _ in dots]}  # LatentMapSent
    return packed(head, [part for _, part in dots])


@lru_cache(maxsize=200)
def _dots(text: str, wide: int) -> tuple[list[list[float]], bytes]:
    """Half floats (n, wide) in base64 as 12 bits a number, two of them in three bytes, and between which numbers those
    are. An odd number of them is followed by a zero."""
    places = np.frombuffer(base64.b64decode(text), "<f2").reshape(-1, wide).astype(float)
    low, high = places.min(0), places.max(0)
    steps = np.rint((places - low) / np.maximum(high - low, 1e-9) * STEPS).astype(np.uint16)
    x, y = np.pad(steps.ravel(), (0, steps.size % 2)).reshape(-1, 2).T
    three = np.stack([x >> 4, (x & 15) << 4 | y >> 8, y & 255], axis=1).astype(np.uint8)
    return [low.tolist(), high.tolist()], three.tobytes()


# As they stand on the page and in the address.
VIEWS = {"PCA": "pca", "3D": "space", "Two numbers": "dims", "UMAP": "umap", "t-SNE": "tsne"}
NAMES = {view: name for name, view in VIEWS.items()}


@cache.cached(24)
def payload(
    path: str, epochs: tuple[int, ...], view: str, first: int = 0, second: int = 1, most: int | None = None
) -> LatentMapData:
    """What ``latent_map.js`` draws of a view: ``dims`` (two chosen dimensions), ``pca`` (one basis), ``space`` (the
    same with three directions, to be turned), or a bent map.

    ``layout`` and ``trace`` are those of ``figures.latent_map``, without its colours. ``most``: dots that are sent, of
    each epoch the same.

    Raises RunError if a bent map is asked for that has not been made (``layout_of``).
    """
    run = Run(Path(path))
    flat, axes = _bent(run, epochs, view) if view in umap_tsne.METHODS else _flat(run, epochs, view, first, second)
    frames = list(flat.values())
    window = projections.sphere(frames) if view == "space" else projections.view_range(frames)
    flat = {epoch: places[:most] for epoch, places in flat.items()}
    count = len(next(iter(flat.values())))
    names = run.dataset.label_names
    return {
        "run": run.id, "epochs": list(flat), "points": [base64_of(places, "f2") for places in flat.values()],
        "labels": base64_of(cache.labels(path)[:count], "u1"), "names": list(names),
        "view": f"{view} {first} {second}", "axes": axes, "range": window,
        "layout": figures.map_layout(axes[:2], window), "trace": figures.map_trace(count),
    }  # fmt: skip


def with_room(payload: LatentMapData, landmarks: Sequence[np.ndarray]) -> LatentMapData:
    """The map with a window in which landmarks (epochs, 2 or 3) are seen, too, wherever they are."""
    wide = len(payload["axes"])
    places = np.concatenate([*landmarks, np.zeros((0, wide), np.float32)])
    window = (projections.sphere_with_room if wide == 3 else projections.with_room)(payload["range"], places)
    if window == payload["range"]:
        return payload
    return {**payload, "range": window, "layout": figures.map_layout(payload["axes"][:2], window)}


def _flat(
    run: Run, epochs: tuple[int, ...], view: str, first: int, second: int
) -> tuple[dict[int, np.ndarray], list[str]]:
    means = {epoch: cache.latents(str(run.path), epoch).mean for epoch in epochs}
    basis = cache.basis(str(run.path), epochs[-1], view, first, second)
    flat = {epoch: projections.on_plane(basis, mean) for epoch, mean in means.items()}
    return flat, figures.axis_names(view, first, second, basis)


def _bent(run: Run, epochs: tuple[int, ...], view: str) -> tuple[dict[int, np.ndarray], list[str]]:
    layout = layout_of(run, epochs, view)
    if layout is None:
        raise RunError(f"The {NAMES[view]} map of the run {run.id} has not been made yet.")
    chosen = {epoch: layout.points[layout.epochs.index(epoch)] for epoch in epochs if epoch in layout.epochs}
    return chosen, ["", ""]  # its directions mean nothing


def layout_of(run: Run, epochs: Sequence[int], view: str) -> umap_tsne.Layout | None:
    """The bent map that is kept with a run, if it reaches to the newest epoch."""
    layout = umap_tsne.load(run, view)
    return layout if layout and layout.epochs[-1] == epochs[-1] else None


def mark(name: str, colour: Colour, places: Sequence[np.ndarray], *, lines: bool = False, walks: bool = False) -> Mark:
    """Something beside the dots: ``places`` are (n, 2) under the map's projection, one for each epoch or one for all.

    ``colour`` is the thing's: x, encoder, mean, z, decoder. A mark that ``walks`` is one dot on the path of its places,
    where the morph's slider stands.
    """
    return {
        "name": name, "colour": colour, "mode": "lines" if lines else "markers", "walks": walks,
        "places": [base64_of(p, "f4") for p in places],
    }  # fmt: skip
