"""A visitor's set of pictures on disk: making one, adding to it, looking at it, deleting it with all made from it.

::

    sets/<id>/
      manifest.json     title, owner, classes, and of each picture: id, row, class, name, source
      pictures.npy      (rows, 64, 64, 4) uint8; rows are only ever added, so that a reader never sees half a change
      before/0007.json  the manifest before the last changes, to take them back

Pictures reach the disk before the manifest that names them, and that is replaced at once: whoever is killed in the
middle leaves the set as it was. Changing it is in ``editing.py``. Imports no torch.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from filelock import FileLock, Timeout

from vae_core import os_compat, paths
from vae_core.datasets import own
from vae_core.datasets.own import CLASSES, one_line
from vae_core.pictures.intake import Limits, Skipped, Taken
from vae_core.pictures.reading import KEPT
from vae_core.runs import files

FORMAT = 1
SET_ID = re.compile(r"[0-9a-f]{12}")
SHAPE = (KEPT, KEPT, 4)
BYTES = KEPT * KEPT * 4  # of a picture
HEADER = 128  # bytes before the first picture in pictures.npy
BLOCK = 64  # pictures that are written at once
UNDO = 20  # changes that can be taken back
SHOWN = 200  # skipped files that a report names
LOCK_SECONDS = 10.0
SOURCES = ("file", "drawn", "camera", "pasted")
UNSORTED = "unsorted"  # what pictures of no class are called beside classes


class SetError(Exception):
    """A set that cannot be read or changed. The message is one sentence for the visitor."""


class Picture(NamedTuple):
    """What is known of one picture."""

    id: int  # never given again
    row: int  # in pictures.npy
    place: int  # of its class
    name: str  # of its file, as it may be shown
    source: str


@dataclass(frozen=True)
class SetInfo:
    """What is known of a set, without its pictures."""

    id: str
    title: str
    owner: str
    class_names: tuple[str, ...]  # none: one heap
    counts: tuple[int, ...]  # pictures of each class; of a heap none
    count: int
    created: float  # seconds since 1970
    changed: float
    token: str  # another after each change
    can_undo: bool


@dataclass(frozen=True)
class Report:
    """What became of an upload."""

    taken: int
    skipped: list[Skipped]  # the first SHOWN of them
    skipped_count: int
    notes: list[Skipped] = field(default_factory=list)  # of pictures that were taken, e.g. only the first of a film
    ids: list[int] = field(default_factory=list)  # of what was taken

    def sentence(self) -> str:
        """Both counts in words, and the reason of the first that was skipped."""
        words = f"{_many(self.taken, 'picture was', 'pictures were')} taken."
        if self.skipped_count:
            first = self.skipped[0]
            words += f" {_many(self.skipped_count, 'file was', 'files were')} left out: {first.name} {first.reason}"
            words += "." if self.skipped_count == 1 else ", and others."
        if self.notes:
            words += f" Of {_many(len(self.notes), 'film', 'films')}, {self.notes[0].reason}."
        return words


def _many(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"


@dataclass(frozen=True)
class Manifest:
    """What manifest.json says."""

    id: str
    title: str
    owner: str = ""
    created: float = 0.0
    changed: float = 0.0
    edits: int = 0  # changes so far
    next: int = 1  # the next picture's id
    rows: int = 0  # of pictures.npy that are used, or can be by taking back
    classes: tuple[str, ...] = ()  # the name of the heap is empty
    pictures: tuple[Picture, ...] = ()

    def to_json(self) -> dict[str, Any]:
        data = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "pictures"}
        return {"format": FORMAT, **data, "pictures": [list(picture) for picture in self.pictures]}


@dataclass(frozen=True)
class PictureSet:
    """A handle on one set. Nothing is read before it is asked for."""

    path: Path

    @property
    def id(self) -> str:
        return self.path.name

    # ---- looking

    @property
    def manifest(self) -> Manifest:
        """Raises SetError."""
        file = self.path / "manifest.json"
        try:
            seen = os.stat(file)
            return _manifest(file, seen.st_mtime_ns, seen.st_size)
        except FileNotFoundError:
            raise SetError("This set is no longer here.") from None
        except (OSError, ValueError):
            raise SetError(f"The set {self.id} cannot be read: its manifest.json is damaged.") from None

    @property
    def info(self) -> SetInfo:
        """Raises SetError."""
        known = self.manifest
        names = shown_names(known)
        counts = np.bincount([p.place for p in known.pictures], minlength=len(known.classes)) if names else []
        return SetInfo(
            self.id, known.title, known.owner, names, tuple(int(n) for n in counts), len(known.pictures),
            known.created, known.changed, f"{self.id}-{known.edits}", bool(self._earlier()),
        )  # fmt: skip

    def ids(self) -> np.ndarray:
        """(n,) int64, in the order of the set."""
        return np.array([picture.id for picture in self.manifest.pictures], np.int64)

    def labels(self) -> np.ndarray:
        """(n,) uint8, the place of each picture's class among ``info.class_names``; 0 in a heap."""
        return np.array([picture.place for picture in self.manifest.pictures], np.uint8)

    def rgba(self, places: Sequence[int] | np.ndarray | slice | None = None) -> np.ndarray:
        """Pictures (n, 64, 64, 4) uint8 at these places of the set's order; all of them if none are named."""
        known = self.manifest
        rows = np.array([picture.row for picture in known.pictures], np.int64)
        if places is not None:
            rows = rows[places if isinstance(places, slice) else np.asarray(places, np.int64)]
        return self._rows(known)[rows] if len(rows) else np.zeros((0, *SHAPE), np.uint8)

    def blocks(self, size: int = 512) -> Iterator[np.ndarray]:
        """All pictures in order, so many at a time."""
        for start in range(0, len(self.manifest.pictures), size):
            yield self.rgba(slice(start, start + size))

    def _rows(self, known: Manifest) -> np.ndarray:
        file = self.path / "pictures.npy"
        try:
            rows: np.ndarray = np.memmap(file, np.uint8, "r", HEADER, (known.rows, *SHAPE))
        except (OSError, ValueError):
            raise SetError(f"The pictures of the set “{known.title}” are damaged.") from None
        return rows

    # ---- changing

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Held while the set is changed. Raises SetError if another holds it for long."""
        folder = paths.pictures_dir() / ".locks"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(folder / f"{self.id}.lock", timeout=LOCK_SECONDS)
            lock.acquire()
        except Timeout:
            raise SetError("Pictures are being added to this set; try again when that is done.") from None
        except OSError as error:
            raise SetError(f"The set cannot be changed: {error.strerror}.") from None
        try:
            yield
        finally:
            lock.release()

    def put(self, known: Manifest, *, undo: bool = True) -> None:
        """Make this the set's manifest; what was so far can be taken back. The caller holds the lock."""
        earlier = self.manifest
        changed = replace(known, edits=earlier.edits + 1, changed=time.time())
        try:
            if undo:
                before = self.path / "before"
                before.mkdir(exist_ok=True)
                _write(before / f"{earlier.edits:06d}.json", earlier)
                for file in self._earlier()[:-UNDO]:
                    os_compat.remove(file)
            _write(self.path / "manifest.json", changed)
        except OSError as error:
            raise SetError(f"The set cannot be changed: {error.strerror}.") from None

    def _earlier(self) -> list[Path]:
        """The manifests before, oldest first."""
        return sorted((self.path / "before").glob("[0-9]*.json"))

    def undo(self) -> bool:
        """Take the last change back. False if there is none. Raises SetError."""
        with self.locked():
            known, earlier = self.manifest, self._earlier()
            if not earlier:
                return False
            try:
                before = _parsed(files.read_json(earlier[-1]))
            except (OSError, ValueError):
                raise SetError("The last change of this set cannot be taken back.") from None
            self.put(replace(before, next=known.next, rows=known.rows), undo=False)
            os_compat.remove(earlier[-1])
            return True

    def add(
        self, items: Iterable[Taken | Skipped], progress: Callable[[int], object] | None = None,
        limits: Limits | None = None,
    ) -> Report:  # fmt: skip
        """Add pictures as they come, and say what was not. All of them are there at the end, or none.

        ``progress`` is called with the count so far after each block; what it raises ends it, and the set is as
        before. Raises SetError.
        """
        with self.locked():
            try:
                return _Adding(self, limits or Limits()).all_of(items, progress)
            except OSError as error:
                raise SetError(f"The pictures cannot be kept: {error.strerror or error}.") from None

    def delete(self) -> list[str]:
        """Delete the set for good, with all versions made from it. Returns the names of these datasets.

        The runs that were trained on them are the caller's to delete: ``deleting.delete_set`` does both.
        """
        gone = versions_of(self.id)
        with self.locked():
            for name in gone:
                own.delete_version(name)
            if not os_compat.remove_folder(self.path):
                raise SetError("The set cannot be deleted: a file of it is in use.")
        with suppress(OSError):
            (paths.pictures_dir() / ".locks" / f"{self.id}.lock").unlink(missing_ok=True)
        return gone

    def rename(self, title: str) -> None:
        from vae_core.pictures import editing

        editing.rename(self, title)

    def rename_class(self, name: str, new: str) -> None:
        from vae_core.pictures import editing

        editing.rename_class(self, name, new)

    def merge_classes(self, names: Sequence[str], into: str) -> None:
        from vae_core.pictures import editing

        editing.merge_classes(self, names, into)

    def move(self, ids: Iterable[int], class_name: str) -> None:
        from vae_core.pictures import editing

        editing.move(self, ids, class_name)

    def remove(self, ids: Iterable[int]) -> None:
        from vae_core.pictures import editing

        editing.remove(self, ids)

    def remove_class(self, name: str) -> None:
        from vae_core.pictures import editing

        editing.remove_class(self, name)

    def add_class(self, name: str) -> None:
        from vae_core.pictures import editing

        editing.add_class(self, name)


