"""Cached answers about runs. Lines of metrics.jsonl never change, so (run, epoch) is a key for ever."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from ui.shell import visitor
from ui.store import memory
from ui.store.memory import F
from ui.store.memory import cached as cached
from ui.store.tail import FILM
from vae_core import paths
from vae_core.analysis import clearness, noise_shapes, projections
from vae_core.datasets import registry
from vae_core.datasets.spec import DataError, NotNow, Split
from vae_core.gallery import Piece
from vae_core.runs.films import examples_of
from vae_core.runs.run import Latents, Run
from vae_core.runs.untrusted import MAX_IMAGES

COMMON = Piece.points  # test pictures of which every model of the gallery keeps the codes


def clear() -> None:
    """Empty all caches: another run may be stored under a path by now."""
    st.cache_data.clear()
    _test_split.clear()
    memory.clear()


@cached(64)
def latents(path: str, epoch: int) -> Latents:
    return Run(Path(path)).latents(epoch)


def basis(path: str, epoch: int, view: str, first: int = 0, second: int = 1) -> projections.Basis:
    """The projection of a view for all epochs; ``epoch`` is the newest (``projections.view_of``). Raises RunError."""
    if view == "dims":
        return projections.view_of(lambda e: latents(path, e).mean, (epoch,), view, first, second)
    line = projections.forebears(Run(Path(path)).latent_epochs(), epoch)
    return _steady(path, line, projections.DIRECTIONS.get(view, 2))


@cached(700)  # one for each epoch of a long training: each new one is a step from the one before
def _steady(path: str, line: tuple[int, ...], count: int) -> projections.Basis:
    mean = latents(path, line[-1]).mean
    if len(line) == 1:
        return projections.pca(mean, count)
    return projections.onto(_steady(path, line[:-1], count), latents(path, line[-2]).mean, mean)


@cached(200)
def labels(path: str) -> np.ndarray:
    return Run(Path(path)).labels()


@cached(200)
def test_indices(path: str) -> np.ndarray:
    return Run(Path(path)).test_indices()


@cached(FILM + 7)  # fewer than a film, and each epoch would be read again
def model(path: str, epoch: int) -> Any:
    """The network at an epoch. torch is imported here, on first use."""
    import torch

    from vae_core.training.checkpoint import load_model

    torch.set_num_threads(1)  # as in ui.shell.startup, for a first picture that comes before it
    return load_model(Run(Path(path)), epoch)


@cached(2000)
def decoded_means(path: str, epoch: int, places: tuple[int, ...]) -> np.ndarray:
    """What the decoder makes of the means of some kept images at an epoch, (n, height, width) uint8."""
    from vae_core.analysis.sampling import decode

    return decode(model(path, epoch), latents(path, epoch).mean[list(places)])


@cached(1000)
def samples(path: str, epoch: int, count: int, seed: int, spread: float, dice: str = "") -> np.ndarray:
    """Samples (n, height, width) uint8: the same noise at every epoch."""
    from vae_core.analysis.sampling import decode

    return decode(model(path, epoch), codes(path, epoch, count, seed, spread, dice))


def codes(path: str, epoch: int, count: int, seed: int, spread: float, dice: str = "") -> np.ndarray:
    """The random codes (n, d) behind the samples. ``dice``: one of ``noise_shapes.SHAPES``, or ``classes-7``: of one
    class. Without: N(0, 1), or for a classic autoencoder the spread of each of its numbers."""
    from vae_core.analysis import sampling

    run = Run(Path(path))
    if dice and dice != "prior":
        name, _, only = dice.partition("-")
        shape = noise_shape(path, epoch, name, int(only) if only else None)
        rolls = sampling.noise(count, run.config.latent_dim, seed)
        return shape.codes(rolls, noise_shapes.turns(count, seed), spread)
    if run.config.is_vae or dice:
        return sampling.sample_prior(count, run.config.latent_dim, seed, spread)
    return sampling.sample_codes(latents(path, epoch).mean, count, seed, spread)


@cached(300)
def noise_shape(path: str, epoch: int, name: str, only: int | None) -> noise_shapes.Shape:
    """The shape of the dice, measured on the codes of the first COMMON kept test pictures."""
    return noise_shapes.fitted(name, latents(path, epoch).mean[:COMMON], labels(path)[:COMMON], only, gaussians(path))


def gaussians(path: str) -> int:
    """Of how many Gaussians a mixture is: as many as where its clearness is measured, on a part of few codes."""
    count, d = clearness.learned_from(len(labels(path))), Run(Path(path)).config.latent_dim
    return noise_shapes.gaussians_for(min(count, COMMON), d)


EXAMPLES = 10  # test pictures in a row


@cached(200)
def examples(path: str, count: int = EXAMPLES) -> tuple[int, ...]:
    """``films.examples_of`` the images that a run keeps."""
    return examples_of(labels(path), count)


@cached(200)
def typical_first(path: str, epoch: int, label: int) -> np.ndarray:
    """Places of a class among the kept images, the most typical first: nearest to the middle of its class, measured.

    Among the first ``COMMON``, so that other models know them too, or among all if the class is rarer.
    """
    mean, known = latents(path, epoch).mean, labels(path) == label
    places = np.flatnonzero(known[:COMMON] if known[:COMMON].any() else known)
    away = np.linalg.norm(mean[places] - np.median(mean[places], axis=0), axis=1)
    return places[np.argsort(away)]


@st.cache_resource(show_spinner=False, max_entries=4)
def _test_split(dataset: str, folder: str) -> Split:
    return registry.load_test(dataset)


_damaged: dict[tuple[str, str], tuple[object, ...]] = {}  # the stamps of datasets that could not be read


def of_pictures(most: int, of: Callable[..., Path | str] = lambda path, *_, **__: path) -> Callable[[F], F]:
    """``cached`` for a function that looks at the pictures of a run: ``of`` its arguments, as a rule of its path alone.

    What it answers is remembered apart for whoever may see them, and for when they are on this machine.
    """
    return memory.cached(most, apart=lambda *asked, **named: are_seen(str(of(*asked, **named))))


def are_seen(path: str) -> bool:
    """Whether whoever asks may see the pictures of a run, and they are here."""
    return _test_pictures(_dataset(path)) is not None


@cached(2000)
def _dataset(path: str) -> str:
    return Run(Path(path)).config.dataset


def originals(run: Run, places: tuple[int, ...] | np.ndarray) -> np.ndarray | None:
    """The test images behind some kept points, (n, height, width) uint8; None where the dataset is not on this machine,
    or on a shared server somebody else's."""
    split = test_pictures(run)
    if split is None:
        return None
    try:
        return run.dataset.shape.pictures(split.images[test_indices(str(run.path))[np.asarray(places)]])
    except IndexError:
        return None


def test_to_keep(run: Run) -> Split | None:
    """The test images that a new run will keep, before its trainer has noted which: the first. None as above."""
    split = test_pictures(run)
    return None if split is None else Split(split.images[:MAX_IMAGES], split.labels[:MAX_IMAGES])


def test_pictures(run: Run) -> Split | None:
    """All test images of a run's dataset, if they are here and may be seen."""
    return _test_pictures(run.config.dataset)


def _test_pictures(dataset: str) -> Split | None:
    """One that is damaged is not read again before its files change: pages ask for each picture."""
    if memory.is_for_all():  # or a stranger would be shown them
        raise RuntimeError("What looks at pictures is remembered with cache.of_pictures.")
    folder = str(paths.data_dir())
    if not registry.test_is_here(dataset) or not visitor.may_use(dataset):
        return None
    key = dataset, folder
    if key in _damaged and _damaged[key] == registry.stamp(dataset):
        return None
    try:
        return _test_split(dataset, folder)
    except NotNow:
        return None
    except DataError:
        _damaged[key] = registry.stamp(dataset)
        return None
