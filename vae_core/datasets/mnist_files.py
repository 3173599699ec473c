"""Finding the four files of MNIST, Fashion-MNIST or KMNIST wherever people put them.

In torchvision's folders (``MNIST/raw``), in ``mnist/``, or flat; plain or gzipped; ``train-images-idx3-ubyte`` or
``train-images.idx3-ubyte``. Which dataset a file belongs to, its folder's name says, or its sum.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from vae_core import os_compat, paths
from vae_core.datasets import download, idx
from vae_core.datasets.idx import IdxError
from vae_core.datasets.mnist_published import (
    CLASSES,
    FILES,
    FOLDERS,
    SHA256,
    SHAPE,
    TITLES,
    owned_by_another,
    published_as,
)

NAME = re.compile(r"(train|t10k|test)[-_. ]?(images|labels)[-_. ]?idx[13][-_. ]?ubyte(\.gz)?", re.IGNORECASE)
# Folders between the data folder and the files that say nothing about which dataset it is.
PASSED = ("raw", "data", "dataset", "datasets", "archive", "files", "gzip")
DEPTH = 4
UNNAMED, OTHER = "unnamed", "another dataset's"  # beside the names of datasets: what a folder's name says


@dataclass(frozen=True)
class Candidate:
    """A file that is called like one of the four."""

    path: Path
    file: str  # which of FILES
    group: Path  # the folder whose files belong together
    says: str  # a dataset, UNNAMED or OTHER


@dataclass(frozen=True)
class Glance:
    """What a look at a file says, without reading pictures."""

    wrong: str = ""  # goes on after "The file ... "
    count: int = 0
    owner: tuple[str, str] | None = None  # the dataset and the file whose published labels these are
    passing: bool = False  # it cannot be read now, and may be whole


@dataclass
class Found:
    """The files of one dataset: those that may be it, the likeliest first, and the trouble with the others."""

    name: str
    paths: dict[str, list[Path]] = field(default_factory=lambda: {file: [] for file in FILES})
    trouble: str = ""
    passing: bool = False  # a file or a folder cannot be read now: another search may find more

    @property
    def whole(self) -> bool:
        return not self.trouble and all(self.paths.values())


# What a search found, with what it depends on: paths of files and folders, and their signs.
_known: dict[tuple[str, str], tuple[Found, dict[str, tuple[int, ...]]]] = {}
RESTED = 2.0  # seconds since a folder's last change, after which its time tells of the next one on any file system


def find_files(name: str, folder: Path | None) -> Found:
    """Pages ask all the time, so a search is made again only once something has changed there."""
    root = folder or paths.data_dir()
    key = name, str(root)
    if key in _known and all(signature(path) == sign for path, sign in _known[key][1].items()):
        return _known[key][0]
    candidates, folders, closed = _candidates(root)
    signs = {path: signature(path) for path in (*folders, *(str(c.path) for c in candidates))}
    found = _search(name, root, candidates)
    found.passing |= bool(closed)
    if found.whole:
        signs = {str(path): signs[str(path)] for paths in found.paths.values() for path in paths}
    if found.passing and not found.whole:
        return found
    if found.whole or all(not sign or time.time() - sign[1] / 1e9 > RESTED for sign in signs.values()):
        _known[key] = found, signs
    return found


def _search(name: str, root: Path, candidates: list[Candidate]) -> Found:
    found = Found(name)
    troubles: dict[str, str] = {}
    for candidate in candidates:
        if not _may_be(name, candidate):
            continue
        glance = _glance(candidate)
        found.passing |= glance.passing
        if wrong := glance.wrong or _wrong_for(name, candidate):
            troubles.setdefault(
                candidate.file, f"The file {path_in_words(candidate.path, root)} {wrong}; {mend_words()}."
            )
        else:
            found.paths[candidate.file].append(candidate.path)
    wrong_ones = [troubles[file] for file in FILES if file in troubles and not found.paths[file]]
    found.trouble = wrong_ones[0] if wrong_ones else _mismatch(found, root)
    return found


def _candidates(root: Path) -> tuple[list[Candidate], list[str], list[str]]:
    """All files under a folder that are called like one of the four: torchvision's folder and plain ones first.

    And the folders that were looked into, and those of them that cannot be now.
    """
    folders: list[str] = []
    closed: list[str] = []
    found = list(_walk(root, root, UNNAMED, DEPTH, folders, closed))
    tidy = {str(root / folder / "raw") for folder in FOLDERS.values()}
    found.sort(key=lambda c: (str(c.path.parent) not in tidy, c.path.suffix.lower() == ".gz", str(c.path)))
    return found, folders, closed


def _walk(
    folder: Path, group: Path, says: str, depth: int, folders: list[str], closed: list[str]
) -> Iterator[Candidate]:
    """Files below a folder; the folders that were looked into are added to ``folders``, and to ``closed`` if that
    fails now."""
    folders.append(str(folder))
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        if os_compat.is_passing(error):
            closed.append(str(folder))
        return
    for entry in entries:
        match = NAME.fullmatch(entry.name)
        with suppress(OSError):
            if match and os_compat.is_file(entry.path):
                part = "train" if match[1].lower() == "train" else "t10k"
                file = next(f for f in FILES if f.startswith(f"{part}-{match[2].lower()}"))
                yield Candidate(Path(entry.path), file, group, says)
            elif match and depth and os_compat.is_folder(entry):  # an archive of Kaggle's: each file in a folder
                yield from _walk(Path(entry.path), group, says, 0, folders, closed)
            elif depth and os_compat.is_folder(entry):
                told = _dataset_of(entry.name)
                if told or entry.name.lower() in PASSED:
                    yield from _walk(Path(entry.path), Path(entry.path), told or says, depth - 1, folders, closed)


def _dataset_of(folder: str) -> str:
    """The dataset that the name of a folder tells, OTHER for one that we do not know, or nothing."""
    word = re.sub("[^a-z0-9]", "", folder.lower())
    if "fashion" in word:
        return "fashion-mnist"
    if "49" not in word and ("kuzushiji" in word or word.startswith("kmnist")):
        return "kmnist"
    if word.startswith("mnist"):
        return "mnist"
    return OTHER if "mnist" in word else ""  # EMNIST, notMNIST, ...


def _may_be(name: str, candidate: Candidate) -> bool:
    """Whether a file may be a dataset's, by its folder's name, or by the labels beside it where that says nothing."""
    if candidate.says in TITLES:
        return candidate.says == name
    owners = {owner[0] for owner in _owners_beside(candidate)}
    return name in owners if owners else candidate.says == UNNAMED


def _owners_beside(candidate: Candidate) -> set[tuple[str, str]]:
    """Which published labels stand in a file's group."""
    group = (_glance(c).owner for c in _walk(candidate.group, candidate.group, candidate.says, 1, [], []))
    return {owner for owner in group if owner}


