"""Visitors' own pictures as datasets: ``own-<16 hex>``, each a folder of versions that never change.

::

    versions/<16 hex>/
      manifest.json   what a DatasetSpec says, and which set it was made from
      train.npz       images (n, pixels) uint8, labels (n,) uint8; varied copies among them
      test.npz        the same of the pictures held back

A run that came from elsewhere may have a version with the manifest alone, or without ``train.npz``: then its curves
and its codes are all here, and its original pictures are not. Making versions is in
``vae_core/pictures/freezing.py``. Imports no torch.
"""

from __future__ import annotations

import math
import os
import re
import threading
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from vae_core import os_compat, paths
from vae_core.datasets.spec import DataError, DatasetSpec, NotNow, Shape, Split
from vae_core.runs import files

PREFIX = "own-"
NAME = re.compile(r"own-[0-9a-f]{16}")
FORMAT = 1
CLASSES = 200  # at most, since a label is one byte
MOST_MET = 500
MOST = 200_000  # pictures that a version may say it has
SIZES = (28, 32, 64)
PARTS = ("train", "test")
LOCK_SECONDS = 60.0  # for another who writes the same version
JOINERS = "\u200c\u200d"  # invisible, and yet part of how words and emoji are written
SEVERAL_JOINERS = re.compile(f"([{JOINERS}])[{JOINERS}]+")
_lent: dict[str, Manifest] = {}  # while an archive is read whose version is not here yet
_met: dict[str, Manifest] = {}  # of the runs that were read, as they say if the version is not here
_lending = threading.Lock()


@dataclass(frozen=True)
class Manifest:
    """What is known of a version without its pictures."""

    title: str
    shape: Shape
    class_names: tuple[str, ...]
    train_size: int  # with the varied copies
    test_size: int
    originals: int = 0  # the first so many of the training pictures are not varied
    copies: int = 1  # of each training picture, itself among them
    counts: tuple[int, ...] = ()  # pictures of each class, without varied ones; of one heap its size
    source: str = "a visitor’s own pictures"
    noun: str = "picture"
    preparation: str = ""  # in words
    how: Mapping[str, Any] = field(default_factory=dict)  # the same as pictures.preparing.Preparation has it
    set_id: str = ""  # the set it was made from; empty for one that came from elsewhere
    owner: str = ""  # on a shared server
    created: float = 0.0  # seconds since 1970
    defaults: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {"format": FORMAT, **asdict(self), "shape": list(self.shape), "class_names": list(self.class_names)}


def one_line(text: str, most: int = 80) -> str:
    """A name or a title as it may be shown: one line, nothing invisible, not too long.

    Joiners stay between letters, where Persian and Hindi are spelled with them, and between the parts of an emoji.
    """
    text = SEVERAL_JOINERS.sub(r"\1", unicodedata.normalize("NFC", text))
    around = zip(" " + text, text, text[1:] + " ", strict=False)
    seen = "".join(c if c.isprintable() or (c in JOINERS and _joins(a, b)) else " " for a, c, b in around)
    return " ".join(seen.split())[:most].strip(" " + JOINERS)


def _joins(before: str, after: str) -> bool:
    """Whether both are letters, with their marks, or emoji."""
    return all(unicodedata.category(c)[0] in "LM" or (c > "\x7f" and unicodedata.category(c)[0] == "S")
               for c in (before, after))  # fmt: skip


