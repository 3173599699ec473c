"""UMAP and t-SNE of 2,000 points across epochs: ``python -m benchmarks layouts``.

The chain of ``vae_core.analysis.umap_tsne`` against a layout of each epoch on its own, for the gallery’s lecture
model: seconds when warm, how far a dot typically moves from epoch to epoch (in units of the map’s spread, each turned
onto the next), and trustworthiness. ``python -m benchmarks.layouts --aligned`` adds ``umap.AlignedUMAP``, which takes
minutes.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable
from functools import partial

import numpy as np

from benchmarks.table import Table, often
from vae_core import paths
from vae_core.analysis import umap_tsne
from vae_core.runs.index import find_run

Way = Callable[[list[np.ndarray]], np.ndarray]


def moved(frames: np.ndarray) -> float:
    return float(np.median(np.linalg.norm(np.diff(frames, axis=0), axis=-1)) / frames.std(axis=(0, 1)).mean())


def alone(means: list[np.ndarray], step: umap_tsne.Step) -> np.ndarray:
    """Each epoch from nothing, then turned onto the next."""
    frames = [step(means[-1], None)]
    for points in reversed(means[:-1]):
        frames.append(umap_tsne.aligned(step(points, None), frames[-1]))
    return np.stack(frames[::-1])


def aligned(means: list[np.ndarray]) -> np.ndarray:
    import umap

    same = {i: i for i in range(len(means[0]))}
    return np.stack(umap.AlignedUMAP(random_state=0).fit(means, relations=[same] * (len(means) - 1)).embeddings_)


EPOCHS = often(11, 2)


def measure(epochs: int = EPOCHS, *, with_aligned: bool = False) -> list[Table]:
    run = find_run("lecture", gallery=paths.GALLERY)
    assert run is not None
    means = [run.latents(epoch).mean[: umap_tsne.POINTS] for epoch in run.latent_epochs()[-epochs:]]
    warnings.simplefilter("ignore")
    rows = []
    for method, step in umap_tsne.STEPS.items():
        step(means[-1][:200], None)  # compiles
        step(means[-1][:200], means[-1][:200, :2])
        ways: dict[str, Way] = {
            "chain": lambda m, step=step: umap_tsne.chain(m, step),
            **often({"each alone": partial(alone, step=step)}, {}),
        }
        if with_aligned and method == "umap":
            ways["AlignedUMAP"] = aligned
        for name, way in ways.items():
            start = time.perf_counter()
            frames = way(means)
            seconds = time.perf_counter() - start
            trust = np.mean([umap_tsne.share_of_neighbours_kept(m, f) for m, f in zip(means, frames, strict=True)])
            rows.append([f"{method}, {name}", f"{seconds:.1f} s", f"{moved(frames):.2f}", f"{trust:.3f}"])
            print(*rows[-1], file=sys.stderr)
    head = ["", "seconds, warm", "a dot moves from epoch to epoch (of the spread)", "trustworthiness"]
    note = f"{len(means)} epochs of {len(means[0])} points in {means[0].shape[1]} dimensions, once."
    return [Table("Bent maps across epochs", "python -m benchmarks layouts", head, rows, note)]


if __name__ == "__main__":
    for table in measure(with_aligned="--aligned" in sys.argv):
        print(table.markdown())
