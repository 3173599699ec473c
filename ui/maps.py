"""The latent map: where each kept test image stands, at every epoch, under one projection."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ui import growing, readers
from ui.components import base64_of, webp
from ui.live import IN_USE
from vae_core.analysis import embeddings, projections
from vae_core.datasets import registry
from vae_core.runs.run import Run, RunError

TILE = 14  # pixels of a picture under the pointer; 10,000 of them must travel
TILES_WIDE = 100


# As they stand on the page and in the address.
VIEWS = {"PCA": "pca", "Two numbers": "dims", "UMAP": "umap", "t-SNE": "tsne"}
NAMES = {view: name for name, view in VIEWS.items()}
BUBBLES = 300  # of the dots; more would hide each other


@readers.kept(24)
def payload(path: str, epochs: tuple[int, ...], view: str, first: int = 0, second: int = 1) -> dict[str, Any]:
    """What ``static/map.js`` draws of a view: ``dims`` (two chosen dimensions), ``pca`` (one basis), or a bent map.

    Raises RunError if a bent map is asked for that has not been made (``layout_of``).
    """
    run = Run(Path(path))
    flat, axes = _bent(run, epochs, view) if view in embeddings.METHODS else _flat(run, epochs, view, first, second)
    count = len(next(iter(flat.values())))
    names = registry.get(run.config.dataset).class_names
    return {
        "run": run.id, "epochs": list(flat), "points": [base64_of(places, "f2") for places in flat.values()],
        "labels": base64_of(readers.labels(path)[:count], "u1"), "names": list(names),
        "view": f"{view} {first} {second}", "axes": axes, "range": view_range(list(flat.values())),
    }  # fmt: skip


def _flat(
    run: Run, epochs: tuple[int, ...], view: str, first: int, second: int
) -> tuple[dict[int, np.ndarray], list[str]]:
    means = {epoch: readers.latents(str(run.path), epoch).mean for epoch in epochs}
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


@readers.kept(24)
def bubbles(path: str, epochs: tuple[int, ...], view: str, first: int = 0, second: int = 1) -> list[str] | None:
    """The spread of the first dots' codes for each epoch, (n, 2, 2) f2: what turns a unit circle into a dot's bubble.

    None where codes have no spread (the classic autoencoder), and on bent maps, which keep no lengths.
    """
    run = Run(Path(path))
    if not run.config.is_vae or view in embeddings.METHODS:
        return None
    basis = view_of(readers.latents(path, epochs[-1]).mean, view, first, second)
    return [base64_of(basis.shadow(_std(path, epoch)[:BUBBLES]), "f2") for epoch in epochs]


def _std(path: str, epoch: int) -> np.ndarray:
    std = readers.latents(path, epoch).std
    if std is None:
        raise RunError("A classic autoencoder has no spread.")
    return std


@readers.kept(200)
def separation(path: str, epoch: int) -> float:
    """How well the classes keep apart at an epoch: ``measures.neighbour_accuracy`` of up to 2,000 kept means."""
    from vae_core.analysis.knn import neighbour_accuracy

    mean = readers.latents(path, epoch).mean[: embeddings.POINTS]
    return neighbour_accuracy(mean, readers.labels(path)[: len(mean)])


def figures(run: Run, epochs: Sequence[int]) -> dict[str, Any]:
    """What ``static/figures.js`` draws beside the map: test loss, separation of classes, use of each dimension."""
    return _figures(str(run.path), tuple(epochs), growing.stamp(f"{run.path}/metrics.jsonl"))


@readers.kept(24)
def _figures(path: str, epochs: tuple[int, ...], of: tuple[int, ...]) -> dict[str, Any]:
    run = Run(Path(path))
    metrics = growing.metrics(run)
    means = [readers.latents(path, epoch).mean for epoch in epochs]
    kl = [metrics[epoch].get("kl_per_dimension") for epoch in epochs]
    use = kl if run.config.is_vae else [mean.std(0).astype(float).tolist() for mean in means]
    return {
        "run": run.id, "epochs": list(epochs), "in_use": IN_USE, "is_vae": run.config.is_vae, "use": use,
        "loss": [metrics[epoch]["test"]["loss"] for epoch in epochs],
        "separation": [separation(path, epoch) for epoch in epochs], "classes": len(np.unique(readers.labels(path))),
    }  # fmt: skip


def view_of(last: np.ndarray, view: str, first: int = 0, second: int = 1) -> projections.Basis:
    """The projection of a view; ``last`` are the means of the newest epoch, (n, d)."""
    d = last.shape[1]
    return projections.dimensions(d, first, min(second, d - 1)) if view == "dims" else projections.pca(last)


def mark(
    name: str, colour: str, places: Sequence[np.ndarray], *, lines: bool = False, walks: bool = False
) -> dict[str, Any]:
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
        return ["the only number of the code (mean)", "strewn by chance, so that dots can be told apart"]
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


@readers.kept(20)
def tiles(path: str, epoch: int, have_originals: bool) -> str:
    """Small pictures of all kept test images on one WebP sheet, in base64: originals, or decoded means without them."""
    run = Run(Path(path))
    places = np.arange(len(readers.labels(path)))
    images = readers.originals(run, places) if have_originals else None
    if images is None:
        from vae_core.analysis.sampling import decode

        images = decode(readers.model(path, epoch), readers.latents(path, epoch).mean)
    small = images.reshape(-1, TILE, 28 // TILE, TILE, 28 // TILE).mean((2, 4)).astype(np.uint8)
    high = -(-len(small) // TILES_WIDE)
    sheet = np.zeros((high * TILES_WIDE, TILE, TILE), np.uint8)
    sheet[: len(small)] = small
    return webp(sheet.reshape(high, TILES_WIDE, TILE, TILE), quality=55)


def _decoder(run: Run, epoch: int) -> dict[str, np.ndarray]:
    """The decoder's weights, read without torch."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        tensors = load_file(run.weights_file(epoch))
    except (OSError, SafetensorError):
        raise RunError(f"The weights of epoch {epoch} of the run {run.id} cannot be read.") from None
    names = {"w1": "decoder.0.weight", "b1": "decoder.0.bias", "w2": "decoder.2.weight", "b2": "decoder.2.bias"}
    return {short: tensors[name] for short, name in names.items()}


def decoder(run: Run, epoch: int) -> dict[str, Any]:
    """The decoder for ``static/decoder.js``."""
    weights = {short: base64_of(tensor, "f2") for short, tensor in _decoder(run, epoch).items()}
    return {**weights, "latent_dim": run.config.latent_dim, "hidden_dim": run.config.hidden_dim}


def decoded(run: Run, epoch: int, z: np.ndarray) -> np.ndarray:
    """Codes (n, d) to pictures (n, 784) in [0, 1], without torch, which a first picture must not wait for."""
    w = {short: tensor.astype(np.float32) for short, tensor in _decoder(run, epoch).items()}
    hidden = np.maximum(z.astype(np.float32) @ w["w1"].T + w["b1"], 0)
    return 0.5 + 0.5 * np.tanh(0.5 * (hidden @ w["w2"].T + w["b2"]))  # the sigmoid