def manifest_from_json(data: Any) -> Manifest:
    """Raises ValueError for what no version says."""
    try:
        if data["format"] != FORMAT:
            raise ValueError
        known = {f.name: data[f.name] for f in fields(Manifest) if f.name in data}
        known["shape"] = Shape(*(_whole(n, 1, 512) for n in data["shape"]))
        known["class_names"] = tuple(_text(name) for name in data["class_names"])
        known["counts"] = tuple(_whole(n, 0, MOST) for n in data.get("counts", ()))
        known["defaults"], known["how"] = _plain(data.get("defaults", {})), _plain(data.get("how", {}))
        for name in ("train_size", "test_size", "originals", "copies"):
            known[name] = _whole(known.get(name, 1), 0, MOST)
        for name in ("title", "source", "noun", "preparation", "set_id", "owner"):
            known[name] = _text(known.get(name, ""), 300)
        known["created"] = float(known.get("created", 0.0))
        if not math.isfinite(known["created"]):
            raise ValueError
        found = Manifest(**known)
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError):
        raise ValueError("a manifest that cannot be read") from None
    names, shape = found.class_names, found.shape
    good = len(names) <= CLASSES and len(set(names)) == len(names) and all(names)
    if not good or shape.channels not in (1, 3) or min(found.train_size, found.test_size) < 1:
        raise ValueError("a manifest that no version has")
    return found


def _whole(value: Any, low: int, high: int) -> int:
    if type(value) is not int or not low <= value <= high:
        raise ValueError
    return value


def _text(value: Any, most: int = 80) -> str:
    if not isinstance(value, str) or one_line(value, most) != value:
        raise ValueError
    return value


