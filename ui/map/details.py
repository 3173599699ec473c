"""What the map's page shows beside the dots: pictures under the pointer, bubbles, and figures by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from pathlib import Path

import numpy as np

from ui.components.bridge import base64_of, component
from ui.components.images import webp
from ui.components.payloads import CodeChartData, RunFiguresData, TileSize
from ui.store import cache, tail
from vae_core.analysis import umap_tsne
from vae_core.analysis.projections import view_of
from vae_core.analysis.reference import IN_USE
from vae_core.datasets.spec import Shape
from vae_core.runs.run import Run, RunError

SHEET = 2_000_000  # pixels, about, of the sheet of all pictures under the pointer, which must travel
TILES_WIDE = 100
FEWEST = 30  # test pictures, of which the ten nearest say something of class separation
BUBBLES = 300  # of the dots; more would hide each other


@cache.cached(24)
def bubbles(path: str, epochs: tuple[int, ...], view: str, first: int = 0, second: int = 1) -> list[str] | None:
    """The spread of the first dots' codes for each epoch, (n, 2, 2) f2: what turns a unit circle into a dot's bubble.

    None where codes have no spread (the classic autoencoder), and on bent maps, which keep no lengths.
    """
    run = Run(Path(path))
    if not run.config.is_vae or view in umap_tsne.METHODS:
        return None
    basis = view_of(cache.latents(path, epochs[-1]).mean, view, first, second)
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


def figures(run: Run, epochs: Sequence[int]) -> RunFiguresData:
    """What ``run_figures.js`` draws beside the map: test loss, class separation, use of each dimension."""
    return _figures(str(run.path), tuple(epochs), tail.stamp(f"{run.path}/metrics.jsonl"))


@cache.cached(24)
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
    }  # fmt: skip


@cache.cached(20)
def tiles(path: str, epoch: int, have_originals: bool) -> str:
    """Small pictures of all kept test images on one WebP sheet, in base64: originals, or decoded means without them."""
    run = Run(Path(path))
    places = np.arange(len(cache.labels(path)))
    images = cache.originals(run, places) if have_originals else None
    if images is None:
        from vae_core.analysis.sampling import decode

        images = decode(cache.model(path, epoch), cache.latents(path, epoch).mean)
    small = shrunk(images, _by(run.dataset.shape, len(images)))
    high = -(-len(small) // TILES_WIDE)
    sheet = np.zeros((high * TILES_WIDE, *small.shape[1:]), np.uint8)
    sheet[: len(small)] = small
    return webp(sheet.reshape(high, TILES_WIDE, *small.shape[1:]), quality=55)


def tile_size(run: Run) -> TileSize:
    """The size of a picture on that sheet."""
    shape = run.dataset.shape
    by = _by(shape, len(cache.labels(str(run.path))))
    return {"height": -(-shape.height // by), "width": -(-shape.width // by)}


def shrunk(images: np.ndarray, by: int) -> np.ndarray:
    """Pictures (n, height, width, ...) uint8 made so many times smaller: means over squares, cut off at the rim."""
    if by == 1:
        return images
    for axis in (1, 2):
        starts = np.arange(0, images.shape[axis], by)
        wide = np.diff(np.append(starts, images.shape[axis])).reshape(-1, *[1] * (images.ndim - axis - 1))
        images = np.add.reduceat(images, starts, axis=axis, dtype=np.float32) / wide
    return images.astype(np.uint8)


def _by(shape: Shape, count: int) -> int:
    """How many times smaller pictures are on the sheet, each way."""
    return max(ceil((count * shape.height * shape.width / SHEET) ** 0.5), 1)


_run_figures = component("figures", "map/run_figures.js")
_code = component("code", "map/code_chart.js")


def run_figures(payload: RunFiguresData) -> None:
    """Three small charts that follow the epoch (``ui.map.details.figures``)."""
    _run_figures(key="run_figures", data=payload)


def code_chart(payload: CodeChartData) -> None:
    """Mean and standard deviation of each number of one picture's code (``ui.map.story.of_dot``)."""
    _code(key="code_chart", data=payload)
