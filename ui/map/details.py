"""What the map's page shows beside the dots: pictures under the pointer, bubbles, and figures by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from pathlib import Path

import numpy as np

from ui.components.bridge import base64_of, component, size_of
from ui.components.images import png
from ui.components.payloads.shared import DotPictures
from ui.components.payloads.train_and_map import CodeChartData, RunFiguresData
from ui.shell import browser_input
from ui.store import cache, tail
from vae_core.analysis import umap_tsne
from vae_core.analysis.projections import on_plane, pca
from vae_core.analysis.reference import IN_USE
from vae_core.runs import files
from vae_core.runs.run import Run, RunError

SHEET = {1: 300_000, 3: 100_000}  # pixels, about, of a sheet of pictures under the pointer, grey and in colour
SHEETS = 250  # at most, so that a byte names one
WIDE = 20  # pictures in a line of a sheet
FEWEST = 30  # test pictures, of which the ten nearest say something of class separation
BUBBLES = 300  # of the dots; more would hide each other


@cache.cached(24)
def bubbles(path: str, epochs: tuple[int, ...], view: str, first: int = 0, second: int = 1) -> list[str] | None:
    """The spread of the first dots' codes for each epoch, (n, 2, 2) f2: what turns a unit circle into a dot's bubble.

    None where codes have no spread (the classic autoencoder), on bent maps, which keep no lengths, and in space.
    """
    run = Run(Path(path))
    if not run.config.is_vae or view in (*umap_tsne.METHODS, "space"):
        return None
    basis = cache.basis(path, epochs[-1], view, first, second)
    return [base64_of(basis.shadow(_std(path, epoch)[:BUBBLES]), "f2") for epoch in epochs]


def _std(path: str, epoch: int) -> np.ndarray:
    std = cache.latents(path, epoch).std
    if std is None:
        raise RunError("A classic autoencoder has no spread.")
    return std


@cache.cached(200)
def separation(path: str, epoch: int) -> float:
    """How well the classes separate at an epoch: ``knn.neighbour_accuracy`` of up to 2,000 kept means."""
    from vae_core.analysis.knn import neighbour_accuracy

    mean = cache.latents(path, epoch).mean[: umap_tsne.POINTS]
    return neighbour_accuracy(mean, cache.labels(path)[: len(mean)])


@cache.of_pictures(50)
def pixel_separation(path: str) -> float | None:
    """The same of the plain pixels of these pictures, to compare with."""
    from vae_core.analysis.knn import neighbour_accuracy

    run, labels = Run(Path(path)), cache.labels(path)[: umap_tsne.POINTS]
    images = cache.originals(run, np.arange(len(labels)))
    return None if images is None else neighbour_accuracy(run.dataset.shape.flat(images) / np.float32(255), labels)


def figures(run: Run, epochs: Sequence[int]) -> RunFiguresData:
    """What ``run_figures.js`` draws beside the map: test loss, class separation, use of each dimension."""
    return _figures(str(run.path), tuple(epochs), files.stamp(f"{run.path}/metrics.jsonl"))


@cache.of_pictures(24)
def _figures(path: str, epochs: tuple[int, ...], of: tuple[int, ...]) -> RunFiguresData:
    run = Run(Path(path))
    metrics = tail.metrics(run)
    means = [cache.latents(path, epoch).mean for epoch in epochs]
    classes = len(np.unique(cache.labels(path)))
    told = classes > 1 and len(means[-1]) >= FEWEST
    kl = [metrics[epoch].get("kl_per_dimension") or [] for epoch in epochs]
    use: list[list[float]] = kl if run.config.is_vae else [mean.std(0).astype(float).tolist() for mean in means]
    return {
        "run": run.id, "epochs": list(epochs), "in_use": IN_USE, "is_vae": run.config.is_vae, "use": use,
        "loss": [metrics[epoch]["test"]["loss"] for epoch in epochs],
        "separation": [separation(path, epoch) for epoch in epochs] if told else [], "classes": classes,
        "pixels": pixel_separation(path) if told else None,
    }  # fmt: skip


@cache.cached(20)
def sheet_of(path: str, epoch: int) -> np.ndarray:
    """The sheet that has the picture of each dot, (n,) from 0: dots that stand near each other have theirs together."""
    mean, shape = cache.latents(path, epoch).mean, Run(Path(path)).dataset.shape
    count = len(mean)
    each = max(SHEET[shape.channels] // (shape.height * shape.width), ceil(count / SHEETS), 1)
    sheets = ceil(count / each)
    places = on_plane(pca(mean), mean)
    strips = max(round(sheets**0.5), 1)  # upright ones of as many dots each, which are then cut across
    strip = places[:, 0].argsort().argsort() * strips // count
    numbers = np.empty(count, np.int64)
    numbers[np.lexsort((places[:, 1], strip))] = np.arange(count) * sheets // count
    return numbers


@cache.of_pictures(30)
def sheet(path: str, epoch: int, number: int) -> str:
    """The pictures of a sheet's dots in their order, WIDE to a line, as a PNG in base64; whole, and nothing is changed.

    Originals, or without them what the decoder draws at their means.
    """
    run, places = Run(Path(path)), np.flatnonzero(sheet_of(path, epoch) == number)
    images = cache.originals(run, tuple(places.tolist()))
    if images is None:
        from vae_core.analysis.sampling import decode

        images = decode(cache.model(path, epoch), cache.latents(path, epoch).mean[places])
    lines = np.zeros((ceil(len(images) / WIDE) * WIDE, *images.shape[1:]), np.uint8)
    lines[: len(images)] = images
    return png(lines.reshape(-1, WIDE, *images.shape[1:]))


def pictures(run: Run, epoch: int, have_originals: bool) -> DotPictures:
    """By which sheet the map finds the picture of each dot (``static/bridge/picture_cache.js``)."""
    return {
        "name": f"{run.id} {epoch} {have_originals}", "sheets": base64_of(sheet_of(str(run.path), epoch), "u1"),
        "size": size_of(run), "wide": WIDE,
    }  # fmt: skip


def picture_feed(run: Run, epoch: int, have_originals: bool) -> None:
    """Bring the sheet of the dot under the pointer, the first one's before; call it in a fragment."""
    path, key = str(run.path), "picture_feed"
    of = sheet_of(path, epoch)
    asked = browser_input.place(browser_input.sent(key, "sheet"), int(of.max()) + 1)
    number = int(of[0]) if asked is None else asked
    known = pictures(run, epoch, have_originals)
    data = {
        "name": known["name"], "size": known["size"], "sheet": number,
        "png": sheet(path, epoch, number),
    }  # fmt: skip
    _pictures(key=key, data=data, on_sheet_change=lambda: None)


_pictures = component("pictures_of_dots", "bridge/picture_cache.js")
_run_figures = component("figures", "map/run_figures.js")
_code = component("code", "map/code_chart.js")


def run_figures(payload: RunFiguresData) -> None:
    """Three small charts that follow the epoch (``ui.map.details.figures``)."""
    _run_figures(key="run_figures", data=payload)


def code_chart(payload: CodeChartData) -> None:
    """Mean and standard deviation of each number of one picture's code (``ui.map.story.of_dot``)."""
    _code(key="code_chart", data=payload)