# ---- which there are


def sets_dir() -> Path:
    return paths.pictures_dir() / "sets"


def create(title: str, owner: str = "") -> PictureSet:
    """An empty set. Raises SetError if it cannot be written."""
    set_id, now = os.urandom(6).hex(), time.time()
    made = Manifest(set_id, one_line(title) or "My pictures", owner, now, now)
    part = sets_dir() / f".{set_id}.part"
    try:
        part.mkdir(parents=True)
        files.write_bytes(part / "pictures.npy", header(0))
        _write(part / "manifest.json", made)
        os_compat.rename(part, sets_dir() / set_id)
    except OSError as error:
        os_compat.remove_folder(part)
        raise SetError(f"No set can be written here: {error.strerror}.") from None
    return PictureSet(sets_dir() / set_id)


def list_sets(owner: str | None = None) -> list[PictureSet]:
    """All sets that can be read, or those of one owner, what was changed last first."""
    try:
        names = [entry.name for entry in os.scandir(sets_dir()) if SET_ID.fullmatch(entry.name)]
    except OSError:
        return []
    found: list[tuple[float, PictureSet]] = []
    for name in names:
        with suppress(SetError):
            known = PictureSet(sets_dir() / name).manifest
            if owner is None or known.owner == owner:
                found.append((known.changed, PictureSet(sets_dir() / name)))
    return [found_set for _, found_set in sorted(found, key=lambda item: item[0], reverse=True)]


