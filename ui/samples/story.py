"""The story of one sample: is it a copy, what is around its code, how far is it from the data."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import streamlit as st

from ui.components.bridge import base64_of, component, size_of, token
from ui.components.images import sprite
from ui.components.payloads.samples import Nearest, StoryData
from ui.shell import startup, visitor
from ui.store import cache
from vae_core import paths
from vae_core.analysis.density import kinds_around, log_aggregate_posterior, nearest_code, share_farther
from vae_core.datasets import registry
from vae_core.datasets.spec import DataError, Split
from vae_core.runs.run import Run

BUBBLES = 4_000  # kept test images whose bubbles make up "where the data are"
REAL = 400  # of them, those whose codes a sample is compared with
NEAREST = 15  # test pictures around a sample's code whose classes are counted
COMPARED = 200  # test images whose distance to the training pictures puts a sample's into proportion


@cache.cached(200)
def real_farness(path: str, epoch: int) -> np.ndarray:
    """How far REAL codes of test pictures are from the others', sorted; drawn from their bubbles, if they have any."""
    from vae_core.analysis.sampling import noise

    kept = cache.latents(path, epoch)
    n = min(BUBBLES, len(kept.mean))
    own = np.unique(np.linspace(0, n - 1, min(REAL, n)).astype(int))
    codes = kept.mean[own]
    if kept.std is not None:
        codes = codes + kept.std[own] * noise(len(own), codes.shape[1], seed=1)
    return np.sort(_farness(path, epoch, codes, own))


def _farness(path: str, epoch: int, codes: np.ndarray, own: np.ndarray | None = None) -> np.ndarray:
    kept = cache.latents(path, epoch)
    if kept.logvar is None:
        return nearest_code(codes, kept.mean[:BUBBLES], own)
    return -log_aggregate_posterior(codes, kept.mean[:BUBBLES], kept.logvar[:BUBBLES], own)


