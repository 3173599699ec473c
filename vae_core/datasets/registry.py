"""All datasets by name. A new one is one ``register(DatasetSpec(...))``. Imports no torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from vae_core.datasets import embedded, mnist
from vae_core.datasets.spec import Dataset, DatasetSpec, Split

TITLES: dict[str, str] = {}  # by name, in the order in which a form lists them
_specs: dict[str, DatasetSpec] = {}


def register(spec: DatasetSpec) -> None:
    """From now on a dataset can be chosen, trained on and shown."""
    _specs[spec.name], TITLES[spec.name] = spec, spec.title


def unregister(name: str) -> None:
    del _specs[name], TITLES[name]


def get(name: str) -> DatasetSpec:
    """Raises KeyError for a name that ``config`` would not have let through."""
    return _specs[name]


def defaults(name: str) -> Mapping[str, Any]:
    """The settings that suit a dataset; none for a name that is no dataset's."""
    return _specs[name].defaults if name in _specs else {}


def preferred() -> str:
    """What a form starts with: MNIST where it is, or what is embedded."""
    return "mnist" if is_here("mnist") else embedded.SPEC.name


def is_here(name: str, folder: Path | None = None) -> bool:
    """Whether a dataset can be loaded without a network. Its files were looked at, not read (``load`` verifies)."""
    return get(name).is_here(folder)


def trouble(name: str, folder: Path | None = None) -> str:
    """What is wrong with the files that are here, and what to do, in one sentence; or nothing."""
    return get(name).trouble(folder)


def obstacle(name: str, folder: Path | None = None) -> str:
    """Why one cannot train on a dataset here, in one sentence; or nothing. A network that is down is not known."""
    return get(name).obstacle(folder)


def stamp(name: str, folder: Path | None = None) -> tuple[object, ...]:
    """Changes when a dataset's files do."""
    return get(name).stamp(folder)


def load(name: str, folder: Path | None = None) -> Dataset:
    """Read and verify a dataset. Raises DataError with what is wrong with a file, or that it is not here."""
    return get(name).load(folder)


def load_test(name: str, folder: Path | None = None) -> Split:
    """The test pictures alone, which is what a page needs. Raises DataError as ``load`` does."""
    return get(name).load_split("test", folder)


def load_train(name: str, folder: Path | None = None) -> Split:
    """The training pictures alone, to look for the nearest among them. Raises DataError as ``load`` does."""
    return get(name).load_split("train", folder)


def fetch(name: str, folder: Path | None = None, tell: Callable[[Any], None] = lambda progress: None) -> None:
    """Download what is missing of a dataset, if anything is.

    ``tell`` is called ten times a second, and what it raises ends the download; what came by then is kept. Raises
    DataError with one sentence if files are here but wrong, if downloading is forbidden, or if no server gives them.
    """
    if (fetch_it := get(name).fetch) is not None:
        fetch_it(folder, tell)


for _spec in (embedded.SPEC, *mnist.SPECS):
    register(_spec)
