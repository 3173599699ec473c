"""The latent map: where each kept test image stands, at every epoch, under one projection."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ui.components.bridge import base64_of, component
from ui.components.payloads import Colour, LatentMapData, Mark
from ui.store import cache
from vae_core.analysis import embeddings, projections
from vae_core.runs.run import Run, RunError

_map = component("map", "components/latent_map/latent_map.js")


def latent_scatter(payload: LatentMapData, *, pickable: bool = False) -> None:
    """The map of ``ui.components.latent_map``: a Plotly scatter of the means that follows the epoch.

    With ``pickable``, dots can be clicked and groups circled: ``chosen_on("latent_scatter", ...)`` then hears
    ``{"dot": place}``, ``{"group": places}`` or ``{}``.
    """
    _map(key="latent_scatter", data={**payload, "pickable": pickable})


# As they stand on the page and in the address.
VIEWS = {"PCA": "pca", "Two numbers": "dims", "UMAP": "umap", "t-SNE": "tsne"}
NAMES = {view: name for name, view in VIEWS.items()}


@cache.kept(24)
def payload(path: str, epochs: tuple[int, ...], view: str, first: int = 0, second: int = 1) -> LatentMapData:
    """What ``latent_map.js`` draws of a view: ``dims`` (two chosen dimensions), ``pca`` (one basis), or a bent map.

    Raises RunError if a bent map is asked for that has not been made (``layout_of``).
    """
    run = Run(Path(path))
    flat, axes = _bent(run, epochs, view) if view in embeddings.METHODS else _flat(run, epochs, view, first, second)
    count = len(next(iter(flat.values())))
    names = run.dataset.class_names
    return {
        "run": run.id, "epochs": list(flat), "points": [base64_of(places, "f2") for places in flat.values()],
        "labels": base64_of(cache.labels(path)[:count], "u1"), "names": list(names),
        "view": f"{view} {first} {second}", "axes": axes, "range": view_range(list(flat.values())),
    }  # fmt: skip


def _flat(
    run: Run, epochs: tuple[int, ...], view: str, first: int, second: int
) -> tuple[dict[int, np.ndarray], list[str]]:
    means = {epoch: cache.latents(str(run.path), epoch).mean for epoch in epochs}
    basis = view_of(means[epochs[-1]], view, first, second)
    flat = {epoch: np.nan_to_num(basis.project(mean)) for epoch, mean in means.items()}
    if run.config.latent_dim == 1:  # a line: spread the dots a little so that they can be seen
        for places in flat.values():
            places[:, 1] = np.random.default_rng(0).normal(0, 0.1, len(places))
    return flat, axis_names(view, first, second, basis)


def _bent(run: Run, epochs: tuple[int, ...], view: str) -> tuple[dict[int, np.ndarray], list[str]]:
    layout = layout_of(run, epochs, view)
    if layout is None:
        raise RunError(f"The {NAMES[view]} map of the run {run.id} has not been made yet.")
    chosen = {epoch: layout.points[layout.epochs.index(epoch)] for epoch in epochs if epoch in layout.epochs}
    return chosen, ["", ""]  # its directions mean nothing


def layout_of(run: Run, epochs: Sequence[int], view: str) -> embeddings.Layout | None:
    """The bent map that is kept with a run, if it reaches to the newest epoch."""
    layout = embeddings.load(run, view)
    return layout if layout and layout.epochs[-1] == epochs[-1] else None


def view_of(last: np.ndarray, view: str, first: int = 0, second: int = 1) -> projections.Basis:
    """The projection of a view; ``last`` are the means of the newest epoch, (n, d)."""
    d = last.shape[1]
    return projections.dimensions(d, first, min(second, d - 1)) if view == "dims" else projections.pca(last)


def mark(name: str, colour: Colour, places: Sequence[np.ndarray], *, lines: bool = False, walks: bool = False) -> Mark:
    """Something beside the dots: ``places`` are (n, 2) under the map's projection, one for each epoch or one for all.

    ``colour`` is the thing's: x, encoder, mean, z, decoder. A mark that ``walks`` is one dot on the path of its places,
    where the morph's slider stands.
    """
    return {
        "name": name, "colour": colour, "mode": "lines" if lines else "markers", "walks": walks,
        "places": [base64_of(p, "f4") for p in places],
    }  # fmt: skip


def axis_names(view: str, first: int, second: int, basis: projections.Basis) -> list[str]:
    if view == "dims" and len(basis.centre) == 1:
        return ["the only number of the code (mean)", "spread at random, so that you can tell the dots apart"]
    if view == "dims":
        return [f"number {place + 1} of the code (mean)" for place in (first, second)]
    shares = basis.explained or (0.0, 0.0)
    return [f"main direction {k + 1} ({share:.0%} of the variance)" for k, share in enumerate(shares)]


def view_range(frames: list[np.ndarray]) -> list[list[float]]:
    """One window for all epochs: all but the outermost tenth of a per cent of points, with some room."""
    every = np.concatenate(frames)
    low, high = np.quantile(every, 0.0005, axis=0), np.quantile(every, 0.9995, axis=0)
    room = np.maximum(high - low, 0.1) * 0.05
    return [[float(low[k] - room[k]), float(high[k] + room[k])] for k in (0, 1)]
