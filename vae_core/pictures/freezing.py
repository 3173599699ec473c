"""A set made into a dataset that never changes: prepared, split, varied, and named by the hash of all that is in it.

Imports no torch, unless pictures are varied.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from vae_core import os_compat, paths
from vae_core.datasets import own
from vae_core.datasets.own import Manifest
from vae_core.datasets.spec import DataError, DatasetSpec, Split
from vae_core.pictures import deleting, intake, preparing, sets, variation
from vae_core.pictures.preparing import Preparation
from vae_core.pictures.quality import FEWEST
from vae_core.pictures.sets import PictureSet
from vae_core.runs import files

HELD_BACK = 10  # one in so many is a test picture
FEWEST_TEST = 5


def freeze(
    picture_set: PictureSet, preparation: Preparation, vary: bool = True, set_id: str | None = None
) -> DatasetSpec:
    """Make a dataset of a set as it is now. The same pictures, prepared alike, are the same dataset.

    ``set_id``: what the dataset says it was made from, if not this set.

    Raises SetError, and DataError where there are too few pictures or no room to write them.
    """
    info, labels = picture_set.info, picture_set.labels()
    if info.count < FEWEST:
        raise DataError(f"A set needs at least {FEWEST} pictures; this one has {info.count}.")
    used = sorted({int(label) for label in labels}) if info.class_names else [0]  # an empty class is none
    names = tuple(info.class_names[place] for place in used) if info.class_names else ()
    places = np.searchsorted(used, labels).astype(np.uint8)
    prepared = np.concatenate([preparing.prepare(block, preparation) for block in picture_set.blocks()])
    in_test = held_back(places)
    train, test = (_split(prepared[mine], places[mine]) for mine in (~in_test, in_test))
    copies = variation.copies_for(len(train.images)) if vary else 1
    varied = Split(variation.varied(train.images, preparation.shape, copies), np.tile(train.labels, copies))
    manifest = Manifest(
        title=info.title, shape=preparation.shape, class_names=names,
        train_size=len(varied.images), test_size=len(test.images), originals=len(train.images), copies=copies,
        counts=tuple(int(n) for n in np.bincount(places, minlength=max(len(names), 1))),
        preparation=explained(picture_set, preparation), how=preparation.to_json(),
        set_id=info.id if set_id is None else set_id, owner=info.owner, created=time.time(),
        defaults=suggested(picture_set, preparation, vary),
    )  # fmt: skip
    splits = {"train": varied, "test": test}
    name = own.PREFIX + _hash(manifest, splits)
    while (here := own.manifest_of(name)) is not None and here.owner != manifest.owner:  # an import took the name
        name = own.PREFIX + hashlib.sha256(name.encode()).hexdigest()[:16]
    try:
        deleting.sweep(paths.runs_dir(), info.id)
        own.write(name, manifest, splits)
        kept = own.manifest_of(name) or manifest
        if kept.set_id != info.id and sets.find(kept.set_id) is None:  # the same pictures again, as another set
            kept = replace(kept, set_id=manifest.set_id)
            files.write_json(own.folder_of(name) / "manifest.json", kept.to_json())
    except OSError as error:
        raise DataError(f"The set cannot be kept: {error.strerror}.") from None
    return own.spec_of(name, kept)


def explained(picture_set: PictureSet, preparation: Preparation) -> str:
    """What is done to the pictures of this set, in one sentence."""
    return preparing.explain(preparation, any(map(preparing.is_transparent, picture_set.blocks())))


def _split(images: np.ndarray, labels: np.ndarray) -> Split:
    order = in_turns(labels)
    return Split(images[order], labels[order])


def freeze_folder(folder: Path, size: object = None, colour: object = None) -> tuple[DatasetSpec, str]:
    """Make a dataset of the pictures in a folder, and say what was done; None: what suits them.

    Raises SetError or DataError with one sentence.
    """
    preparing.chosen(Preparation(), size=size, colour=colour)  # refused before thousands of pictures are read
    try:
        if os_compat.is_missing(folder) or os_compat.is_file(folder):
            raise DataError(f"There is no folder {folder}.")
        items = intake.from_folder(folder)
    except OSError as error:
        raise DataError(f"The folder {folder} cannot be opened: {error.strerror}.") from None
    with _room() as room:
        picture_set = sets.create(folder.resolve().name, folder=room)
        report = picture_set.add(items)
        if not report.taken:
            first = f": {report.skipped[0].name} {report.skipped[0].reason}" if report.skipped else ""
            raise DataError(f"In the folder {folder} there is no picture that can be read{first}.")
        guess = preparing.guess(picture_set.sample())
        wanted = preparing.chosen(guess, size=size, colour=colour)
        spec, said = freeze(picture_set, wanted, set_id=""), explained(picture_set, wanted)
    return spec, f"{report.sentence()} {said} {spec.name}"


@contextmanager
def _room() -> Iterator[Path]:
    """A folder for a moment. Raises DataError."""
    try:
        made = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    except OSError as error:
        raise DataError(f"There is no room for temporary files: {error.strerror}.") from None
    with made as room:
        yield Path(room)


def held_back(labels: np.ndarray) -> np.ndarray:
    """Which pictures are test pictures, (n,) bool: one in ten of each class in proportion, five in all at least.

    No class gives its only picture away, as long as there are others.
    """
    count, sizes = len(labels), np.bincount(labels)
    wanted = min(max(round(count / HELD_BACK), FEWEST_TEST), count - 1)
    exact = sizes * wanted / count
    many = np.floor(exact).astype(int)
    most = np.maximum(sizes - 1, 0) if np.maximum(sizes - 1, 0).sum() >= wanted else sizes
    for place in np.tile(np.argsort(many - exact, kind="stable"), count):  # the largest remainders first
        if many.sum() >= wanted:
            break
        many[place] += many[place] < most[place]
    chosen = np.zeros(count, bool)
    for place, number in enumerate(many):
        mine = np.flatnonzero(labels == place)
        chosen[mine[np.linspace(0, len(mine), number, endpoint=False).astype(int)]] = True  # spread over the class
    return chosen


def in_turns(labels: np.ndarray) -> np.ndarray:
    """An order (n,) in which the classes take turns, so that any few pictures are of many classes."""
    turn = np.zeros(len(labels), int)
    for label in np.unique(labels):
        mine = labels == label
        turn[mine] = np.arange(mine.sum())
    return np.lexsort((labels, turn))


def _hash(manifest: Manifest, splits: Mapping[str, Split]) -> str:
    """16 hex digits of everything that a training sees; on a shared server also of whose it is."""
    digest = hashlib.sha256()
    digest.update(json.dumps([list(manifest.shape), list(manifest.class_names), manifest.owner]).encode())
    for part in own.PARTS:
        for array in (splits[part].images, splits[part].labels):
            digest.update(f"{part} {array.shape}".encode())
            digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:16]


def suggested(picture_set: PictureSet, preparation: Preparation, vary: bool = True) -> dict[str, Any]:
    """Settings that suit so many pictures of this kind: network, latent_dim, epochs, batch_size."""
    count = picture_set.info.count
    train = max(count - max(count // HELD_BACK, FEWEST_TEST), 1)
    seen = train * (variation.copies_for(train) if vary else 1)
    images = 40_000 if train < 200 else 100_000  # in all: what few pictures can teach is soon learned
    large = preparation.size == 64 or preparation.colour == "rgb"
    return {
        "network": "convolutional" if large else "deep",
        "latent_dim": 2 if count < 200 and not large else 8 if count < 1_000 else 20,
        "epochs": int(np.clip(images // max(seen, 1), 15, 50)),
        "batch_size": 64 if seen >= 1_000 else 32 if seen >= 200 else 16,
    }
