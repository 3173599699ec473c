"""The pictures: 28 x 28, one uint8 array in memory. Imports no torch.

MNIST and its two siblings are read from wherever people put their four files under ``VAE_DATA_DIR``: torchvision's
folders (``MNIST/raw``), ``mnist/``, or flat; plain or gzipped; ``train-images-idx3-ubyte`` or
``train-images.idx3-ubyte``. Which dataset a file belongs to, its folder's name says, or its sum. What is missing is
downloaded into torchvision's folders. The files are read here and not by torchvision, because a page must not wait for
torch, and because what is wrong with a file should be said and not be trained on.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from vae_core import paths
from vae_core.datasets import download, idx
from vae_core.datasets.idx import IdxError
from vae_core.datasets.spec import DataError, DatasetSpec, Shape, Split

FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
PARTS = {"train": FILES[:2], "test": FILES[2:]}
TITLES = {"mnist": "MNIST", "fashion-mnist": "Fashion-MNIST", "kmnist": "KMNIST"}
FOLDERS = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST", "kmnist": "KMNIST"}
# SHA-256 of unpacked files. Of Fashion-MNIST's only the labels', from the .gz that its authors keep on GitHub.
SHA256 = {
    "mnist": (
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
    "fashion-mnist": (
        "",
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "",
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ),
    "kmnist": ("", "", "", ""),
}
# MD5 of the gzipped files, as torchvision lists them.
MD5 = {
    "mnist": (
        "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "d53e105ee54ea40749a09fcbcd1e9432",
        "9fb629c4189551a2d022fa330f9573f3",
        "ec29112dd5afa0611ce80d1b7f02629c",
    ),
    "fashion-mnist": (
        "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "25c81989df183df01b3e8a0aad5dffbe",
        "bef4ecab320f06d8554ea6380940ec79",
        "bb300cfdad3c16e7a12a480ee83cd310",
    ),
    "kmnist": (
        "bdb82020997e1d708af4cf47b453dcf7",
        "e144d726b3acfaa3e44228e80efcd344",
        "5c965bf0a639b31b8f53240b1b52f4d7",
        "7320c461ea6c1c855c0b718fb2a4b134",
    ),
}
# torchvision's, and one more each: MNIST's first mirror has answered 403 for months at a time (pytorch/vision#8568).
MIRRORS = {
    "mnist": (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "http://yann.lecun.com/exdb/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
    "fashion-mnist": (
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ),
    "kmnist": (
        "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
        "https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
    ),
}
SHAPE, CLASSES = Shape(1, 28, 28), 10
DIGITS = tuple("0123456789")
GARMENTS = ("T-shirt", "Trousers", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
KUZUSHIJI = ("お", "き", "す", "つ", "な", "は", "ま", "や", "れ", "を")
SOURCES = {
    "mnist": "LeCun, Cortes & Burges (CC BY-SA 3.0)",
    "fashion-mnist": "Xiao, Rasul & Vollgraf 2017 (MIT)",
    "kmnist": "Clanuwat et al. 2018, Center for Open Data in the Humanities (CC BY-SA 4.0)",
}


def fetch(name: str, folder: Path | None, tell: download.Tell) -> None:
    """Download what is missing into torchvision's folders (``registry.fetch``)."""
    if why := obstacle(name, folder):
        raise DataError(why)
    found = _look(name, folder)
    if found.whole:
        return
    wanted = [(f"{file}.gz", md5) for file, md5 in zip(FILES, MD5[name], strict=True) if not found.paths[file]]
    known = {file: sha256 for file, sha256 in zip(FILES, SHA256[name], strict=True) if sha256}
    into = (folder or paths.data_dir()) / FOLDERS[name] / "raw"
    try:
        download.Download(TITLES[name], MIRRORS[name], into, tell).fetch(wanted, known)
    except download.Unavailable as error:
        raise DataError(f"{str(error)[:-1]}; {_put_them(name, folder, found)}.") from None


