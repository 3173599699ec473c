"""UMAP and t-SNE of 2,000 points across epochs: ``python -m benchmarks.layouts [epochs] [--aligned]``.

The chain of ``vae_core.layouts`` against a layout of each epoch on its own, for the gallery’s lecture model: seconds
when warm, how far a dot typically moves from epoch to epoch (in units of the map’s spread, each turned onto the next),
and trustworthiness. ``--aligned`` adds ``umap.AlignedUMAP``, which takes minutes.
"""

from __future__ import annotations

import argparse
import time
import warnings

import numpy as np

from vae_core import layouts, runs


def moved(frames: np.ndarray) -> float:
    return float(np.median(np.linalg.norm(np.diff(frames, axis=0), axis=-1)) / frames.std(axis=(0, 1)).mean())


def alone(means: list[np.ndarray], step: layouts.Step) -> np.ndarray:
    """Each epoch from nothing, then turned onto the next."""
    frames = [step(means[-1], None)]
    for points in reversed(means[:-1]):
        frames.append(layouts.turned(step(points, None), frames[-1]))
    return np.stack(frames[::-1])


def aligned(means: list[np.ndarray]) -> np.ndarray:
    import umap

    same = {i: i for i in range(len(means[0]))}
    return np.stack(umap.AlignedUMAP(random_state=0).fit(means, relations=[same] * (len(means) - 1)).embeddings_)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("epochs", type=int, nargs="?", default=11)
    parser.add_argument("--aligned", action="store_true")
    asked = parser.parse_args()
    run = runs.find("lecture", gallery=runs.GALLERY)
    assert run is not None
    means = [run.latents(epoch).mean[: layouts.POINTS] for epoch in run.latent_epochs()[-asked.epochs :]]
    warnings.simplefilter("ignore")
    for method, step in layouts.STEPS.items():
        step(means[-1][:200], None)  # compiles
        step(means[-1][:200], means[-1][:200, :2])
        ways = {
            "chain": lambda step=step: layouts.chain(means, step),
            "each alone": lambda step=step: alone(means, step),
        }
        if asked.aligned and method == "umap":
            ways["AlignedUMAP"] = lambda: aligned(means)
        for name, way in ways.items():
            start = time.perf_counter()
            frames = way()
            seconds = time.perf_counter() - start
            trust = np.mean([layouts.faithful(m, f) for m, f in zip(means, frames, strict=True)])
            print(f"{method}, {name}: {seconds:.1f} s, a dot moves {moved(frames):.2f}, trustworthiness {trust:.3f}")


if __name__ == "__main__":
    main()