def find(set_id: str) -> PictureSet | None:
    """The set with this id, if there is one that can be read."""
    if not SET_ID.fullmatch(set_id):
        return None
    found = PictureSet(sets_dir() / set_id)
    try:
        found.manifest  # noqa: B018
    except SetError:
        return None
    return found


def versions_of(set_id: str) -> list[str]:
    """The datasets that were frozen from a set."""
    return [name for name in own.versions() if (m := own.manifest_of(name)) is not None and m.set_id == set_id]


# ---- adding


class _Adding:
    """One stream of pictures on its way into a set; the lock is held."""

    def __init__(self, into: PictureSet, limits: Limits) -> None:
        self.into, self.limits = into, limits
        self.known = into.manifest
        self.classes = list(self.known.classes)
        self.pictures = list(self.known.pictures)
        self.next = self.known.next
        self.row = self.known.rows
        self.block: list[np.ndarray] = []
        self.skipped: list[Skipped] = []
        self.skipped_count = 0
        self.notes: list[Skipped] = []
        self.ids: list[int] = []

    def all_of(self, items: Iterable[Taken | Skipped], progress: Callable[[int], object] | None) -> Report:
        file = self.into.path / "pictures.npy"
        with os_compat.patiently(lambda: open(file, "r+b"), file, os.W_OK) as out:
            out.truncate(HEADER + self.row * BYTES)  # what somebody who was killed left behind
            out.seek(0, os.SEEK_END)
            for item in items:
                self._take(item)
                if len(self.block) == BLOCK:
                    self._write_block(out)
                    if progress is not None:
                        progress(len(self.ids))
            self._write_block(out)
            out.flush()
            os.fsync(out.fileno())
            if self.ids:
                self.into.put(replace(
                    self.known, next=self.next, rows=self.row, classes=tuple(self.classes),
                    pictures=tuple(self.pictures),
                ))  # fmt: skip
            out.seek(0)  # for other readers of the file; ours know how many rows there are
            out.write(header(self.row))
        if progress is not None:
            progress(len(self.ids))
        return Report(len(self.ids), self.skipped, self.skipped_count, self.notes, self.ids)

    def _take(self, item: Taken | Skipped) -> None:
        if isinstance(item, Skipped):
            self._skip(item)
            return
        if item.rgba.shape != SHAPE or item.rgba.dtype != np.uint8:
            raise ValueError(f"a picture of shape {item.rgba.shape}")
        if len(self.pictures) >= self.limits.pictures:
            self._skip(Skipped(item.name, f"is one too many: a set has at most {self.limits.pictures:,} pictures"))
            return
        name = one_line(item.class_name)
        if name not in self.classes:
            if len(self.classes) >= self.limits.classes:
                self._skip(Skipped(item.name, f"would be of one class more than {self.limits.classes}"))
                return
            self.classes.append(name)
        shown, source = one_line(item.name, 60), item.source if item.source in SOURCES else "file"
        row = self.row + len(self.block)
        self.pictures.append(Picture(self.next, row, self.classes.index(name), shown, source))
        self.ids.append(self.next)
        self.next += 1
        self.block.append(item.rgba)
        if item.note and len(self.notes) < SHOWN:
            self.notes.append(Skipped(shown, item.note))

    def _skip(self, item: Skipped) -> None:
        self.skipped_count += 1
        if len(self.skipped) < SHOWN:
            self.skipped.append(item)

    def _write_block(self, out: Any) -> None:
        if self.block:
            out.write(np.stack(self.block).tobytes())
            self.row += len(self.block)
            self.block = []