@cache.cached(1000)
def surroundings(path: str, epoch: int, count: int, seed: int, spread: float, dice: str = "") -> tuple[np.ndarray, ...]:
    """Of each sample's code: the share of test pictures' codes that lies farther from the data, (count,).

    And of the NEAREST test pictures' codes, how many are of each class, (count, classes); and the order of the
    samples, (count,): those first whose neighbours agree most, and among these the ones nearest to the data.
    """
    codes = cache.codes(path, epoch, count, seed, spread, dice)
    farness = _farness(path, epoch, codes)
    classes = len(Run(Path(path)).dataset.label_names)
    mean, labels = cache.latents(path, epoch).mean, cache.labels(path)
    nearest = min(NEAREST, max(len(mean) // 3, 1))  # of few, all would be the nearest to any code
    kinds = kinds_around(codes, mean[:BUBBLES], labels[:BUBBLES], classes, nearest)
    return share_farther(farness, real_farness(path, epoch)), kinds, np.lexsort((farness, -kinds.max(1)))


def _asked(dataset: str) -> np.ndarray:
    """Places of the test pictures whose distance to the compared ones puts a sample's into proportion."""
    size = registry.get(dataset).test_size
    return np.unique(np.linspace(0, size - 1, max(min(COMPARED, size // 2), 1)).astype(int))


def _has_others(dataset: str, learned: bool) -> bool:
    """Whether there are pictures besides those that are asked for."""
    return learned or registry.get(dataset).test_size > len(_asked(dataset))


@st.cache_resource(show_spinner=False, max_entries=2)
def _compared(dataset: str, folder: str, learned: bool) -> tuple[Split, np.ndarray]:
    """The pictures among which the nearest is looked for: those it learned from, or the other test pictures."""
    from vae_core.analysis.nearest_images import squares_of

    split = registry.load_train(dataset) if learned else registry.load_test(dataset)
    if not learned:
        kept = np.delete(np.arange(len(split.images)), _asked(dataset))
        split = Split(split.images[kept], split.labels[kept])
    return split, squares_of(split.images)


@st.cache_resource(show_spinner=False, max_entries=4)
def _test_distances(dataset: str, folder: str, learned: bool) -> np.ndarray:
    """5, 25, 50, 75 and 95 per cent of some test pictures are at most so far from their nearest compared one."""
    from vae_core.analysis.nearest_images import nearest

    compared, squares = _compared(dataset, folder, learned)
    few = registry.load_test(dataset).images[_asked(dataset)]
    return np.quantile(nearest(compared.images, few, squares)[1], [0.05, 0.25, 0.5, 0.75, 0.95])


@st.cache_resource(show_spinner=False)
def get_ready(dataset: str, folder: str) -> threading.Thread:
    """Once for each dataset: read it beside the page, so that the first click on a picture need not wait for that."""

    def work() -> None:
        time.sleep(startup.HEAD_START)
        with suppress(DataError, KeyError):  # the click will say what is wrong, unless the pictures were deleted
            if _has_others(dataset, learned := registry.is_here(dataset)):
                _test_distances(dataset, folder, learned)

    thread = threading.Thread(target=work, name="training pictures", daemon=True)
    thread.start()
    return thread


@st.cache_data(show_spinner=False, max_entries=400)
def _nearest(
    path: str, epochs: tuple[int, ...], count: int, seed: int, spread: float, dice: str, chosen: int, folder: str,
    learned: bool,
) -> Nearest:  # fmt: skip
    from vae_core.analysis.nearest_images import nearest

    dataset = Run(Path(path)).config.dataset
    compared, squares = _compared(dataset, folder, learned)
    invented = np.stack([cache.samples(path, epoch, count, seed, spread, dice)[chosen] for epoch in epochs])
    spec = registry.get(dataset)
    places, away = nearest(compared.images, spec.shape.flat(invented), squares)
    return {
        "png": sprite(spec.shape.pictures(compared.images[places])[:, None]),
        "places": places.tolist(), "classes": [spec.label_names[c] for c in compared.labels[places]],
        "away": away.round(2).tolist(), "of": len(compared.images), "learned": learned,
        "copies": spec.copies if learned else 1,
        "typical": _test_distances(dataset, folder, learned).round(2).tolist(),
    }  # fmt: skip


def nearest_training(
    run: Run, epochs: list[int], count: int, seed: int, spread: float, chosen: int, dice: str = ""
) -> Nearest | None:
    """The training picture nearest to one sample at each epoch, or the test picture where only these are here.

    None where neither are.
    """
    dataset = run.config.dataset
    if not registry.test_is_here(dataset) or not visitor.may_use(dataset):
        return None
    learned, folder = registry.is_here(dataset), str(paths.data_dir())
    if not _has_others(dataset, learned):
        return None
    try:
        return _nearest(str(run.path), tuple(epochs), count, seed, spread, dice, chosen, folder, learned)
    except DataError:
        return None


def story(
    run: Run, epochs: list[int], count: int, seed: int, spread: float, chosen: int | None, dice: str = ""
) -> StoryData:
    """What ``story.js`` tells: how far all pictures are from the data, and of the chosen one the rest."""
    path = str(run.path)
    measured = [surroundings(path, epoch, count, seed, spread, dice) for epoch in epochs]
    farther, kinds, order = (np.stack(each) for each in zip(*measured, strict=True))
    found = None if chosen is None else nearest_training(run, epochs, count, seed, spread, chosen, dice)
    return {
        "run": run.id, "epochs": epochs, "size": size_of(run), "count": count, "chosen": chosen,
        "classic": not run.config.is_vae,
        "farther": base64_of(farther, "f4"), "order": base64_of(order, "u1"), "kinds": base64_of(kinds, "u1"),
        "names": list(run.dataset.label_names), "around": int(kinds[0, 0].sum()),
        "nearest": found, "real": len(real_farness(path, epochs[-1])),
        "version": token(path, epochs, count, seed, spread, dice, chosen, found is None),
    }  # fmt: skip


_story = component("story", "samples/story.js")


def sample_story(payload: StoryData) -> None:
    """``ui.samples.story``: what is known about the chosen sample, and marks on the grid."""
    _story(key="sample_story", data=payload)