def _plain(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or len(value) > 20:
        raise ValueError
    if not all(isinstance(v, (str, int, float)) and len(str(v)) < 100 for v in value.values()):
        raise ValueError
    return {str(k): v for k, v in value.items()}


# ---- which there are


def versions_dir() -> Path:
    return paths.pictures_dir() / "versions"


def folder_of(name: str) -> Path:
    """Where a version lies. Raises KeyError for a name that none can have."""
    if not NAME.fullmatch(name):
        raise KeyError(name)
    return versions_dir() / name.removeprefix(PREFIX)


def versions(owner: str | None = None) -> list[str]:
    """The names of all versions, or of one owner's, newest first."""
    try:
        entries = [PREFIX + entry.name for entry in os.scandir(versions_dir())]
    except OSError:
        return []
    found = [(name, manifest) for name in entries if (manifest := manifest_of(name)) is not None]
    found.sort(key=lambda item: item[1].created, reverse=True)
    return [name for name, manifest in found if owner is None or manifest.owner == owner]


def manifest_of(name: str, *, strict: bool = False) -> Manifest | None:
    """What a version says of itself; None if there is none of that name, or if it cannot be read.

    Who is ``strict`` meets an OSError where it cannot be read now, and may be whole.
    """
    if not NAME.fullmatch(name):
        return None
    file = folder_of(name) / "manifest.json"
    try:
        seen = os.stat(file)
        return _manifest(file, seen.st_mtime_ns, seen.st_size)
    except (OSError, ValueError) as error:
        if strict and os_compat.is_passing(error):
            raise
        return None


@lru_cache(maxsize=512)
def _manifest(file: Path, changed: int, size: int) -> Manifest:
    return manifest_from_json(files.read_json(file))


def is_open_to(name: str, owner: str | None) -> bool:
    """Whether a dataset is nobody's own pictures, or this owner's; None is nobody."""
    manifest = manifest_of(name)
    return manifest is None or manifest.owner == owner


def find(name: str) -> DatasetSpec | None:
    """The record of a version, for ``registry``; None if it is not here."""
    manifest = known(name)
    return None if manifest is None else spec_of(name, manifest)


def known(name: str) -> Manifest | None:
    """What is known of a version, whether it is here or only a run speaks of it."""
    return manifest_of(name) or _lent.get(name) or _met.get(name)


def spec_of(name: str, manifest: Manifest) -> DatasetSpec:
    return DatasetSpec(
        name=name,
        title=manifest.title or "Own pictures",
        shape=manifest.shape,
        class_names=manifest.class_names,
        train_size=manifest.train_size,
        test_size=manifest.test_size,
        source=manifest.source,
        load_split=lambda part, folder: load_split(name, part),
        noun=manifest.noun,
        copies=manifest.copies,
        defaults=manifest.defaults,
        morph=(0, min(1, max(len(manifest.class_names) - 1, 0))),
        offered=False,
        is_here=lambda folder: all(has(name, part) for part in PARTS),
        test_is_here=lambda folder: has(name, "test"),
        obstacle=lambda folder: "" if has(name, "train") else GONE,
        stamp=lambda folder: _stamp(name),
        slug=slug(manifest.title),
    )


def slug(title: str) -> str:
    """What the id of a run begins with: small letters, digits and dashes."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:24].strip("-") or "own-pictures"


def about(name: str) -> dict[str, Any]:
    """What a run's config.json says of its set besides shape and classes; nothing for other datasets."""
    found = known(name) if NAME.fullmatch(name) else None
    return {"title": found.title, "train_size": found.train_size, "test_size": found.test_size} if found else {}


def meet(name: object, pictures: object, said: object) -> None:
    """Know a set as a run says it is, where nothing else is known of it. What no version can be is not met.

    One that is here is kept in mind as it is: whoever holds the run still asks of its shape once the set is deleted.
    """
    if not isinstance(name, str) or not NAME.fullmatch(name) or name in _lent:
        return
    here = manifest_of(name)
    if name in _met and here in (None, _met[name]):
        return
    with suppress(ValueError, TypeError):
        manifest = here or manifest_from_json({"format": FORMAT, **pictures, **said})  # type: ignore[dict-item]
        if len(_met) >= MOST_MET:
            _met.pop(next(iter(_met)))
        _met[name] = manifest


# ---- their pictures

GONE = "The pictures of this set are not on this machine; train on the same pictures again, or choose another dataset."


def has(name: str, part: str) -> bool:
    """Whether a version's training or test pictures are here. They were looked at, not read."""
    return os_compat.is_file(folder_of(name) / f"{part}.npz")


def _stamp(name: str) -> tuple[object, ...]:
    found: list[object] = []
    for part in PARTS:
        with suppress(OSError):
            seen = os.stat(folder_of(name) / f"{part}.npz")
            found += [part, seen.st_mtime_ns, seen.st_size]
    return tuple(found)


def load_split(name: str, part: str) -> Split:
    """The pictures of a version, checked against its manifest. Raises DataError."""
    manifest = manifest_of(name)
    if manifest is None or not has(name, part):
        raise DataError(GONE)
    file = folder_of(name) / f"{part}.npz"
    again = "train on the set again" if has(name, "train") else "import the run again"  # either writes it anew
    broken = DataError(f"The file {file.name} of the set “{manifest.title}” is damaged; {again}.")
    try:
        with os_compat.patiently(lambda: np.load(file, allow_pickle=False), file) as data:
            images, labels = data["images"], data["labels"]
    except Exception as error:  # damaged bytes make zip and npy readers raise almost anything, MemoryError included
        if isinstance(error, OSError) and os_compat.is_passing(error):
            why = error.strerror or error
            raise NotNow(
                f"The pictures of “{manifest.title}” cannot be read now ({why}); try again in a moment."
            ) from None
        raise broken from None
    size = manifest.train_size if part == "train" else manifest.test_size
    wanted = {"images": (size, manifest.shape.pixels), "labels": (size,)}
    for array, shape in zip((images, labels), wanted.values(), strict=True):
        if array.shape != shape or array.dtype != np.uint8:
            raise broken
    if labels.max() >= max(len(manifest.class_names), 1):
        raise broken
    return Split(images, labels)


# ---- making and deleting


def write(name: str, manifest: Manifest, splits: Mapping[str, Split]) -> None:
    """Put a version in its place, whole or not at all.

    One of this name whose pictures can all be read and are these stays as it is; of any other, what can be read and is
    not written anew stays. Raises OSError, and DataError if the one that is here is another visitor's, or
    cannot be read now.
    """
    if _kept(name, manifest, splits) is None:
        return
    target = folder_of(name)
    with _writing(name):
        os_compat.put_back(target)
        if (kept := _kept(name, manifest, splits)) is None:  # another was quicker
            return
        part = target.parent / f".{target.name}.{os.urandom(4).hex()}.part"
        part.mkdir(parents=True)
        try:
            for split, content in {**kept, **splits}.items():
                files.write_npz(part / f"{split}.npz", {"images": content.images, "labels": content.labels})
            files.write_json(part / "manifest.json", manifest.to_json())
            os_compat.replace_folder(part, target)
        finally:
            os_compat.remove_folder(part)


def _kept(name: str, manifest: Manifest, splits: Mapping[str, Split]) -> dict[str, Split] | None:
    """What of a version stays when this is written over it; None if all is as it should be. Raises DataError."""
    here = manifest_of(name, strict=True)
    if here is not None and here.owner != manifest.owner:
        raise DataError("These pictures are here already, and they are someone else’s.")
    kept = {part: found for part in PARTS if (found := _readable(name, part)) is not None}
    if len(kept) == len(PARTS) and all(_alike(kept[part], content) for part, content in splits.items()):
        return None
    return kept if same_kind(here, manifest) else {}


@contextmanager
def _writing(name: str, seconds: float | None = None) -> Iterator[None]:
    """Held by who writes or removes a version. Raises OSError, and DataError if another holds it for long."""
    file = _lock_file(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(file, timeout=LOCK_SECONDS if seconds is None else seconds)
    try:
        lock.acquire()
    except Timeout:
        raise DataError("These pictures are being kept by another training just now; try again in a minute.") from None
    try:
        yield
    finally:
        lock.release()


def _lock_file(name: str) -> Path:
    return paths.pictures_dir() / ".locks" / f"{name}.lock"


def _readable(name: str, part: str) -> Split | None:
    """Raises NotNow."""
    try:
        return load_split(name, part)
    except NotNow:
        raise
    except DataError:
        return None


def can_be_read(name: str, part: str) -> bool:
    """Whether a version's training or test pictures are here and whole. They are read; what cannot be now may be."""
    try:
        return _readable(name, part) is not None
    except NotNow:
        return True


def _alike(one: Split, other: Split) -> bool:
    return np.array_equal(one.images, other.images) and np.array_equal(one.labels, other.labels)


def same_kind(here: Manifest | None, manifest: Manifest) -> bool:
    """Whether pictures that belong to one manifest belong to the other too."""
    names = ("shape", "class_names", "train_size", "test_size")
    return here is not None and all(getattr(here, name) == getattr(manifest, name) for name in names)


def delete_version(name: str) -> bool:
    """Remove a version with its pictures. Runs that were made from it keep their numbers. True if it is gone."""
    folder = folder_of(name)
    gone = [os_compat.remove_folder(each) for each in (os_compat.aside(folder), folder)]
    _tidy(name)
    return all(gone)


def tidy() -> None:
    """What somebody left behind who was killed while he replaced a version, and the locks of versions that are gone."""
    for file in os_compat.listed(_lock_file("").parent, f"{PREFIX}*.lock"):
        if NAME.fullmatch(file.stem):
            _tidy(file.stem)


def _tidy(name: str) -> None:
    folder = folder_of(name)
    if os.path.lexists(folder) and not os.path.lexists(os_compat.aside(folder)):
        return
    with suppress(OSError, DataError):  # somebody is at it
        if os_compat.exists(_lock_file(name)):
            with _writing(name, seconds=0):
                os_compat.put_back(folder)
                if not os.path.lexists(folder):
                    _lock_file(name).unlink()


@contextmanager
def lent(name: str, manifest: Manifest) -> Iterator[None]:
    """For the moment a version counts as known, so that a run which was trained on it can be checked."""
    with _lending:
        _lent[name] = manifest
        try:
            yield
        finally:
            del _lent[name]
