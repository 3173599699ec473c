"""What the samples page shows of a run: the grid's film, the story of one picture, knobs, manifold and random walk."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from ui import growing, maps, readers, smallmaps, warm
from ui.components import base64_of, sprite, token, webp
from ui.live import IN_USE
from vae_core import paths
from vae_core.analysis.density import kinds_around, log_aggregate_posterior, nearest_code, share_farther
from vae_core.datasets import registry
from vae_core.datasets.spec import DataError, Split
from vae_core.runs.run import Run, RunError

BUBBLES = 4_000  # kept test images whose bubbles make up "where the data are"
REAL = 400  # of them, those whose codes an invented one is compared with
NEAREST = 15  # test pictures around an invented code whose classes are counted
COMPARED = 200  # test images whose distance to the training set puts an invented picture's into proportion
STEPS = np.linspace(-3, 3, 9, dtype=np.float32)  # of a strip: one number, from low to high
STRIP_EPOCHS = 11  # of a long run, so that the strips of all knobs stay about a megabyte
KNOBS = 24  # the most that are shown; a model may have 64


@readers.kept(60)
def grid_film(path: str, epochs: tuple[int, ...], count: int, seed: int, spread: float) -> str:
    """The invented pictures of every epoch as one PNG in base64, a line for each epoch."""
    from vae_core.analysis.sampling import decode

    codes = [readers.codes(path, epoch, count, seed, spread) for epoch in epochs]
    return sprite(np.stack([decode(readers.model(path, e), z) for e, z in zip(epochs, codes, strict=True)]))


# ---- how far from the data


@readers.kept(200)
def real_farness(path: str, epoch: int) -> np.ndarray:
    """How far REAL codes of test pictures are from the others', sorted; drawn from their bubbles, if they have any."""
    from vae_core.analysis.sampling import noise

    kept = readers.latents(path, epoch)
    n = min(BUBBLES, len(kept.mean))
    own = np.unique(np.linspace(0, n - 1, min(REAL, n)).astype(int))
    codes = kept.mean[own]
    if kept.std is not None:
        codes = codes + kept.std[own] * noise(len(own), codes.shape[1], seed=1)
    return np.sort(_farness(path, epoch, codes, own))


def _farness(path: str, epoch: int, codes: np.ndarray, own: np.ndarray | None = None) -> np.ndarray:
    kept = readers.latents(path, epoch)
    if kept.logvar is None:
        return nearest_code(codes, kept.mean[:BUBBLES], own)
    return -log_aggregate_posterior(codes, kept.mean[:BUBBLES], kept.logvar[:BUBBLES], own)


@readers.kept(1000)
def surroundings(path: str, epoch: int, count: int, seed: int, spread: float) -> tuple[np.ndarray, ...]:
    """Of each invented code: the share of test pictures' codes that lies farther from the data, (count,).

    And of the NEAREST test pictures' codes, how many are of each class, (count, classes); and the order of the invented
    ones, (count,): those first whose neighbours agree most, and among these the ones nearest to the data.
    """
    codes = readers.codes(path, epoch, count, seed, spread)
    farness = _farness(path, epoch, codes)
    classes = len(registry.get(Run(Path(path)).config.dataset).class_names)
    mean, labels = readers.latents(path, epoch).mean, readers.labels(path)
    kinds = kinds_around(codes, mean[:BUBBLES], labels[:BUBBLES], classes, NEAREST)
    return share_farther(farness, real_farness(path, epoch)), kinds, np.lexsort((farness, -kinds.max(1)))


# ---- is it copying


@st.cache_resource(show_spinner=False, max_entries=2)
def _training_pictures(dataset: str, folder: str) -> tuple[Split, np.ndarray]:
    from vae_core.analysis.nearest_images import squares_of

    split = registry.load_train(dataset)
    return split, squares_of(split.images)


@st.cache_resource(show_spinner=False, max_entries=4)
def _test_distances(dataset: str, folder: str) -> np.ndarray:
    """5, 25, 50, 75 and 95 per cent of the test pictures are at most so far from their nearest training picture."""
    from vae_core.analysis.nearest_images import nearest

    train, squares = _training_pictures(dataset, folder)
    test = registry.load_test(dataset).images
    few = test[np.unique(np.linspace(0, len(test) - 1, COMPARED).astype(int))]
    return np.quantile(nearest(train.images, few, squares)[1], [0.05, 0.25, 0.5, 0.75, 0.95])


@st.cache_resource(show_spinner=False)
def get_ready(dataset: str, folder: str) -> threading.Thread:
    """Once for each dataset: read it beside the page, so that the first click on a picture need not wait for that."""

    def work() -> None:
        time.sleep(warm.HEAD_START)
        with suppress(DataError):  # the click will say what is wrong
            _test_distances(dataset, folder)

    thread = threading.Thread(target=work, name="training pictures", daemon=True)
    thread.start()
    return thread


