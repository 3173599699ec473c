"""What one may choose before a training: the settings, their ranges, and the presets.

The frozen dataclass is the single source: its fields drive the form on the page, ``config.json`` and
the command line. Imports no torch.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields, replace
from typing import Any

from vae_core import architecture, loss_registry
from vae_core.datasets import own, registry

MODELS: dict[str, str] = {"vae": "Variational autoencoder (VAE)", "autoencoder": "Classic autoencoder"}
DEVICES: dict[str, str] = {"auto": "Choose for me", "cpu": "Processor (CPU)", "cuda": "Graphics card (CUDA)"}


class ConfigError(ValueError):
    """A setting that cannot be used. The message is one sentence that names it and its range."""


def setting(default: Any, label: str, help: str, **limits: Any) -> Any:
    """A dataclass field that knows its own words and limits (``low``/``high`` or ``choices``)."""
    return field(default=default, metadata={"label": label, "help": help, **limits})


@dataclass(frozen=True)
class Config:
    """All settings of one run. Defaults are the lecture's, on the digits that need no download."""

    dataset: str = setting(registry.EMBEDDED, "Dataset", "The pictures to learn from.", choices=registry.TITLES)
    model: str = setting("vae", "Model", "With noise and penalty (VAE), or without (classic).", choices=MODELS)
    network: str = setting("lecture", "Network", "The layers that it is made of.", choices=architecture.TITLES)
    latent_dim: int = setting(
        20, "Latent size", "How many numbers the model may use to describe one picture.", low=1, high=64
    )
    hidden_dim: int | None = setting(
        None,
        "Hidden size",
        "Width of the layer between picture and code. Leave empty for the default.",
        low=1,
        high=4096,
    )
    beta: float = setting(
        1.0, "Beta", "Weight of the KL penalty. 0 switches it off, 1 is the lecture's.", low=0.0, high=1000.0
    )
    reconstruction: str = setting(
        "bce", "Reconstruction loss", "How the error of a rebuilt picture is measured.", choices=loss_registry.TITLES
    )
    epochs: int = setting(10, "Epochs", "How many times every training picture is seen.", low=1, high=500)
    batch_size: int = setting(256, "Batch size", "Pictures per learning step.", low=1, high=8192)
    learning_rate: float = setting(1e-3, "Learning rate", "How far each step moves.", low=1e-6, high=1.0)
    seed: int = setting(
        1, "Seed", "Same seed, same rolls of the dice: the training can be repeated.", low=0, high=2**31 - 1
    )
    device: str = setting("auto", "Device", "Where to compute. CUDA is used where there is one.", choices=DEVICES)

    def __post_init__(self) -> None:
        for f in fields(self):
            value = getattr(self, f.name)
            if f.name == "hidden_dim" and (value is None or f.name in self.unused):
                # The lecture has h = d**2 with d = 20; for small d that leaves too few units to learn anything.
                object.__setattr__(self, "hidden_dim", max(self.latent_dim**2, 400))
            else:
                object.__setattr__(self, f.name, checked(f.name, value))

    @property
    def is_vae(self) -> bool:
        return self.model == "vae"

    @property
    def unused(self) -> tuple[str, ...]:
        """The settings that change nothing: beta without a KL, the hidden size of a network with sizes of its own."""
        fixed = not architecture.get(self.network).has_hidden_dim
        return (*(() if self.is_vae else ("beta",)), *(("hidden_dim",) if fixed else ()))

    @property
    def title(self) -> str:
        """A short name in words: ``MNIST · VAE · 20 numbers · beta 1``, and the network unless it is the lecture's."""
        size = f"{self.latent_dim} number{'s' if self.latent_dim != 1 else ''}"
        kind = f"VAE · {size} · beta {self.beta:g}" if self.is_vae else f"classic autoencoder · {size}"
        network = "" if self.network == "lecture" else f" · {architecture.TITLES[self.network].lower()}"
        return f"{registry.TITLES[self.dataset]} · {kind}{network}"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Config:
        """Rebuild from ``to_json``. Raises ConfigError for unknown, missing or unusable settings."""
        names = {f.name for f in fields(cls)}
        unknown, missing = set(data) - names, names - set(data)
        if unknown or missing:
            word = f"unknown: {sorted(unknown)[0]}" if unknown else f"missing: {sorted(missing)[0]}"
            raise ConfigError(f"These settings are from another version ({word}).")
        return cls(**data)


FIELDS = {f.name: f for f in fields(Config)}


def checked(name: str, value: Any) -> Any:
    """The value of one setting in its own type, or a ConfigError that names the setting and its range."""
    limits, kind = FIELDS[name].metadata, _kind(name)
    what = f"{limits['label']} ({name})"
    if "choices" in limits:
        if not isinstance(value, str) or value not in limits["choices"]:
            if name == "dataset" and isinstance(value, str) and own.NAME.fullmatch(value):
                raise ConfigError(f"The set of pictures {value} is not on this machine; choose another dataset.")
            raise ConfigError(f"{what} must be one of {', '.join(limits['choices'])}; you gave {value}.")
        return value
    low, high = limits["low"], limits["high"]
    range_ = f"from {low:g} to {high:,}" if kind is float else f"from {low} to {high}"
    word = "a number" if kind is float else "a whole number"
    try:
        number = float(value)
        good = math.isfinite(number) and low <= number <= high and (kind is float or number == int(number))
    except (TypeError, ValueError, OverflowError):
        good = False
    if not good or isinstance(value, bool):
        given = "nothing" if value is None else value  # an emptied field of a form
        raise ConfigError(f"{what} must be {word} {range_}; you gave {given}.")
    return number if kind is float else int(number)


def in_words(name: str, value: Any) -> str:
    """The value of a setting as the form says it."""
    choices = FIELDS[name].metadata.get("choices")
    if choices is not None:
        return str(choices.get(value, value))
    return f"{value:g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def _kind(name: str) -> type:
    """int, float or str, from the annotation (which is text under postponed evaluation)."""
    return {"int": int, "int | None": int, "float": float, "str": str}[str(FIELDS[name].type)]


def default_of(name: str, dataset: str = registry.EMBEDDED) -> Any:
    """The default of one setting for a dataset."""
    default = FIELDS[name].default
    assert default is not MISSING
    return registry.defaults(dataset).get(name, default)


@dataclass(frozen=True)
class Preset:
    """A starting point in plain words."""

    label: str
    sentence: str
    changes: Mapping[str, Any]

    def config(self, dataset: str = registry.EMBEDDED) -> Config:
        return replace(Config(dataset=dataset, **registry.defaults(dataset)), hidden_dim=None, **self.changes)


PRESETS: dict[str, Preset] = {
    "lecture": Preset(
        "The lecture’s model",
        "Twenty numbers describe each digit. A penalty keeps them tidy, so that the model can make up new digits.",
        {},
    ),
    "two-knobs": Preset(
        "Only two numbers",
        "Just two numbers per digit. Blurrier, but the whole map of what it learned fits on your screen.",
        {"latent_dim": 2, "network": "deep"},
    ),
    "no-penalty": Preset(
        "Break it: no penalty",
        "Beta is zero. Copies get sharper, but samples turn to scribble. See why the penalty is there.",
        {"beta": 0.0},
    ),
}
