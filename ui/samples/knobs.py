"""A knob for each number of the code: what it does, and how much the model uses it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ui.components.bridge import base64_of, component, size_of, token
from ui.components.images import sprite, webp
from ui.components.payloads.samples import CodeFrame, KnobsData
from ui.store import cache, tail
from vae_core.analysis.reference import IN_USE
from vae_core.runs.films import evenly
from vae_core.runs.run import Run, RunError

STEPS = np.linspace(-3, 3, 9, dtype=np.float32)  # of a strip: one number, from low to high
STRIP_EPOCHS = 11  # of a long run, so that the strips of all knobs stay about a megabyte
OFFERED = 20  # test pictures to begin from
KNOBS = 24  # the most that are shown; a model may have 64


def frame_of(path: str, epoch: int) -> tuple[np.ndarray, np.ndarray]:
    """Where 0 and 1 of a knob are in each dimension, (d,) each: the prior's, or the spread of a classic one's codes."""
    config = Run(Path(path)).config
    if config.is_vae:
        return np.zeros(config.latent_dim, np.float32), np.ones(config.latent_dim, np.float32)
    mean = cache.latents(path, epoch).mean
    return mean.mean(0), mean.std(0)


def frames(path: str, epochs: list[int]) -> CodeFrame:
    shift, scale = zip(*(frame_of(path, epoch) for epoch in epochs), strict=True)
    return {"shift": base64_of(np.stack(shift), "f4"), "scale": base64_of(np.stack(scale), "f4")}


@cache.cached(200)
def use_of(path: str, epochs: tuple[int, ...]) -> np.ndarray:
    """How much each dimension is used at each epoch, (epochs, d): KL in nats, or a classic one's spread of codes."""
    run = Run(Path(path))
    if not run.config.is_vae:
        return np.stack([cache.latents(path, epoch).mean.std(0) for epoch in epochs])
    metrics = tail.metrics(run)
    use = [metrics[epoch].get("kl_per_dimension") or [] for epoch in epochs]
    if any(len(kl) != run.config.latent_dim for kl in use):
        raise RunError(f"The file metrics.jsonl of the run {run.id} does not say how much each number is used.")
    return np.array(use, np.float32)


def dead(use: np.ndarray, classic: bool, epochs: Sequence[int]) -> np.ndarray:
    """Which dimensions say almost nothing, of use (epochs, d): a KL below IN_USE nats; in a classic one a spread below
    5% of the widest. None before training, at epoch 0: then no number has anything to say yet."""
    learned = np.array(epochs)[:, None] > 0
    return learned & (use < (0.05 * use.max(-1, keepdims=True) if classic else IN_USE))


def start_code(path: str, epoch: int, place: int | None) -> np.ndarray:
    """Where all knobs begin, (d,): the middle, or the mean of a kept test picture."""
    return frame_of(path, epoch)[0] if place is None else cache.latents(path, epoch).mean[place]


@cache.cached(30)
def knob_film(path: str, epochs: tuple[int, ...], place: int | None, order: tuple[int, ...]) -> str:
    """A WebP, a line for each epoch: the start decoded, then each of the dimensions in ``order`` at all STEPS."""
    from vae_core.analysis.interpolation import traverse
    from vae_core.analysis.sampling import decode

    lines = []
    for epoch in epochs:
        start, (shift, scale) = start_code(path, epoch, place), frame_of(path, epoch)
        codes = [traverse(start, dim, shift[dim] + scale[dim] * STEPS) for dim in order]
        lines.append(decode(cache.model(path, epoch), np.concatenate([start[None], *codes])))
    return webp(np.stack(lines))


def knobs(run: Run, every: list[int], place: int | None) -> KnobsData:
    """What ``static/samples/knobs.js`` needs: strips, measured use, and where the knobs begin, for each epoch."""
    path, epochs = str(run.path), evenly(every, STRIP_EPOCHS)
    use = use_of(path, tuple(epochs))
    order = tuple(int(dim) for dim in np.argsort(-use[-1], kind="stable")[:KNOBS])
    offered = offered_places(path)
    pictures = cache.originals(run, offered)
    if pictures is None:
        pictures = cache.decoded_means(path, epochs[-1], offered)
    starts = np.stack([start_code(path, epoch, place) for epoch in epochs])
    names, labels = run.dataset.label_names, cache.labels(path)
    titles = [f"A test picture of {names[labels[p]]}" if len(names) > 1 else f"Test picture {p + 1}" for p in offered]
    return {
        "run": run.id, "epochs": epochs, "size": size_of(run), "order": list(order), "steps": STEPS.tolist(),
        "latent_dim": use.shape[1],
        "film": knob_film(path, tuple(epochs), place, order), "use": base64_of(use, "f4"), "in_use": IN_USE,
        "dead": base64_of(dead(use, not run.config.is_vae, epochs), "u1"), "classic": not run.config.is_vae,
        "starts": base64_of(starts, "f4"), **frames(path, epochs), "place": place,
        "offered": list(zip(offered, titles, strict=True)),
        "pictures": sprite(pictures[None]),
        "version": token(path, epochs, place),
    }  # fmt: skip


def offered_places(path: str) -> tuple[int, ...]:
    """Test pictures to begin from."""
    return cache.examples(path, OFFERED)


_knobs = component("knobs", "samples/knobs.js")


def latent_knobs(payload: KnobsData) -> None:
    """A live slider for each dimension; it begins at ``picked("latent_knobs", "start")``."""
    _knobs(key="latent_knobs", data=payload, on_start_change=lambda: None)
