"""Pictures that need no network: they come with what pip installs. Imports no torch."""

from __future__ import annotations

import gzip
import importlib.util
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from vae_core.datasets.spec import DataError, Dataset, DatasetSpec, Shape, Split


@lru_cache(maxsize=1)
def load() -> Dataset:
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
    flat = images.reshape(len(images), -1)
    in_test = np.arange(len(flat)) % 5 == 4  # every fifth, since neighbours were written by the same hand
    return Dataset("digits", Split(flat[~in_test], labels[~in_test]), Split(flat[in_test], labels[in_test]))


SPEC = DatasetSpec(
    name="digits",
    title="Embedded digits",
    shape=Shape(1, 28, 28),
    class_names=tuple("0123456789"),
    train_size=1_438,
    test_size=359,
    source="UCI, Optical Recognition of Handwritten Digits (CC BY 4.0), as scikit-learn installs them",
    load_split=lambda part, folder: getattr(load(), part),
    noun="digit",
    # So few pictures at the lecture's batch of 256 would be six steps an epoch: too few to learn in ten.
    defaults={"epochs": 30, "batch_size": 32},
    morph=(3, 8),
)
