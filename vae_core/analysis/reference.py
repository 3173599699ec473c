"""What is usual: the figures of a setting over several seeds, and how a run compares with them.

``reference.json`` is made by ``VAE_DATA_DIR=... python -m vae_core.analysis.reference``: each setting below is trained
with several seeds through the ordinary command line; the gallery's run of a setting counts as one. What was measured
already is not measured again. Nothing is kept of a training but its figures after each epoch. Imports no torch.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from vae_core import os_compat
from vae_core.config import PRESETS, Config
from vae_core.datasets import registry
from vae_core.jobs.foreground import NotTrained, train
from vae_core.runs import files
from vae_core.runs.index import list_runs
from vae_core.runs.run import Run

FILE = Path(__file__).with_name("reference.json")
# Of one epoch: losses in nats per image (``test``: z sampled; ``test_mean``: the mean decoded), and a count.
FIGURES = ("train", "test", "test_mean", "reconstruction", "kl", "in_use")
IN_USE = 0.05  # nats of KL above which a number of the code counts as used
LEAST = 3  # runs that make a band
# Student's t for 95 %, two-sided, by degrees of freedom (Student 1908); from 7 on the last is close enough.
T95 = {2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365}
MNIST = Config(dataset="mnist", hidden_dim=400)
DIGITS = Config(dataset="digits", hidden_dim=400, **registry.get("digits").defaults)
FIVE = Config(dataset="mnist-5k", **registry.get("mnist-5k").defaults)
REST = Config(dataset="mnist-55k", hidden_dim=400)  # what the gallery learned from
DEEP: dict[str, Any] = {"latent_dim": 2, "network": "deep", "hidden_dim": None}
# What may differ without changing what is usual after an epoch: shuffle and noise come from (seed, epoch) alone.
FREE = ("epochs", "seed", "device")
SETTINGS = {
    **{f"digits, {name}": (replace(DIGITS, **preset.changes), 4) for name, preset in PRESETS.items()},
    "mnist, lecture": (MNIST, 4),
    "mnist, two-knobs": (replace(MNIST, latent_dim=2), 4),
    "mnist, no-penalty": (replace(MNIST, beta=0.0), 3),
    "mnist, beta 4": (replace(MNIST, beta=4.0), 3),
    "mnist, autoencoder": (replace(MNIST, model="autoencoder"), 3),
    "mnist, beta 10": (replace(MNIST, beta=10.0), 3),
    "mnist, beta 0.1": (replace(MNIST, beta=0.1), 3),
    "mnist-55k, lecture": (REST, 3),
    "mnist-55k, autoencoder": (replace(REST, model="autoencoder"), 3),
    **{f"mnist-55k, beta {beta:g}": (replace(REST, beta=beta), 3) for beta in (0.0, 0.1, 4.0, 10.0)},
    "mnist-55k, two-knobs": (replace(REST, **DEEP, epochs=20, batch_size=64), 3),
    **{f"mnist-5k, {name}": (preset.config("mnist-5k"), 3) for name, preset in PRESETS.items()},
    "mnist, two-knobs, deep": (replace(MNIST, **DEEP), 3),
    **{f"mnist-5k, {name}": (replace(FIVE, network=name, hidden_dim=None), 3) for name in ("deep", "convolutional")},
}


@dataclass(frozen=True)
class Range:
    """Where to expect one more run of the same setting, with 95 % certainty."""

    low: float
    high: float
    middle: float
    runs: int

    def says(self, value: float) -> str:
        """``usual``, ``low`` or ``high``."""
        return "low" if value < self.low else "high" if value > self.high else "usual"


@dataclass(frozen=True)
class Band:
    """A measured setting: for each run and figure, its value after each epoch (nan where there is none)."""

    config: Config
    seeds: tuple[int, ...]
    figures: Mapping[str, Sequence[Sequence[float | None]]]

    @property
    def epochs(self) -> int:
        """The last epoch that every run reached."""
        return min(len(values) for values in self.figures["test"]) - 1

    def at(self, figure: str, epoch: int) -> Range | None:
        """What is usual of a figure after an epoch; None where it does not exist or too few runs were made."""
        if not 0 <= epoch <= self.epochs:
            return None
        values = [series[epoch] for series in self.figures[figure]]
        known = [value for value in values if value is not None]
        return expected(known, least=1.0 if figure == "in_use" else 0.0) if len(known) >= LEAST else None


def expected(values: Sequence[float], least: float = 0.0) -> Range:
    """The 95 % prediction interval for one more value: mean ± t s sqrt(1 + 1/n).

    Never narrower than ``least`` or half a per cent to each side, so that another processor's rounding is no alarm.
    """
    n, mean = len(values), math.fsum(values) / len(values)
    s = math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (n - 1))
    half = max(T95[min(n - 1, max(T95))] * s * math.sqrt(1 + 1 / n), 0.005 * abs(mean), least)
    return Range(max(mean - half, 0.0), mean + half, mean, n)


@lru_cache(maxsize=1)
def measured() -> tuple[Band, ...]:
    """All measured settings, from ``reference.json``."""
    return tuple(
        Band(
            Config.from_json(entry["setting"]),
            tuple(run["seed"] for run in entry["runs"]),
            {name: [run[name] for run in entry["runs"]] for name in FIGURES},
        )
        for entry in files.read_json(FILE)
    )


def same_setting(one: Config, other: Config) -> bool:
    """Whether two settings share their usual figures."""
    return not differing_fields(one, other)


def differing_fields(one: Config, other: Config) -> list[str]:
    """The names of the settings that make another band."""
    mine, theirs = one.to_json(), other.to_json()
    free = (*FREE, *one.unused)
    return [name for name in mine if name not in free and mine[name] != theirs[name]]


def band_of(config: Config) -> Band | None:
    """The band measured for exactly this setting, or None."""
    return next((band for band in measured() if same_setting(config, band.config)), None)


def nearest(config: Config) -> Band | None:
    """The most similar measured setting whose figures can be compared: same data, loss, model and network. Or None."""
    alike = [
        b
        for b in measured()
        if not {"dataset", "reconstruction", "model", "network"} & set(differing_fields(config, b.config))
    ]
    return min(alike, key=lambda band: _distance(config, band.config), default=None)


def _distance(one: Config, other: Config) -> float:
    """Doublings between two settings, added up; beta counts from a hundredth."""
    pairs = [(one.beta + 0.01, other.beta + 0.01)] if one.is_vae else []
    for name in ("latent_dim", "hidden_dim", "batch_size", "learning_rate"):
        pairs.append((getattr(one, name), getattr(other, name)))
    return sum(abs(math.log2(a / b)) for a, b in pairs)


def figures_of(record: Mapping[str, Any]) -> dict[str, float | None]:
    """The figures of one epoch's record in ``metrics.jsonl``."""
    use = record.get("kl_per_dimension")
    return {
        "train": (record.get("train") or {}).get("loss"),
        "test": record["test"]["loss"],
        "test_mean": record["test_mean"]["loss"],
        "reconstruction": record["test"]["reconstruction"],
        "kl": record["test"]["kl"],
        "in_use": None if use is None else sum(kl > IN_USE for kl in use),
    }