def header(rows: int) -> bytes:
    """The beginning of pictures.npy, always of the same length."""
    text = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({rows}, {KEPT}, {KEPT}, 4), }}"
    return b"\x93NUMPY\x01\x00" + (HEADER - 10).to_bytes(2, "little") + text.ljust(HEADER - 11).encode() + b"\n"


# ---- manifests


def shown_names(known: Manifest) -> tuple[str, ...]:
    """The names of the classes; none if all pictures are one heap."""
    if not known.classes or known.classes == ("",):
        return ()
    return tuple(name or unsorted_name(known.classes) for name in known.classes)


def unsorted_name(classes: Sequence[str]) -> str:
    """What the pictures of no class are called beside these classes."""
    name = UNSORTED
    while name in classes:
        name += "·"
    return name


def _write(file: Path, known: Manifest) -> None:
    text = json.dumps(known.to_json(), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    files.write_bytes(file, text.encode(errors="replace"))


@lru_cache(maxsize=64)
def _manifest(file: Path, changed: int, size: int) -> Manifest:
    return _parsed(files.read_json(file))


def _parsed(data: Any) -> Manifest:
    """Raises ValueError."""
    try:
        if data["format"] != FORMAT:
            raise ValueError
        classes = tuple(str(name) for name in data["classes"])
        pictures = tuple(
            Picture(int(i), int(row), int(place), str(name), str(source))
            for i, row, place, name, source in data["pictures"]
        )
        rows = int(data["rows"])
        if len(classes) > CLASSES or not all(0 <= p.row < rows and 0 <= p.place < len(classes) for p in pictures):
            raise ValueError
        return Manifest(
            str(data["id"]), str(data["title"]), str(data["owner"]), float(data["created"]), float(data["changed"]),
            int(data["edits"]), int(data["next"]), rows, classes, pictures,
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, OverflowError):
        raise ValueError("a manifest that cannot be read") from None
