"""Two sets besides MNIST from which the gallery learned: letters and emoji.

Their pictures do not come with the project: pages show what the models draw. Whoever has the two archives in the data
folder (``omniglot/images_background_small1.zip``, ``emoji/emoji.zip``) can train on them by ``--dataset``, and make the
gallery anew. Imports no torch.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from vae_core import os_compat, paths, zips
from vae_core.datasets.spec import DataError, DatasetSpec, NotNow, Shape, Split
from vae_core.runs import files


@dataclass(frozen=True)
class Archive:
    """A zip of PNG files with a folder for each class, and what is made of them."""

    title: str
    file: str  # under the data folder
    depth: int  # of the folder that names the class
    folders: tuple[str, ...]
    preparation: Mapping[str, Any]  # of ``pictures.preparing.Preparation``
    copies: int  # of each training picture, varied; itself among them

    def path(self, folder: Path | None) -> Path:
        return (folder or paths.data_dir()) / self.file

    def is_here(self, folder: Path | None) -> bool:
        return os_compat.is_file(self.path(folder))

    def obstacle(self, folder: Path | None) -> str:
        if self.is_here(folder):
            return ""
        return f"The pictures of “{self.title}” do not come with Latent Lab; train on your own pictures instead."

    def load_split(self, part: str, folder: Path | None) -> Split:
        """``train``, with varied copies, or ``test``: one in ten of each class. Raises DataError."""
        from vae_core.pictures import freezing, preparing, variation  # they know datasets, this one included

        rgba, labels = self._read(folder)
        preparation = preparing.Preparation(**self.preparation)
        images, in_test = preparing.prepare(rgba, preparation), freezing.held_back(labels)
        if part == "test":
            return Split(images[in_test], labels[in_test])
        varied = variation.varied(images[~in_test], preparation.shape, self.copies)
        return Split(varied, np.tile(labels[~in_test], self.copies))

    def _read(self, folder: Path | None) -> tuple[np.ndarray, np.ndarray]:
        """All pictures as they are, (n, 64, 64, 4), and their classes (n,); the classes take turns."""
        from vae_core.pictures import reading

        try:
            with zips.ForeignZip(self.path(folder)) as archive:
                names = sorted(name for name in archive.namelist() if name.endswith(".png"))
                rgba = np.stack([reading.read_picture(archive.read(name)) for name in names])
                labels = np.array([self.folders.index(name.split("/")[self.depth]) for name in names], np.uint8)
        except (OSError, ValueError, IndexError, zipfile.BadZipFile, reading.Unreadable) as error:
            if os_compat.is_passing(error):
                raise NotNow(
                    f"The file {self.file} of the data folder cannot be read now; try again in a moment."
                ) from None
            raise DataError(f"The file {self.file} of the data folder is missing or damaged.") from None
        # A kept few of the test pictures should hold every class.
        turns = np.empty(len(labels), int)
        for label in range(len(self.folders)):
            mine = np.flatnonzero(labels == label)
            turns[mine] = np.random.default_rng(label).permutation(len(mine))
        order = np.lexsort((labels, turns))
        return rgba[order], labels[order]


LETTERS = Archive(
    "Letters of five alphabets", "omniglot/images_background_small1.zip", 1,
    ("Balinese", "Early_Aramaic", "Greek", "Korean", "Latin"), {"size": 28, "invert": True, "centre": True}, 3,
)  # fmt: skip
EMOJI = Archive(
    "Emoji", "emoji/emoji.zip", 0,
    ("Activities", "Animals and Nature", "Food and Drink", "Objects", "Smileys and Emotion", "Travel and Places"),
    {"size": 64, "colour": "rgb"}, 2,
)  # fmt: skip


def _spec(archive: Archive, train_size: int, test_size: int, **more: Any) -> DatasetSpec:
    return DatasetSpec(
        title=archive.title, train_size=train_size, test_size=test_size, load_split=archive.load_split,
        class_names=tuple(name.replace("_", " ") for name in archive.folders), offered=False,
        copies=archive.copies, is_here=archive.is_here, obstacle=archive.obstacle, stamp=partial(_stamp, archive),
        **more,
    )  # fmt: skip


def _stamp(archive: Archive, folder: Path | None) -> tuple[object, ...]:
    return files.stamp(str(archive.path(folder)))


SPECS = (
    _spec(
        LETTERS, 7_344, 272, name="letters", shape=Shape(1, 28, 28), noun="letter", morph=(4, 2),
        source="Omniglot, Lake, Salakhutdinov & Tenenbaum 2015 (MIT)",
        defaults={"network": "convolutional", "latent_dim": 16, "epochs": 30, "batch_size": 64},
    ),
    _spec(
        EMOJI, 1_846, 103, name="emoji", shape=Shape(3, 64, 64), noun="emoji", morph=(4, 1),
        source="Twemoji (CC BY 4.0)",
        defaults={"network": "convolutional", "latent_dim": 32, "epochs": 50, "batch_size": 32},
    ),
)  # fmt: skip
