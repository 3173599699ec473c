"""What may stand in a run's JSON files: numbers that pages can calculate with, records that are whole. No torch."""

from __future__ import annotations

from typing import Any

from vae_core.config import Config

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
