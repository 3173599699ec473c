"""The pictures: 28 x 28, one uint8 array in memory. Imports no torch.

MNIST and its two siblings are kept in torchvision's layout (``<VAE_DATA_DIR>/MNIST/raw/...``) and fetched from
the mirrors and against the MD5 sums that torchvision lists. The files are read here and not by torchvision,
because a page must not wait for torch, and because a truncated file should be named and not trained on.
"""

from __future__ import annotations

import gzip
import hashlib
import http.client
import importlib.util
import os
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from vae_core import storage
from vae_core.config import DATASETS
from vae_core.runs import ROOT

PIXELS = 28 * 28
FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
FOLDERS = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST", "kmnist": "KMNIST"}
CHECKSUMS = "sha256.json"  # written beside what we downloaded, so that later damage is noticed
# SHA-256 of MNIST's four files, so that a copy from anywhere can be verified.
MNIST_SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
# Beside torchvision's: MNIST's first mirror has answered 403 for months at a time (pytorch/vision#8568).
MORE_MIRRORS = {
    "mnist": ("https://storage.googleapis.com/cvdf-datasets/mnist/",),
    "fashion-mnist": ("https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",),
    "kmnist": ("https://codh.rois.ac.jp/kmnist/dataset/kmnist/",),
}
DIGIT_NAMES = tuple("0123456789")
CLASS_NAMES = {
    "digits": DIGIT_NAMES,
    "mnist": DIGIT_NAMES,
    "fashion-mnist": (
        *("T-shirt", "Trousers", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    ),
    "kmnist": ("お", "き", "す", "つ", "な", "は", "ま", "や", "れ", "を"),
}


class DataError(Exception):
    """A dataset that is not here, or not whole. The message is one sentence for the visitor."""


@dataclass(frozen=True)
class Split:
    images: np.ndarray  # (n, 784) uint8, 0 black to 255 white
    labels: np.ndarray  # (n,) uint8


@dataclass(frozen=True)
class Dataset:
    name: str
    train: Split
    test: Split


def data_dir() -> Path:
    """Where datasets are looked for and put: VAE_DATA_DIR, or ``data`` in the project."""
    return Path(os.environ.get("VAE_DATA_DIR") or ROOT / "data")


def is_here(name: str, folder: Path | None = None) -> bool:
    """Whether a dataset can be loaded without a network (its files exist; ``load`` also verifies them)."""
    return name == "digits" or all((_raw(name, folder) / file).is_file() for file in FILES)


def load(name: str, folder: Path | None = None) -> Dataset:
    """Read and verify a dataset. Raises DataError if a file is missing, truncated or corrupt."""
    if name == "digits":
        return _digits()
    train, test = (_load_split(name, _raw(name, folder), files) for files in (FILES[:2], FILES[2:]))
    return Dataset(name, train, test)


def load_test(name: str, folder: Path | None = None) -> Split:
    """The test pictures alone, which is what a page needs. Raises DataError as ``load`` does."""
    return _digits().test if name == "digits" else _load_split(name, _raw(name, folder), FILES[2:])


def load_train(name: str, folder: Path | None = None) -> Split:
    """The training pictures alone, to look for the nearest among them. Raises DataError as ``load`` does."""
    return _digits().train if name == "digits" else _load_split(name, _raw(name, folder), FILES[:2])


def _raw(name: str, folder: Path | None) -> Path:
    return (folder or data_dir()) / FOLDERS[name] / "raw"


def _load_split(name: str, raw: Path, files: tuple[str, ...]) -> Split:
    sums = _known_sums(name, raw)
    images, labels = (read_idx(raw / file, sums.get(file)) for file in files)
    if images.shape[1:] != (28, 28) or labels.ndim != 1 or len(images) != len(labels):
        raise DataError(f"The files in {raw} do not belong together: {images.shape} pictures, {labels.shape} labels.")
    return Split(images.reshape(-1, PIXELS), labels)


def _known_sums(name: str, raw: Path) -> dict[str, str]:
    if name == "mnist":
        return MNIST_SHA256
    try:
        return dict(storage.read_json(raw / CHECKSUMS))
    except (OSError, ValueError, TypeError):
        return {}


def read_idx(path: Path, sha256: str | None = None) -> np.ndarray:
    """Read an IDX file of bytes: two zeros, type 8, the number of dimensions, their sizes, then the values.

    Raises DataError, naming the file, if it is missing, has another header, the wrong length, or another checksum.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DataError(f"The file {path} cannot be read: {error.strerror}.") from None
    again = f"Delete {path.parent} and start again to download it anew."
    if len(raw) < 8 or raw[:3] != b"\0\0\x08" or len(raw) < 4 + 4 * raw[3]:
        raise DataError(f"The file {path.name} is damaged: it does not start like an IDX file. {again}")
    shape = np.frombuffer(raw, ">u4", raw[3], 4).astype(int)
    expected = 4 + 4 * raw[3] + int(shape.prod())
    if len(raw) != expected:
        raise DataError(f"The file {path.name} is damaged: {len(raw)} bytes where {expected} belong. {again}")
    if sha256 and hashlib.sha256(raw).hexdigest() != sha256:
        raise DataError(f"The file {path.name} is damaged: its contents are not the published ones. {again}")
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(shape)


@lru_cache(maxsize=1)
def _digits() -> Dataset:
    """The 1,797 handwritten digits (8 x 8, UCI) that scikit-learn installs, scaled to 28 x 28.

    Read from its file directly: importing scikit-learn takes longer than a whole epoch.
    """
    spec = importlib.util.find_spec("sklearn")
    if spec is None or not spec.submodule_search_locations:
        raise DataError("The embedded digits come with scikit-learn: pip install scikit-learn.")
    file = Path(spec.submodule_search_locations[0]) / "datasets" / "data" / "digits.csv.gz"
    with gzip.open(file, "rt") as text:
        table = np.loadtxt(text, delimiter=",")
    small, labels = (table[:, :64].reshape(-1, 8, 8) * (255 / 16)).astype(np.uint8), table[:, 64].astype(np.uint8)
    images = np.zeros((len(small), 28, 28), np.uint8)
    for image, digit in zip(images, small, strict=True):  # 2 pixels of margin, as MNIST's digits have some
        image[2:26, 4:24] = np.asarray(Image.fromarray(digit).resize((20, 24), Image.Resampling.BICUBIC))
    flat = images.reshape(-1, PIXELS)
    in_test = np.arange(len(flat)) % 5 == 4  # every fifth, since neighbours were written by the same hand
    return Dataset("digits", Split(flat[~in_test], labels[~in_test]), Split(flat[in_test], labels[in_test]))


Progress = Callable[[int, int], None]  # bytes so far, bytes in all; 0, 0 when the next server is asked


def download(name: str, folder: Path | None = None, progress: Progress | None = None) -> None:
    """Fetch what is missing of a dataset. Raises DataError with one sentence if no mirror gives it."""
    if is_here(name, folder):
        return
    from torchvision import datasets

    source = {"mnist": datasets.MNIST, "fashion-mnist": datasets.FashionMNIST, "kmnist": datasets.KMNIST}[name]
    fetch_files(name, [*source.mirrors, *MORE_MIRRORS[name]], source.resources, _raw(name, folder), progress)


def fetch_files(
    name: str, mirrors: list[str], resources: list[tuple[str, str]], raw: Path, progress: Progress | None = None
) -> None:
    """Fetch gzipped files with known MD5 sums from the first mirror that has each, and unpack them into ``raw``."""
    try:
        raw.mkdir(parents=True, exist_ok=True)
        sums: dict[str, str] = {}
        for filename, md5 in resources:
            unpacked = gzip.decompress(_fetch(name, mirrors, filename, md5, progress))
            sums[filename.removesuffix(".gz")] = hashlib.sha256(unpacked).hexdigest()
            storage.write_bytes(raw / filename.removesuffix(".gz"), unpacked)
        storage.write_json(raw / CHECKSUMS, sums)
    except OSError as error:
        raise DataError(f"{DATASETS[name]} cannot be stored in {raw}: {error.strerror}.") from None


def _fetch(name: str, mirrors: list[str], filename: str, md5: str, progress: Progress | None) -> bytes:
    for mirror in mirrors:
        if progress:
            progress(0, 0)  # a sign of life, and a chance to stop
        try:
            with urllib.request.urlopen(mirror + filename, timeout=10) as answer:
                total, chunks, got = int(answer.headers.get("Content-Length") or 0), [], 0
                while chunk := answer.read(1 << 16):
                    chunks.append(chunk)
                    got += len(chunk)
                    if progress:
                        progress(got, total)
        except (OSError, ValueError, http.client.HTTPException):  # timeouts are OSErrors
            continue
        data = b"".join(chunks)
        if hashlib.md5(data, usedforsecurity=False).hexdigest() == md5:
            return data
    raise DataError(
        f"{DATASETS[name]} could not be downloaded: none of {len(mirrors)} servers gave {filename}; "
        "check the network, or use the embedded digits, which need none."
    )