def symptoms(config: Config, records: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is worth mentioning, whatever the setting, from the figures of all epochs so far (the untrained net first).

    ``diverging``: the test loss rose well above its best. ``collapsed``: no number of the code is used, though beta is
    not zero. ``falling``: the last epoch still took more than one per cent off. ``overfitting``: training is more than
    five per cent below the test.
    """
    if len(records) < 3:
        return []
    last, before = figures_of(records[-1]), figures_of(records[-2])
    tests = [float(record["test"]["loss"]) for record in records[1:]]
    train, test, earlier = last["train"], last["test"], before["test"]
    assert test is not None and earlier is not None
    found = []
    if test > 1.1 * min(tests):
        found.append("diverging")
    if config.is_vae and config.beta > 0 and last["in_use"] == 0:
        found.append("collapsed")
    if train is not None and train < 0.95 * test:
        found.append("overfitting")
    elif test < 0.99 * earlier:
        found.append("falling")
    return found


def measure(config: Config, seed: int) -> dict[str, Any]:
    """Train a setting with a seed, and return its figures by epoch, rounded to a thousandth of a nat.

    Raises NotTrained.
    """
    with tempfile.TemporaryDirectory() as folder:
        return summary(train(replace(config, seed=seed), Path(folder), "run", quiet=True), seed)


def summary(run: Run, seed: int) -> dict[str, Any]:
    """A run's figures after each epoch."""
    found = [figures_of(record) for record in run.metrics()]
    return {
        "seed": seed,
        **{
            name: [None if (value := figures[name]) is None else round(value, 3) for figures in found]
            for name in FIGURES
        },
    }


def _from_gallery(config: Config) -> dict[str, Any] | None:
    for run in list_runs():
        if run.gallery and same_setting(config, run.config) and run.epoch == config.epochs:
            return summary(run, run.config.seed)
    return None


def _keep(known: list[dict[str, Any]]) -> None:
    """All settings, a line for each run."""
    entries = []
    for entry in known:
        lines = ",\n  ".join(json.dumps(run) for run in entry["runs"])
        entries.append(f'{{"setting": {json.dumps(entry["setting"])},\n "runs": [\n  {lines}]}}')
    files.write_bytes(FILE, ("[\n" + ",\n".join(entries) + "]\n").encode())


def main() -> int:
    """Measure what is missing of all settings, and keep it after each run."""
    known = files.read_json(FILE) if os_compat.exists(FILE) else []
    for name, (config, count) in SETTINGS.items():
        entry = next((e for e in known if same_setting(config, Config.from_json(e["setting"]))), None)
        if entry is None:
            entry = {"setting": config.to_json(), "runs": []}
            known.append(entry)
        if not entry["runs"] and (found := _from_gallery(config)):
            entry["runs"].append(found)
        for seed in range(1, count + 1):
            if seed not in [run["seed"] for run in entry["runs"]]:
                try:
                    entry["runs"].append(measure(config, seed))
                except NotTrained as error:
                    print(f"{name}, seed {seed} was not measured: {error}.", file=sys.stderr)
                    return 2 if error.code == 2 else 1
                _keep(known)
                print(f"{name}, seed {seed}: test {entry['runs'][-1]['test'][-1]}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
