"""All datasets by name. A new one is one ``register(DatasetSpec(...))``. Imports no torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from vae_core.datasets import embedded, mnist, mnist_55k, own, shown
from vae_core.datasets.spec import Dataset, DatasetSpec, Split

Finder = Callable[[str], DatasetSpec | None]
_specs: dict[str, DatasetSpec] = {}
_finders: dict[str, Finder] = {}  # by the beginning of a name


class Titles(Mapping[str, str]):
    """The titles of all datasets by name, also of those that a finder knows. A loop sees those that a form offers."""

    def __getitem__(self, name: str) -> str:
        return get(name).title

    def __iter__(self) -> Iterator[str]:
        return (name for name, spec in _specs.items() if spec.offered)

    def __len__(self) -> int:
        return len(list(iter(self)))


TITLES = Titles()
EMBEDDED = embedded.MNIST_5K.name  # what is on every machine


def register(spec: DatasetSpec) -> None:
    """From now on a dataset can be chosen, trained on and shown."""
    _specs[spec.name] = spec


def unregister(name: str) -> None:
    del _specs[name]


def register_finder(prefix: str, find: Finder) -> None:
    """Datasets that are not known beforehand, such as a visitor's own: ``find`` makes the record of a name, or None."""
    _finders[prefix] = find


def get(name: str) -> DatasetSpec:
    """Raises KeyError for a name that ``config`` would not have let through."""
    if name in _specs:
        return _specs[name]
    found = next((find(name) for prefix, find in _finders.items() if name.startswith(prefix)), None)
    if found is None:
        raise KeyError(name)
    return found


def defaults(name: str) -> Mapping[str, Any]:
    """The settings that suit a dataset; none for a name that is no dataset's."""
    return get(name).defaults if name in TITLES else {}


def preferred() -> str:
    """What a form starts with: MNIST where it is, or what is embedded."""
    return "mnist" if is_here("mnist") else EMBEDDED


def alike(one: str, other: str) -> bool:
    """Whether a model of one dataset can be asked about the other's pictures."""
    return one == other or get(one).family == get(other).family != ""


def is_here(name: str, folder: Path | None = None) -> bool:
    """Whether a dataset can be loaded without a network. Its files were looked at, not read (``load`` verifies)."""
    return get(name).is_here(folder)


def test_is_here(name: str, folder: Path | None = None) -> bool:
    """Whether the test pictures can be loaded without a network."""
    spec = get(name)
    return (spec.test_is_here or spec.is_here)(folder)


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


for _spec in (embedded.MNIST_5K, *mnist.SPECS, embedded.SMALL, mnist_55k.SPEC, *shown.SPECS):
    register(_spec)
register_finder(own.PREFIX, own.find)