@st.cache_data(show_spinner=False, max_entries=400)
def _nearest(
    path: str, epochs: tuple[int, ...], count: int, seed: int, spread: float, chosen: int, folder: str
) -> dict[str, Any]:
    from vae_core.analysis.nearest_images import nearest

    dataset = Run(Path(path)).config.dataset
    train, squares = _training_pictures(dataset, folder)
    invented = np.stack([readers.samples(path, epoch, count, seed, spread)[chosen] for epoch in epochs])
    places, away = nearest(train.images, invented, squares)
    names = registry.get(dataset).class_names
    return {
        "png": sprite(train.images[places].reshape(-1, 1, 28, 28)),
        "places": places.tolist(), "classes": [names[c] for c in train.labels[places]],
        "away": away.round(2).tolist(), "of": len(train.images),
        "typical": _test_distances(dataset, folder).round(2).tolist(),
    }  # fmt: skip


def nearest_training(
    run: Run, epochs: list[int], count: int, seed: int, spread: float, chosen: int
) -> dict[str, Any] | None:
    """The training picture nearest to one invented picture at each epoch; None where the dataset is not here."""
    if not registry.is_here(run.config.dataset):
        return None
    try:
        return _nearest(str(run.path), tuple(epochs), count, seed, spread, chosen, str(paths.data_dir()))
    except DataError:
        return None


def story(run: Run, epochs: list[int], count: int, seed: int, spread: float, chosen: int | None) -> dict[str, Any]:
    """What ``static/story.js`` tells: how far all pictures are from the data, and of the chosen one the rest."""
    path = str(run.path)
    measured = [surroundings(path, epoch, count, seed, spread) for epoch in epochs]
    farther, kinds, order = (np.stack(each) for each in zip(*measured, strict=True))
    found = None if chosen is None else nearest_training(run, epochs, count, seed, spread, chosen)
    return {
        "run": run.id, "epochs": epochs, "count": count, "chosen": chosen, "classic": not run.config.is_vae,
        "farther": base64_of(farther, "f4"), "order": base64_of(order, "u1"), "kinds": base64_of(kinds, "u1"),
        "names": list(registry.get(run.config.dataset).class_names), "around": int(kinds[0, 0].sum()),
        "nearest": found, "real": len(real_farness(path, epochs[-1])),
        "version": token(path, epochs, count, seed, spread, chosen, found is None),
    }  # fmt: skip


def marks(run: Run, epochs: list[int], count: int, seed: int, spread: float, chosen: int) -> list[dict[str, Any]]:
    """For the small map: all invented codes, and the chosen one large."""
    path = str(run.path)
    basis = smallmaps.basis(path, epochs[-1])
    moving = epochs if not run.config.is_vae else epochs[-1:]  # the same dice at every epoch
    places = [smallmaps.project(basis, readers.codes(path, epoch, count, seed, spread)) for epoch in moving]
    return [
        {**maps.mark("all invented", "z", places), "size": 6},
        {**maps.mark(f"picture {chosen + 1}", "z", [p[chosen : chosen + 1] for p in places]), "size": 16},
    ]


# ---- knobs, manifold, random walk


def frame_of(path: str, epoch: int) -> tuple[np.ndarray, np.ndarray]:
    """Where 0 and 1 of a knob are in each dimension, (d,) each: the prior's, or the spread of a classic one's codes."""
    config = Run(Path(path)).config
    if config.is_vae:
        return np.zeros(config.latent_dim, np.float32), np.ones(config.latent_dim, np.float32)
    mean = readers.latents(path, epoch).mean
    return mean.mean(0), mean.std(0)


def frames(path: str, epochs: list[int]) -> dict[str, str]:
    shift, scale = zip(*(frame_of(path, epoch) for epoch in epochs), strict=True)
    return {"shift": base64_of(np.stack(shift), "f4"), "scale": base64_of(np.stack(scale), "f4")}


@readers.kept(200)
def use_of(path: str, epochs: tuple[int, ...]) -> np.ndarray:
    """How much each dimension is used at each epoch, (epochs, d): KL in nats, or a classic one's spread of codes."""
    run = Run(Path(path))
    if not run.config.is_vae:
        return np.stack([readers.latents(path, epoch).mean.std(0) for epoch in epochs])
    metrics = growing.metrics(run)
    use = [metrics[epoch].get("kl_per_dimension") or [] for epoch in epochs]
    if any(len(kl) != run.config.latent_dim for kl in use):
        raise RunError(f"The file metrics.jsonl of the run {run.id} does not say how much each number is used.")
    return np.array(use, np.float32)


def dead(use: np.ndarray, classic: bool) -> np.ndarray:
    """Which dimensions do nothing: a KL below IN_USE nats; in a classic one a spread below 5 % of the widest."""
    return use < (0.05 * use.max(-1, keepdims=True) if classic else IN_USE)


