"""A visitor's set of pictures on disk: making one, adding to it, looking at it, deleting it with all made from it.

::

    sets/<id>/
      manifest.json     title, owner, classes, and of each picture: id, row, class, name, source
      pictures.npy      (rows, 64, 64, 4) uint8; rows are only ever added, so that a reader never sees half a change
      before/000007.json  the manifest before the last changes, to take them back

Pictures reach the disk before the manifest that names them, and that is replaced at once: whoever is killed in the
middle leaves the set as it was. Changing it is in ``editing.py``. Imports no torch.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from vae_core import os_compat, paths
from vae_core.datasets import own
from vae_core.datasets.own import one_line
from vae_core.pictures import adding, set_manifest
from vae_core.pictures.adding import Report as Report
from vae_core.pictures.intake import Limits, Skipped, Taken
from vae_core.pictures.set_manifest import SOURCES as SOURCES
from vae_core.pictures.set_manifest import Manifest, SetError, shown_names
from vae_core.runs import files

SET_ID = re.compile(r"[0-9a-f]{12}")
UNDO = 20  # changes that can be taken back
LOCK_SECONDS = 10.0


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
        try:
            return set_manifest.read(self.path / "manifest.json")
        except FileNotFoundError:
            raise SetError("This set is no longer here.") from None
        except (OSError, ValueError):
            raise SetError(f"The set {self.id} cannot be read: its manifest.json is damaged.") from None

    @property
    def info(self) -> SetInfo:
        """Raises SetError."""
        known = self.manifest
        names = shown_names(known)
        counts = np.bincount(self.labels(), minlength=len(names)) if names else ()
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
        for last in (False, True):
            known = self.manifest
            rows = np.array([picture.row for picture in known.pictures], np.int64)
            if places is not None:
                rows = rows[places if isinstance(places, slice) else np.asarray(places, np.int64)]
            try:
                return np.asarray(adding.rows_of(self.path, known)[rows])
            except (OSError, ValueError):  # perhaps tidied up between the two readings
                if last:
                    raise SetError(f"The pictures of the set “{known.title}” are damaged.") from None
        raise AssertionError

    def sample(self, most: int = 300) -> np.ndarray:
        """At most so many pictures from all over the set, (n, 64, 64, 4): enough for a guess."""
        count = len(self.manifest.pictures)
        return self.rgba(np.unique(np.linspace(0, max(count - 1, 0), min(count, most)).astype(int)))

    def blocks(self, size: int = 256) -> Iterator[np.ndarray]:
        """All pictures in order, so many at a time."""
        for start in range(0, len(self.manifest.pictures), size):
            yield self.rgba(slice(start, start + size))

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
                set_manifest.write(before / f"{earlier.edits:06d}.json", earlier)
                for file in self._earlier()[:-UNDO]:
                    os_compat.remove(file)
            set_manifest.write(self.path / "manifest.json", changed)
        except OSError as error:
            raise SetError(f"The set cannot be changed: {error.strerror}.") from None

    def choose(self, **choices: object) -> None:
        """Keep how the pictures are to be prepared (``set_manifest.CHOICES``). It changes no picture, so it is no
        change that is counted, or taken back. Raises SetError."""
        with self.locked():
            known = self.manifest
            chosen = set_manifest.known_choices({**known.choices, **choices})
            try:
                set_manifest.write(self.path / "manifest.json", replace(known, choices=chosen))
            except OSError as error:
                raise SetError(f"The set cannot be changed: {error.strerror}.") from None

    def _earlier(self) -> list[Path]:
        """The manifests before, oldest first."""
        return os_compat.listed(self.path / "before", "[0-9]*.json")

    def changes(self) -> tuple[int, ...]:
        """The changes that can be taken back, the last one last: of each, how many edits there were before it."""
        return tuple(int(file.stem) for file in self._earlier())

    def undo(self, change: int | None = None) -> bool:
        """Take the last change back, if it is this one (``changes``). False if there is none. Raises SetError."""
        with self.locked():
            known, earlier = self.manifest, self._earlier()
            if not earlier or change not in (None, int(earlier[-1].stem)):
                return False
            try:
                before = set_manifest.read(earlier[-1])
            except (OSError, ValueError):
                raise SetError("The last change of this set cannot be taken back.") from None
            rows = max(known.rows, before.rows)
            self.put(replace(before, next=known.next, rows=rows, choices=known.choices), undo=False)
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
                known = adding.tidy(self.path, self.manifest, self._earlier())
                report = adding.Adding(self.path, known, limits or Limits())
                return report.all_of(items, self.put, progress or (lambda count: None))
            except (OSError, ValueError) as error:
                raise SetError(f"The pictures cannot be kept: {getattr(error, 'strerror', '') or error}.") from None

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


def create(title: str, owner: str = "", folder: Path | None = None) -> PictureSet:
    """An empty set, in ``sets_dir()`` unless another folder is named. Raises SetError if it cannot be written."""
    set_id, now, folder = os.urandom(6).hex(), time.time(), folder or sets_dir()
    made = Manifest(set_id, one_line(title) or "My pictures", owner, now, now)
    part = folder / f".{set_id}.part"
    try:
        part.mkdir(parents=True)
        files.write_bytes(part / "pictures.npy", adding.header(0))
        set_manifest.write(part / "manifest.json", made)
        os_compat.rename(part, folder / set_id)
    except OSError as error:
        os_compat.remove_folder(part)
        raise SetError(f"No set can be written here: {error.strerror}.") from None
    return PictureSet(folder / set_id)


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
