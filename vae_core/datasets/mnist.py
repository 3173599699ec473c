"""MNIST and its two siblings: 28 x 28, one uint8 array in memory. Imports no torch.

They are read from wherever people put their files under ``VAE_DATA_DIR``; what is missing is downloaded into
torchvision's folders. The files are read here and not by torchvision, because a page must not wait for torch, and
because what is wrong with a file should be said and not be trained on.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import numpy as np

from vae_core import os_compat, paths
from vae_core.datasets import download, idx
from vae_core.datasets.idx import IdxError
from vae_core.datasets.mnist_files import (
    Found,
    check_labels,
    check_shape,
    find_files,
    mend_words,
    path_in_words,
    signature,
)
from vae_core.datasets.mnist_published import (
    DIGITS,
    FILES,
    FOLDERS,
    MD5,
    MIRRORS,
    SHA256,
    SHAPE,
    SOURCES,
    TITLES,
    owned_by_another,
    published_as,
)
from vae_core.datasets.spec import DataError, DatasetSpec, NotNow, Split

PARTS = {"train": FILES[:2], "test": FILES[2:]}
GARMENTS = ("T-shirt", "Trousers", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
KUZUSHIJI = ("お", "き", "す", "つ", "な", "は", "ま", "や", "れ", "を")


def fetch(name: str, folder: Path | None, tell: download.Tell) -> None:
    """Download what is missing into torchvision's folders (``registry.fetch``)."""
    if why := obstacle(name, folder):
        raise DataError(why)
    found = find_files(name, folder)
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
    found = find_files(name, folder)
    if found.whole:
        return ""
    return found.trouble or ("" if download.is_allowed() else _forbidden(name, folder, found))


def load_split(name: str, part: str, folder: Path | None) -> Split:
    """``train`` or ``test``. Raises DataError."""
    found, root, files = find_files(name, folder), folder or paths.data_dir(), PARTS[part]
    trouble = NotNow if found.passing else DataError
    if found.trouble:
        raise trouble(found.trouble)
    if not all(found.paths[file] for file in files):
        raise trouble(f"{TITLES[name]} is not here: {_put_them(name, folder, found)}.")
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
            first = first or DataError(f"The file {path_in_words(path, root)} {error}; {mend_words()}.")
        except OSError as error:
            if os_compat.is_passing(error):
                why = error.strerror or error
                words = f"The file {path_in_words(path, root)} cannot be read now ({why}); try again in a moment."
                first = first or NotNow(words)
            first = first or DataError(f"The file {path_in_words(path, root)} cannot be read; {mend_words()}.")
    assert first is not None
    raise first


def read_file(path: Path, name: str, file: str) -> np.ndarray:
    """One of a dataset's four files, read whole and verified. Raises IdxError or OSError."""
    pictures, contents = "images" in file, idx.read(path)
    check_shape(contents.array.shape, pictures)
    if owner := published_as(contents):
        if wrong := owned_by_another(owner, (name, file)):
            raise IdxError(wrong)
    else:
        expected = SHA256[name][FILES.index(file)] or download.kept_sums(path.parent).get(path.name)
        if expected and contents.sha256 != expected:
            raise IdxError("is damaged: its contents are not the published ones")
    if not pictures:
        check_labels(contents.array)
    elif contents.array.min() == contents.array.max():
        raise IdxError("has nothing on its pictures: all pixels are the same")
    return contents.array


def _place(name: str, folder: Path | None) -> str:
    """Where files go, in words; a shared server does not tell its paths."""
    inside = f"{FOLDERS[name]}/raw"
    if os.environ.get("VAE_HOSTED") == "1":
        return f"{inside} in the data folder"
    return str((folder or paths.data_dir()) / FOLDERS[name] / "raw")


def _put_them(name: str, folder: Path | None, found: Found) -> str:
    missing = [file for file in FILES if not found.paths[file]]
    which = ", ".join(missing) if len(missing) < len(FILES) else "its four files (train-images-idx3-ubyte and so on)"
    return f"you can put {which} into {_place(name, folder)}, or use MNIST (5,000)"


def _forbidden(name: str, folder: Path | None, found: Found) -> str:
    return (
        f"{TITLES[name]} is not on this machine, and downloading is switched off (VAE_DOWNLOAD=0); "
        f"{_put_them(name, folder, found)}."
    )


def _spec(name: str, class_names: tuple[str, ...], noun: str, morph: tuple[int, int]) -> DatasetSpec:
    return DatasetSpec(
        name, TITLES[name], SHAPE, class_names, 60_000, 10_000, SOURCES[name], partial(load_split, name),
        family=name, noun=noun, morph=morph, is_here=lambda folder: find_files(name, folder).whole,
        trouble=lambda folder: find_files(name, folder).trouble, obstacle=partial(obstacle, name),
        stamp=lambda folder: tuple(signature(p) for files in find_files(name, folder).paths.values() for p in files),
        fetch=partial(fetch, name),
    )  # fmt: skip


SPECS = (
    _spec("mnist", DIGITS, "digit", (3, 8)),
    _spec("fashion-mnist", GARMENTS, "garment", (3, 8)),
    _spec("kmnist", KUZUSHIJI, "letter", (3, 8)),
)