def _wrong_for(name: str, candidate: Candidate) -> str:
    """What keeps a file that is whole from being a dataset's, as far as its sum and its place tell; or nothing."""
    owner, expected = _glance(candidate).owner, SHA256[name][FILES.index(candidate.file)]
    if owner:
        return owned_by_another(owner, (name, candidate.file))
    if "labels" in candidate.file and expected:
        return f"is not {TITLES[name]}'s: its contents are not the published ones"
    if candidate.says == UNNAMED and not _owners_beside(candidate):
        return f"may be of any dataset where it stands, while {TITLES[name]} is looked for in {FOLDERS[name]}/raw"
    return ""


def _mismatch(found: Found, root: Path) -> str:
    """Pictures and labels of a split that are not equally many."""
    for pictures, labels in (FILES[:2], FILES[2:]):
        if found.paths[pictures] and found.paths[labels]:
            first, second = found.paths[pictures][0], found.paths[labels][0]
            try:
                counts = [_glance_at(str(path), signature(path)).count for path in (first, second)]
            except OSError:  # known a moment ago
                continue
            if counts[0] != counts[1]:
                return (
                    f"The files {path_in_words(first, root)} and {path_in_words(second, root)} do not belong together: "
                    f"{counts[0]:,} pictures, {counts[1]:,} labels; {mend_words()}."
                )
    return ""


def _glance(candidate: Candidate) -> Glance:
    try:
        return _glance_at(str(candidate.path), signature(candidate.path))
    except OSError as error:
        return Glance(wrong=f"cannot be read ({error.strerror or error})", passing=os_compat.is_passing(error))


@lru_cache(maxsize=256)
def _glance_at(path: str, sign: tuple[int, ...]) -> Glance:
    """Look at a file, once for each of its sizes and times. Labels are few, so they are read. Raises OSError."""
    file, pictures = Path(path), "images" in Path(path).name.lower()
    try:
        shape = idx.shape_of(file)
        check_shape(shape, pictures)
        if pictures:
            return Glance(count=shape[0])
        labels = idx.read(file)
        check_labels(labels.array)
        return Glance(count=shape[0], owner=published_as(labels))
    except IdxError as error:
        return Glance(wrong=str(error))


def check_shape(shape: tuple[int, ...], pictures: bool) -> None:
    """Raise IdxError unless these are the sizes of pictures, or of labels."""
    if pictures and (len(shape) != 3 or shape[1:] != SHAPE[1:]):
        sizes = " x ".join(map(str, shape[1:])) or "labels"
        raise IdxError(f"has pictures of {sizes}, where 28 x 28 are expected" if len(shape) == 3 else "has no pictures")
    if not pictures and len(shape) != 1:
        raise IdxError("holds a table instead of labels")
    if shape[0] == 0:
        raise IdxError(f"has no {'pictures' if pictures else 'labels'} in it")


def check_labels(labels: np.ndarray) -> None:
    if labels.max() >= CLASSES:
        raise IdxError(f"has the label {labels.max()}, where labels from 0 to {CLASSES - 1} are expected")


def signature(path: str | Path) -> tuple[int, ...]:
    """A file's or a folder's length and time, to know whether it was looked at as it is."""
    try:
        found = os.stat(path)
    except OSError:
        return ()
    return found.st_size, found.st_mtime_ns, found.st_ino


def path_in_words(path: Path, root: Path) -> str:
    """A file as it may be named to anybody: from the data folder on."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.name


def mend_words() -> str:
    if download.is_allowed():
        return "delete it and start again to download the published one"
    return "put the published file in its place"