def start_code(path: str, epoch: int, place: int | None) -> np.ndarray:
    """Where all knobs begin, (d,): the middle, or the mean of a kept test picture."""
    return frame_of(path, epoch)[0] if place is None else readers.latents(path, epoch).mean[place]


@readers.kept(30)
def knob_film(path: str, epochs: tuple[int, ...], place: int | None, order: tuple[int, ...]) -> str:
    """A WebP, a line for each epoch: the start decoded, then each of the dimensions in ``order`` at all STEPS."""
    from vae_core.analysis.sampling import decode, traverse

    lines = []
    for epoch in epochs:
        start, (shift, scale) = start_code(path, epoch, place), frame_of(path, epoch)
        codes = [traverse(start, dim, shift[dim] + scale[dim] * STEPS) for dim in order]
        lines.append(decode(readers.model(path, epoch), np.concatenate([start[None], *codes])))
    return webp(np.stack(lines))


def strip_epochs(epochs: list[int]) -> list[int]:
    if len(epochs) <= STRIP_EPOCHS:
        return epochs
    return [epochs[k] for k in np.unique(np.linspace(0, len(epochs) - 1, STRIP_EPOCHS).round().astype(int))]


def knobs(run: Run, every: list[int], place: int | None) -> dict[str, Any]:
    """What ``static/knobs.js`` needs: strips, measured use, and where the knobs begin, for each epoch."""
    path, epochs = str(run.path), strip_epochs(every)
    use = use_of(path, tuple(epochs))
    order = tuple(int(dim) for dim in np.argsort(-use[-1], kind="stable")[:KNOBS])
    offered = offered_places(path)
    pictures = readers.originals(run, offered)
    if pictures is None:
        pictures = readers.decoded_means(path, epochs[-1], offered)
    starts = np.stack([start_code(path, epoch, place) for epoch in epochs])
    names = registry.get(run.config.dataset).class_names
    labels = readers.labels(path)
    return {
        "run": run.id, "epochs": epochs, "order": list(order), "steps": STEPS.tolist(), "latent_dim": use.shape[1],
        "film": knob_film(path, tuple(epochs), place, order), "use": base64_of(use, "f4"), "in_use": IN_USE,
        "dead": base64_of(dead(use, not run.config.is_vae), "u1"), "classic": not run.config.is_vae,
        "starts": base64_of(starts, "f4"), **frames(path, epochs), "place": place,
        "offered": [[int(p), names[labels[p]]] for p in offered], "pictures": sprite(pictures[None]),
        "version": token(path, epochs, place),
    }  # fmt: skip


def offered_places(path: str) -> tuple[int, ...]:
    """Test pictures to begin from: the first kept of each class, then the second of each."""
    known = readers.labels(path)
    places = [np.flatnonzero(known == c) for c in np.unique(known)]
    return tuple(int(found[k]) for k in (0, 1) for found in places if len(found) > k)


@readers.kept(20)
def manifold_film(path: str, epochs: tuple[int, ...], size: int, even: bool) -> tuple[str, np.ndarray]:
    """A WebP with a line of size * size pictures for each epoch, and the two axes (2, size) in knob units."""
    from vae_core.analysis import sampling

    grid = sampling.manifold(size, 3.0) if even else sampling.quantile_manifold(size)
    lines = []
    for epoch in epochs:
        shift, scale = frame_of(path, epoch)
        lines.append(sampling.decode(readers.model(path, epoch), (shift + scale * grid).reshape(-1, 2)))
    return webp(np.stack(lines)), np.stack([grid[0, :, 0], grid[:, 0, 1]])


def manifold(run: Run, epochs: list[int], size: int, even: bool) -> dict[str, Any]:
    """What ``static/manifold.js`` draws."""
    path = str(run.path)
    film, axes = manifold_film(path, tuple(epochs), size, even)
    return {
        "run": run.id, "epochs": epochs, "size": size, "film": film, "axes": axes.round(3).tolist(), "even": even,
        "classic": not run.config.is_vae, **frames(path, epochs), "version": token(path, epochs, size, even),
    }  # fmt: skip


def walk(run: Run, epochs: list[int], seed: int) -> dict[str, Any]:
    """What ``static/wander.js`` plays: the coefficients of the walk, and the code's frame at each epoch."""
    from vae_core.analysis.sampling import walk_coefficients

    coefficients = walk_coefficients(run.config.latent_dim, seed)
    return {
        "run": run.id, "epochs": epochs, "waves": coefficients.shape[1], "latent_dim": run.config.latent_dim,
        "coefficients": base64_of(coefficients, "f4"), **frames(str(run.path), epochs), "seed": seed,
        "version": token(str(run.path), epochs, seed),
    }  # fmt: skip