def obstacle(name: str, folder: Path | None) -> str:
    found = _look(name, folder)
    if found.whole:
        return ""
    return found.trouble or ("" if download.is_allowed() else _forbidden(name, folder, found))


# ---- finding the files

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


@dataclass
class Found:
    """The files of one dataset: those that may be it, the likeliest first, and the trouble with the others."""

    name: str
    paths: dict[str, list[Path]] = field(default_factory=lambda: {file: [] for file in FILES})
    trouble: str = ""

    @property
    def whole(self) -> bool:
        return not self.trouble and all(self.paths.values())


# What a search found, with what it depends on: paths of files and folders, and their signs.
_known: dict[tuple[str, str], tuple[Found, dict[str, tuple[int, ...]]]] = {}
RESTED = 2.0  # seconds since a folder's last change, after which its time tells of the next one on any file system


def _look(name: str, folder: Path | None) -> Found:
    """Pages ask all the time, so a search is made again only once something has changed there."""
    root = folder or paths.data_dir()
    key = name, str(root)
    if key in _known and all(_sign(path) == sign for path, sign in _known[key][1].items()):
        return _known[key][0]
    candidates, folders = _candidates(root)
    signs = {path: _sign(path) for path in (*folders, *(str(c.path) for c in candidates))}
    found = _search(name, root, candidates)
    if found.whole:
        signs = {str(path): signs[str(path)] for paths in found.paths.values() for path in paths}
    if found.whole or all(not sign or time.time() - sign[1] / 1e9 > RESTED for sign in signs.values()):
        _known[key] = found, signs
    return found


def _search(name: str, root: Path, candidates: list[Candidate]) -> Found:
    found = Found(name)
    troubles: dict[str, str] = {}
    for candidate in candidates:
        if not _may_be(name, candidate):
            continue
        if wrong := _glance(candidate).wrong or _wrong_for(name, candidate):
            troubles.setdefault(candidate.file, f"The file {_shown(candidate.path, root)} {wrong}; {_mend()}.")
        else:
            found.paths[candidate.file].append(candidate.path)
    wrong_ones = [troubles[file] for file in FILES if file in troubles and not found.paths[file]]
    found.trouble = wrong_ones[0] if wrong_ones else _mismatch(found, root)
    return found


def _candidates(root: Path) -> tuple[list[Candidate], list[str]]:
    """All files under a folder that are called like one of the four: torchvision's folder and plain ones first.

    And the folders that were looked into.
    """
    folders: list[str] = []
    found = list(_walk(root, root, UNNAMED, DEPTH, folders))
    tidy = {str(root / folder / "raw") for folder in FOLDERS.values()}
    found.sort(key=lambda c: (str(c.path.parent) not in tidy, c.path.suffix.lower() == ".gz", str(c.path)))
    return found, folders


def _walk(folder: Path, group: Path, says: str, depth: int, folders: list[str] | None = None) -> Iterator[Candidate]:
    """Files below a folder; the folders that were looked into are added to ``folders``."""
    if folders is not None:
        folders.append(str(folder))
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        match = NAME.fullmatch(entry.name)
        with suppress(OSError):
            if match and entry.is_file():
                part = "train" if match[1].lower() == "train" else "t10k"
                file = next(f for f in FILES if f.startswith(f"{part}-{match[2].lower()}"))
                yield Candidate(Path(entry.path), file, group, says)
            elif match and depth and entry.is_dir():  # an archive of Kaggle's has each file in a folder of its name
                yield from _walk(Path(entry.path), group, says, 0, folders)
            elif depth and entry.is_dir():
                told = _dataset_of(entry.name)
                if told or entry.name.lower() in PASSED:
                    yield from _walk(Path(entry.path), Path(entry.path), told or says, depth - 1, folders)


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
    group = (_glance(c).owner for c in _walk(candidate.group, candidate.group, candidate.says, 1))
    return {owner for owner in group if owner}


