"""What the gallery learns from: MNIST's training set without the 5,000 digits that are on every machine.

So these 5,000 are test pictures that no model of the gallery has seen, and a fresh machine without a network can show
them. Imports no torch.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vae_core.datasets import embedded, mnist
from vae_core.datasets.mnist_published import DIGITS, SHAPE, SOURCES
from vae_core.datasets.spec import DataError, DatasetSpec, Split

TRAIN_SIZE = 55_000


def load_split(part: str, folder: Path | None) -> Split:
    """``train``: the 55,000; ``test``: the 5,000 (``embedded.five_thousand``). Raises DataError."""
    held_back = embedded.five_thousand()
    if part == "test":
        return held_back
    whole = mnist.load_split("mnist", "train", folder)
    seen = {image.tobytes() for image in held_back.images}
    kept = np.array([image.tobytes() not in seen for image in whole.images])
    if kept.sum() != TRAIN_SIZE:
        raise DataError(
            "The files of MNIST are not the published ones: the 5,000 digits that come with the app are not in them."
        )
    return Split(whole.images[kept], whole.labels[kept])


SPEC = DatasetSpec(
    name="mnist-55k",
    title="MNIST (55,000)",
    shape=SHAPE,
    class_names=DIGITS,
    train_size=TRAIN_SIZE,
    test_size=5_000,
    source=SOURCES["mnist"],
    load_split=load_split,
    family="mnist",
    noun="digit",
    morph=(3, 8),
    offered=False,
    is_here=mnist.SPECS[0].is_here,
    test_is_here=lambda folder: True,
    trouble=mnist.SPECS[0].trouble,
    obstacle=mnist.SPECS[0].obstacle,
    stamp=mnist.SPECS[0].stamp,
    fetch=mnist.SPECS[0].fetch,
)
