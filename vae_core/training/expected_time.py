"""How long a training will take on this machine, as earlier ones here say; a guess where none was like it. No torch."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from vae_core import architecture, os_compat, paths
from vae_core.architecture import Layer, Sizes
from vae_core.config import Config
from vae_core.datasets import registry
from vae_core.datasets.spec import Shape
from vae_core.runs.index import own_runs
from vae_core.runs.run import Run, RunError

START_SECONDS = 4.0  # a trainer before its first step
LOOKED_AT = 24  # the latest runs
KEPT_SECONDS = 20.0
# What two quiet cores do, right within a factor of 2 (docs/decisions.md). Only for a first guess.
MULTIPLICATIONS_PER_SECOND = {"linear": 40e9, "convolution": 24e9, "transposed_convolution": 24e9}
SECONDS_PER_WEIGHT = 4e-9  # of one step of Adam
PASSES = 3  # forwards, and backwards twice: for the inputs and for the weights


class Pictures(NamedTuple):
    """What of a dataset decides over the time: also of one that is not made yet."""

    shape: Shape
    train_size: int
    test_size: int


class Measured(NamedTuple):
    """An earlier training, with all that is asked of it: its pictures may be deleted while it is remembered."""

    config: Config
    pictures: Pictures
    pace: float  # how many times its first guess an epoch took


@dataclass(frozen=True)
class Expected:
    """How long a training takes."""

    seconds: float
    measured: bool  # whether the same network has learned from pictures of this size here

    @property
    def words(self) -> str:
        """For a form: a measured time is said as such, and a guess as a guess."""
        if self.measured:
            return f"about {in_words(self.seconds)} on this machine"
        return f"perhaps {in_words(self.seconds)}: a guess, since nothing like it has been trained here yet"

    @property
    def short(self) -> str:
        """For a card, the same in three or four words."""
        return f"about {in_words(self.seconds)} here" if self.measured else f"perhaps {in_words(self.seconds)} here"


def of(config: Config, pictures: Pictures | None = None, folder: Path | None = None) -> Expected:
    """The time of a training with these settings, on other pictures than their dataset's if some are given.

    Raises KeyError for a dataset that is not known here.
    """
    pictures = pictures or _pictures(config)
    found = [entry for entry in _measured(folder or paths.runs_dir()) if entry.config.device == config.device]
    alike = [
        entry for entry in found
        if entry.config.network == config.network and entry.pictures.shape == pictures.shape
    ]  # fmt: skip
    paces = [entry.pace for entry in alike or found]
    pace = statistics.median(paces[:5]) if paces else 1.0
    return Expected(START_SECONDS + config.epochs * first_guess(config, pictures) * pace, bool(alike))


def first_guess(config: Config, pictures: Pictures | None = None) -> float:
    """Seconds of an epoch by counting multiplications: right to a factor of a few, on any machine."""
    shape, train, test = pictures or _pictures(config)
    assert config.hidden_dim is not None
    outputs = 2 * config.latent_dim if config.is_vae else config.latent_dim
    encoder, decoder = architecture.get(config.network).layers(shape, config.latent_dim, config.hidden_dim, outputs)
    work = _seconds(encoder, (shape.pixels,)) + _seconds(decoder, (config.latent_dim,))
    layers = [*encoder, *decoder]
    weights = sum(math.prod(sizes) for layer in layers for sizes in architecture.weights_of(layer).values())
    return math.ceil(train / config.batch_size) * weights * SECONDS_PER_WEIGHT + (PASSES * train + test) * work


def in_words(seconds: float) -> str:
    """A time as one says it: ``40 seconds``, ``3 minutes``, ``2 hours``."""
    if seconds < 10:
        return "10 seconds"
    if seconds < 55:
        return f"{round(seconds, -1):.0f} seconds"
    if seconds < 90:
        return "a minute"
    if seconds < 3600 * 0.95:
        return f"{round(seconds / 60)} minutes"
    hours = round(seconds / 3600)
    return "an hour" if hours == 1 else f"{hours} hours"


def _seconds(layers: Sequence[Layer], sizes: Sizes) -> float:
    """Of one picture, forwards."""
    total = 0.0
    for layer, (before, after) in zip(layers, _pairs(layers, sizes), strict=True):
        if rate := MULTIPLICATIONS_PER_SECOND.get(layer["type"]):
            places = {"linear": 1, "convolution": math.prod(after[1:]), "transposed_convolution": math.prod(before[1:])}
            weight = math.prod(architecture.weights_of(layer)["weight"])
            total += weight * places[layer["type"]] / rate
    return total


def _pairs(layers: Sequence[Layer], sizes: Sizes) -> list[tuple[Sizes, Sizes]]:
    through = architecture.sizes_through(layers, sizes)
    return list(pairwise(through))


def _pictures(config: Config) -> Pictures:
    spec = registry.get(config.dataset)
    return Pictures(spec.shape, spec.train_size, spec.test_size)


_kept: dict[Path, tuple[float, list[Measured]]] = {}


def _measured(folder: Path) -> list[Measured]:
    """The latest trainings of this machine, the newest first; looked up anew after a while."""
    when, found = _kept.get(folder, (-math.inf, []))
    if time.monotonic() - when >= KEPT_SECONDS:
        found = [entry for run in own_runs(folder)[:LOOKED_AT] if (entry := _of_run(run))]
        _kept[folder] = time.monotonic(), found
    return found


def forget() -> None:
    """Look again at the next question."""
    _kept.clear()


def _of_run(run: Run) -> Measured | None:
    """None for a run that says nothing of this machine: of another (imported ones name none), broken, or too young."""
    try:
        if run.status().host != os_compat.HOST:
            return None
        seconds = [record["seconds"] for record in run.metrics()[1:] if record.get("seconds", 0) > 0]
        if not seconds:
            return None
        pictures = _pictures(run.config)
        return Measured(run.config, pictures, statistics.median(seconds) / first_guess(run.config, pictures))
    except (RunError, KeyError):  # KeyError: its pictures are not known here
        return None