def _wrong_for(name: str, candidate: Candidate) -> str:
    """What keeps a file that is whole from being a dataset's, as far as its sum and its place tell; or nothing."""
    owner, expected = _glance(candidate).owner, SHA256[name][FILES.index(candidate.file)]
    if owner:
        return _owned(owner, (name, candidate.file))
    if "labels" in candidate.file and expected:
        return f"is not {TITLES[name]}'s: its contents are not the published ones"
    if candidate.says == UNNAMED and not _owners_beside(candidate):
        return f"may be of any dataset where it stands, while {TITLES[name]} is looked for in {FOLDERS[name]}/raw"
    return ""


def _owned(owner: tuple[str, str], wanted: tuple[str, str]) -> str:
    """What is wrong with a published file that is another than was looked for; or nothing."""
    (dataset, file), (name, place) = owner, wanted
    if dataset != name:
        return f"is {TITLES[dataset]}'s, not {TITLES[name]}'s"
    return "" if file == place else f"is {file} under another name"


def _published(contents: idx.Contents) -> tuple[str, str] | None:
    """The dataset and the file that have these sums."""
    for name in FOLDERS:
        for file, sha256, md5 in zip(FILES, SHA256[name], MD5[name], strict=True):
            if contents.sha256 == sha256 or contents.md5 == md5:
                return name, file
    return None


def _mismatch(found: Found, root: Path) -> str:
    """Pictures and labels of a split that are not equally many."""
    for pictures, labels in (FILES[:2], FILES[2:]):
        if found.paths[pictures] and found.paths[labels]:
            first, second = found.paths[pictures][0], found.paths[labels][0]
            counts = [_glance_at(str(path), _sign(path)).count for path in (first, second)]
            if counts[0] != counts[1]:
                return (
                    f"The files {_shown(first, root)} and {_shown(second, root)} do not belong together: "
                    f"{counts[0]:,} pictures, {counts[1]:,} labels; {_mend()}."
                )
    return ""


def _glance(candidate: Candidate) -> Glance:
    return _glance_at(str(candidate.path), _sign(candidate.path))


@lru_cache(maxsize=256)
def _glance_at(path: str, sign: tuple[int, ...]) -> Glance:
    """Look at a file, once for each of its sizes and times. Labels are few, so they are read."""
    file, pictures = Path(path), "images" in Path(path).name.lower()
    try:
        shape = idx.shape_of(file)
        _check_shape(shape, pictures)
        if pictures:
            return Glance(count=shape[0])
        labels = idx.read(file)
        _check_labels(labels.array)
        return Glance(count=shape[0], owner=_published(labels))
    except IdxError as error:
        return Glance(wrong=str(error))
    except OSError as error:
        return Glance(wrong=f"cannot be read ({error.strerror or error})")


def _check_shape(shape: tuple[int, ...], pictures: bool) -> None:
    """Raise IdxError unless these are the sizes of pictures, or of labels."""
    if pictures and (len(shape) != 3 or shape[1:] != SHAPE[1:]):
        sizes = " x ".join(map(str, shape[1:])) or "labels"
        raise IdxError(f"has pictures of {sizes}, where 28 x 28 are expected" if len(shape) == 3 else "has no pictures")
    if not pictures and len(shape) != 1:
        raise IdxError("holds a table instead of labels")
    if shape[0] == 0:
        raise IdxError(f"has no {'pictures' if pictures else 'labels'} in it")


def _check_labels(labels: np.ndarray) -> None:
    if labels.max() >= CLASSES:
        raise IdxError(f"has the label {labels.max()}, where labels from 0 to {CLASSES - 1} are expected")


def _sign(path: str | Path) -> tuple[int, ...]:
    """A file's or a folder's length and time, to know whether it was looked at as it is."""
    try:
        found = os.stat(path)
    except OSError:
        return ()
    return found.st_size, found.st_mtime_ns, found.st_ino


# ---- reading them


