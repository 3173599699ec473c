"""What may stand in a run's JSON files: numbers that pages can calculate with, records that are whole. No torch."""

from __future__ import annotations

from typing import Any

from vae_core import architecture
from vae_core.config import Config, ConfigError
from vae_core.datasets import own, registry
from vae_core.datasets.own import one_line as one_line  # titles of runs, names of classes: one rule for both

FORMAT = 2  # of config.json
# What runs of an older format did not say, because it could not be otherwise.
SINCE = {1: {"network": "lecture"}}
BESIDES = ("format", "title", "pictures", "layers", "set")  # in config.json, and no settings
LARGEST = 1e36  # fits the 32-bit floats of the charts


def is_number(value: Any) -> bool:
    """A finite number that can be shown and calculated with; JSON allows integers of any length, and NaN."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and -LARGEST <= value <= LARGEST


def is_whole_number(value: Any) -> bool:
    return isinstance(value, int) and is_number(value)


def typed(value: Any, annotation: Any) -> Any:
    """A value of a status field in its type, which is text under postponed evaluation. Raises TypeError."""
    good = {
        "str": isinstance(value, str),
        "int": is_whole_number(value),
        "float": is_number(value),
        "float | None": value is None or is_number(value),
    }[str(annotation)]
    if not good:
        raise TypeError
    return value


def is_whole_point(record: dict[str, Any], config: Config) -> bool:
    """Whether a line of steps.jsonl can be drawn."""
    places = (record.get("step"), record.get("epoch"))
    return all(map(is_whole_number, places)) and has_terms(record, config)


def is_whole_epoch(record: dict[str, Any], config: Config) -> bool:
    """Whether a line of metrics.jsonl has what pages calculate with."""
    parts = [record.get("test"), record.get("test_mean"), *([record.get("train")] if record["epoch"] else [])]
    used = record.get("kl_per_dimension")
    clock = [record.get(name, 0) for name in ("seconds", "images_per_second")]
    return (
        all(isinstance(part, dict) and has_terms(part, config) and is_number(part.get("loss")) for part in parts)
        and (used is None or (isinstance(used, list) and len(used) == config.latent_dim and all(map(is_number, used))))
        and all(map(is_number, clock))
    )


def has_terms(record: dict[str, Any], config: Config) -> bool:
    """Whether a record has both terms of the loss; a classic autoencoder has no KL."""
    kl = record.get("kl")
    return is_number(record.get("reconstruction")) and (is_number(kl) if config.is_vae else "kl" in record)


def described(data: dict[str, Any]) -> tuple[Config, str]:
    """The settings and the title in a config.json of any format. Raises ConfigError, and KeyError for another format.

    What format 2 says besides (the picture's shape, the names of the classes, the layers) must be what its settings
    make of it here, or its numbers would be read as something else.
    """
    version, title = data.get("format"), one_line(str(data.get("title", "")))
    if version != FORMAT and version not in SINCE:
        raise KeyError(version)
    settings = {name: value for name, value in data.items() if name not in BESIDES}
    own.meet(data.get("dataset"), data.get("pictures"), data.get("set", {}))
    config = Config.from_json(settings if version == FORMAT else {**SINCE[version], **settings})
    if version == FORMAT and any(data.get(name) != value for name, value in surroundings(config).items()):
        raise ConfigError("The pictures and the layers in it do not fit its settings.")
    return config, title


def config_json(config: Config, title: str = "") -> dict[str, Any]:
    """What config.json says."""
    named = {"title": title} if title else {}
    own_set = {"set": about} if (about := own.about(config.dataset)) else {}
    return {"format": FORMAT, **named, **config.to_json(), **surroundings(config), **own_set}


def surroundings(config: Config) -> dict[str, Any]:
    """What config.json says besides the settings: the pictures and the layers, as JSON has them."""
    spec = registry.get(config.dataset)
    pictures = {"shape": list(spec.shape), "class_names": list(spec.class_names)}
    return {"pictures": pictures, "layers": architecture.of_config(config).to_json()}