def load_split(name: str, part: str, folder: Path | None) -> Split:
    """``train`` or ``test``. Raises DataError."""
    found, root, files = _look(name, folder), folder or paths.data_dir(), PARTS[part]
    if found.trouble:
        raise DataError(found.trouble)
    if not all(found.paths[file] for file in files):
        raise DataError(f"{TITLES[name]} is not here: {_put_them(name, folder, found)}.")
    images, labels = (_read_one_of(name, found.paths[file], file, root) for file in files)
    if len(images) != len(labels):
        raise DataError(
            f"The files of {TITLES[name]} do not belong together: {len(images):,} pictures, {len(labels):,} labels."
        )
    return Split(images.reshape(-1, SHAPE.pixels), labels)


def _read_one_of(name: str, paths: list[Path], file: str, root: Path) -> np.ndarray:
    """The first file that is right; DataError with what is wrong with the first if none is."""
    first: DataError | None = None
    for path in paths:
        try:
            return read_file(path, name, file)
        except IdxError as error:
            first = first or DataError(f"The file {_shown(path, root)} {error}; {_mend()}.")
        except OSError as error:
            reason = error.strerror or error
            first = first or DataError(f"The file {_shown(path, root)} cannot be read ({reason}); {_mend()}.")
    assert first is not None
    raise first


def read_file(path: Path, name: str, file: str) -> np.ndarray:
    """One of a dataset's four files, read whole and verified. Raises IdxError or OSError."""
    pictures, contents = "images" in file, idx.read(path)
    _check_shape(contents.array.shape, pictures)
    if owner := _published(contents):
        if wrong := _owned(owner, (name, file)):
            raise IdxError(wrong)
    else:
        expected = SHA256[name][FILES.index(file)] or download.kept_sums(path.parent).get(path.name)
        if expected and contents.sha256 != expected:
            raise IdxError("is damaged: its contents are not the published ones")
    if not pictures:
        _check_labels(contents.array)
    elif contents.array.min() == contents.array.max():
        raise IdxError("has nothing on its pictures: all pixels are the same")
    return contents.array


# ---- saying what is wrong


def _shown(path: Path, root: Path) -> str:
    """A file as it may be named to anybody: from the data folder on."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.name


def _mend() -> str:
    if download.is_allowed():
        return "delete it and start again to download the published one"
    return "put the published file in its place"


def _place(name: str, folder: Path | None) -> str:
    """Where files go, in words; a shared server does not tell its paths."""
    inside = f"{FOLDERS[name]}/raw"
    if os.environ.get("VAE_HOSTED") == "1":
        return f"{inside} in the data folder"
    return str((folder or paths.data_dir()) / FOLDERS[name] / "raw")


def _put_them(name: str, folder: Path | None, found: Found) -> str:
    missing = [file for file in FILES if not found.paths[file]]
    which = ", ".join(missing) if len(missing) < len(FILES) else "its four files (train-images-idx3-ubyte and so on)"
    return f"you can put {which} into {_place(name, folder)}, or use the embedded digits"


def _forbidden(name: str, folder: Path | None, found: Found) -> str:
    return (
        f"{TITLES[name]} is not on this machine, and downloading is switched off (VAE_DOWNLOAD=0); "
        f"{_put_them(name, folder, found)}."
    )


# ---- the records


def _spec(name: str, class_names: tuple[str, ...], noun: str, morph: tuple[int, int]) -> DatasetSpec:
    return DatasetSpec(
        name, TITLES[name], SHAPE, class_names, 60_000, 10_000, SOURCES[name], partial(load_split, name), noun=noun,
        morph=morph, is_here=lambda folder: _look(name, folder).whole,
        trouble=lambda folder: _look(name, folder).trouble, obstacle=partial(obstacle, name),
        stamp=lambda folder: tuple(_sign(p) for files in _look(name, folder).paths.values() for p in files),
        fetch=partial(fetch, name),
    )  # fmt: skip


SPECS = (
    _spec("mnist", DIGITS, "digit", (3, 8)),
    _spec("fashion-mnist", GARMENTS, "garment", (3, 8)),
    _spec("kmnist", KUZUSHIJI, "letter", (3, 8)),
)
